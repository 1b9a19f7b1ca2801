public import WallePython

extension TaskManifest {
    /// What each run may use.
    public var runLimits: RunLimits {
        RunLimits(
            time: limits.run, cpuTime: limits.cpu, memoryBytes: limits.runMemoryBytes, outputBytes: limits.outputBytes,
            resultBytes: limits.resultBytes, grace: limits.grace)
    }

    /// What the task may do.
    ///
    /// - Parameter folder: The package's folder, absolute and without symbolic links.
    package func policy(folder: String) -> Policy {
        Policy(
            readable: permissions.files.map { TaskPackage.resolve($0, in: folder) },
            writable: permissions.write.map { TaskPackage.resolve($0, in: folder) },
            importable: importPath(folder: folder),
            network: permissions.network.fence, threads: permissions.threads, processes: permissions.processes,
            ctypes: permissions.ctypes, debugging: permissions.debugging)
    }

    /// Where its entry is.
    ///
    /// - Parameter folder: The package's folder, absolute and without symbolic links.
    package func location(folder: String) -> Script.Location {
        Script.Location(
            importPaths: importPath(folder: folder), module: entry.module, function: entry.function,
            imports: imports, recursion: limits.recursion)
    }

    /// What comes first in `sys.path`: the package, then the folders that `[python] path` names.
    package func importPath(folder: String) -> [String] {
        [folder] + importFolders.map { TaskPackage.resolve($0, in: folder) }
    }
}

extension TaskPermissions.Network {
    fileprivate var fence: NetworkPermission {
        switch self {
        case .none: .none
        case .all: .all
        case .hosts(let hosts): .hosts(hosts)
        }
    }
}
