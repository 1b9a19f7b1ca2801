internal import Foundation
internal import Walle
internal import WalleStreams
internal import WalleText

/// A file of definitions.
struct StreamFile {
    private let path: String
    private let definitions: [StreamDefinition]

    /// - Throws: What is wrong with the file, with the place.
    init(_ path: String) throws(PackageError.Problem) {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw PackageError.Problem(
                .unreadable, file: path, "the file cannot be read as UTF-8", remedy: "Give a file in TOML.")
        }
        self.path = path
        definitions = try DefinitionReader.read(toml: text, file: path)
    }

    /// All of them, or the one of a name.
    func definitions(named name: String?) throws(PackageError.Problem) -> [StreamDefinition] {
        guard let name else { return definitions }
        if let found = definitions.first(where: { $0.name == name }) { return [found] }
        let near = Suggestion.nearest(to: name, in: definitions.map(\.name)).map { "Did you mean \"\($0)\"?" }
        throw PackageError.Problem(
            .missing, file: path, "no stream is named \"\(name)\"",
            remedy: near ?? "There are \(definitions.map(\.name).joined(separator: ", ")).")
    }
}
