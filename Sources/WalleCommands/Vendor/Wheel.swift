internal import Foundation
internal import WallePython

/// A wheel: a zip file with the modules of one version of a package (PEP 427).
struct Wheel {
    let path: String
    /// As its file name has it.
    let name: String
    let version: String

    init(_ path: String) throws(VendorError) {
        let file = (path as NSString).lastPathComponent
        let parts = (file as NSString).deletingPathExtension.split(separator: "-").map(String.init)
        guard file.hasSuffix(".whl"), parts.count >= 5 else {
            throw VendorError(
                "\(file) is no wheel. A pure-Python package ships one named NAME-VERSION-py3-none-any.whl.")
        }
        self.path = path
        name = parts[0]
        version = parts[1]
    }

    /// What unpacking a wheel gives.
    struct Contents {
        var sha256: String
        /// Relative to the folder it was unpacked into.
        var files: [String]

        /// Top-level folders and files: modules, and the metadata with the licence.
        var entries: [String] {
            Set(files.compactMap { $0.split(separator: "/").first.map(String.init) })
                .filter { !$0.hasSuffix(".data") }.sorted()
        }
    }

    /// Unpacks into a folder that has nothing in it.
    ///
    /// - Throws: When the wheel has binary modules, which no isolated interpreter is known to load.
    func unpack(into folder: String) throws -> Contents {
        let result = try Subprocess.run("python3", ["-I", "-c", Self.unpacker, path, folder])
        guard result.status == 0, let value = try? JSONText.value(of: result.output),
            let sha256 = value["sha256"]?.text, case .array(let names)? = value["files"]
        else {
            throw VendorError("\((path as NSString).lastPathComponent) cannot be unpacked: \(result.error)")
        }
        let files = names.compactMap(\.text)
        if let binary = files.first(where: Self.isBinary) {
            throw VendorError(
                "\(name) \(version) is not pure Python: it has \(binary). A task can vendor packages of Python files only; "
                    + "for arrays use walle.numpy.")
        }
        let contents = Contents(sha256: sha256, files: files)
        guard contents.entries.contains(where: { !$0.hasSuffix(".dist-info") }) else {
            throw VendorError("\(name) \(version) has no modules to vendor.")
        }
        return contents
    }

    private static func isBinary(_ file: String) -> Bool {
        let name = (file as NSString).lastPathComponent
        return [".so", ".pyd", ".dylib", ".dll", ".a"].contains { name.hasSuffix($0) } || name.contains(".so.")
    }

    /// `zipfile` keeps every member inside of the folder.
    private static let unpacker = """
        import hashlib, json, sys, zipfile
        path, folder = sys.argv[1:]
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        with zipfile.ZipFile(path) as wheel:
            files = [name for name in wheel.namelist() if not name.endswith("/")]
            wheel.extractall(folder)
        print(json.dumps({"sha256": digest, "files": files}))
        """
}
