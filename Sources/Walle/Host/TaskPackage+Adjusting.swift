extension TaskPackage {
    /// The same package with parts of its manifest replaced, as `walle run --parallel` does.
    package func adjusting(_ change: (inout TaskManifest) -> Void) -> TaskPackage {
        var manifest = manifest
        change(&manifest)
        return TaskPackage(
            folder: folder, manifest: manifest, examples: examples, files: files, fingerprint: fingerprint)
    }

    /// The same package with another number of VMs; nil: as `task.toml` says.
    func withInstances(_ count: Int?) -> TaskPackage {
        guard let count else { return self }
        return adjusting { $0.instances = count }
    }
}
