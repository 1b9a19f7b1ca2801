internal import Foundation

/// A private copy of a package, so that VMs which replace others load the same files, whatever happens to the original.
final class PackageSnapshot: Sendable {
    let folder: String

    /// Copies the package into a new folder below `parent`.
    init(of package: TaskPackage, below parent: String) throws {
        let name = "\(package.manifest.name)-\(package.manifest.version)-\(UUID().uuidString.prefix(8))"
        folder = parent + "/" + name
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: package.folder, toPath: folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
