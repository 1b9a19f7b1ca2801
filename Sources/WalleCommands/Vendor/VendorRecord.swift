internal import Foundation
internal import Walle
internal import WallePython

/// `vendor/walle-vendor.toml`: which packages were vendored, so that they can be replaced and audited.
struct VendorRecord {
    struct Entry: Equatable {
        var name: String
        var version: String
        var sha256: String
        /// What it put into `vendor/`: folders and files, its metadata among them.
        var files: [String]

        var modules: [String] { files.filter { !$0.hasSuffix(".dist-info") } }
    }

    static let file = "walle-vendor.toml"
    private(set) var entries: [Entry] = []
    private let path: String

    /// Reads the record of a vendor folder; an empty one when there is none.
    init(in folder: String) throws {
        path = folder + "/" + Self.file
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        let document = try TOMLDocument(text, file: Self.file)
        guard case .dictionary(let packages)? = document.root["package"] else { return }
        entries = packages.sorted { $0.key < $1.key }.map { name, table in
            var files: [String] = []
            if case .array(let found)? = table["files"] { files = found.compactMap(\.text) }
            return Entry(
                name: name, version: table["version"]?.text ?? "", sha256: table["sha256"]?.text ?? "", files: files
            )
        }
    }

    /// The entry of a package; names are compared as PEP 503 says.
    func entry(of name: String) -> Entry? { entries.first { Self.normal($0.name) == Self.normal(name) } }

    /// Adds an entry, in the place of an older one.
    mutating func set(_ entry: Entry) {
        entries.removeAll { Self.normal($0.name) == Self.normal(entry.name) }
        entries.append(entry)
        entries.sort { $0.name < $1.name }
    }

    func write() throws {
        var text = "# Written by walle add. Packages in this folder, and the SHA-256 of the wheels they came in.\n"
        for entry in entries {
            text += "\n[package.\(Self.quoted(entry.name))]\n"
            text += "version = \(Self.quoted(entry.version))\n"
            text += "sha256 = \(Self.quoted(entry.sha256))\n"
            text += "files = [\(entry.files.map(Self.quoted).joined(separator: ", "))]\n"
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func normal(_ name: String) -> String {
        name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
    }

    /// A basic string of TOML escapes as JSON does.
    private static func quoted(_ text: String) -> String { JSONText.text(of: .string(text)) }
}
