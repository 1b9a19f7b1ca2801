internal import Foundation
internal import Walle

/// Puts packages into the `vendor` folder of a task: all that was asked for, or nothing.
struct Vendoring {
    let task: String
    private var folder: String { task + "/vendor" }

    /// - Returns: What was added.
    func add(_ requirement: Requirement, withDependencies: Bool) throws -> [VendorRecord.Entry] {
        let scratch = NSTemporaryDirectory() + "walle-add-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: scratch + "/wheels", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let wheels = try WheelDownload(requirement: requirement, withDependencies: withDependencies)
            .run(into: scratch + "/wheels")
        // All are unpacked before the first is put in place: one that is refused leaves the task as it was.
        let unpacked = try wheels.enumerated().map { index, wheel in
            let place = "\(scratch)/\(index)"
            return (place, wheel, try wheel.unpack(into: place))
        }
        var record = try VendorRecord(in: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let entries = try unpacked.map { place, wheel, contents in
            let entry = VendorRecord.Entry(
                name: wheel.name, version: wheel.version, sha256: contents.sha256, files: contents.entries)
            try install(entry, from: place, after: record)
            record.set(entry)
            return entry
        }
        try record.write()
        try nameFolder()
        return entries
    }

    private func install(_ entry: VendorRecord.Entry, from place: String, after record: VendorRecord) throws {
        let manager = FileManager.default
        let old = record.entry(of: entry.name)?.files ?? []
        for file in entry.files where !old.contains(file) {
            if manager.fileExists(atPath: "\(folder)/\(file)") {
                throw VendorError("vendor/\(file) is there already and not from \(entry.name). Remove it first.")
            }
        }
        for file in old { try? manager.removeItem(atPath: "\(folder)/\(file)") }
        for file in entry.files {
            try manager.moveItem(atPath: "\(place)/\(file)", toPath: "\(folder)/\(file)")
        }
    }

    /// Makes `task.toml` look into `vendor`, unless it does.
    private func nameFolder() throws {
        let path = task + "/task.toml"
        let isNamed = try TaskPackage.load(at: task).manifest.importFolders.contains {
            $0 == "vendor" || $0 == "vendor/"
        }
        if isNamed { return }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let edited = ManifestEdit.addingImportFolder("vendor", to: text) else {
            throw VendorError("\(path): add \"vendor\" to path in [python] by hand; its form is not known here.")
        }
        try Data(edited.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
