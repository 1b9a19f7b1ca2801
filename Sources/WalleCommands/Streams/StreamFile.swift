internal import Foundation
internal import Walle
internal import WalleStreams
internal import WalleText

/// A file of definitions.
struct StreamFile {
    private let path: String
    private let definitions: StreamDefinitions

    /// - Throws: What is wrong with the file, with the place.
    init(_ path: String) throws(PackageError.Problem) {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw PackageError.Problem(
                .unreadable, file: path, "the file cannot be read as UTF-8", remedy: "Give a file in TOML.")
        }
        self.path = path
        definitions = try DefinitionReader.read(toml: text, file: path)
    }

    /// All streams, or the one of a name.
    func streams(named name: String?) throws(PackageError.Problem) -> [StreamDefinition] {
        let streams = chosen(definitions.streams, named: name, name: \.name)
        if let name, streams.isEmpty { throw unknown(name) }
        return streams
    }

    /// What runs all streams and patterns, or those of a name.
    func processors(named name: String?, texts: TextDictionary) throws -> [any EventProcessor] {
        let streams = chosen(definitions.streams, named: name, name: \.name)
        let patterns = chosen(definitions.patterns, named: name, name: \.name)
        if let name, streams.isEmpty, patterns.isEmpty { throw unknown(name) }
        return try streams.map { try StreamPipeline($0, texts: texts) }
            + patterns.map { try PatternPipeline($0, texts: texts) }
    }

    /// A stream or a pattern.
    enum Part {
        case stream(StreamDefinition)
        case pattern(PatternDefinition)

        /// When those before are done, as all of one source add to the same texts.
        func open(in store: StreamStore) throws(StreamError) -> DurableStream {
            switch self {
            case .stream(let definition): try DurableStream(definition, in: store)
            case .pattern(let definition): try DurableStream(definition, in: store)
            }
        }

        /// Statements, the query last.
        ///
        /// - Throws: `StreamError`, `SQLRefusal` for what the dialect lacks.
        func sql(_ dialect: SQLDialect, connector: [String: String]) throws -> [String] {
            switch self {
            case .stream(let definition): try definition.sql(dialect, connector: connector)
            case .pattern(let definition): try definition.sql(dialect, connector: connector)
            }
        }
    }

    /// All streams and patterns, or those of a name.
    func parts(named name: String?) throws(PackageError.Problem) -> [Part] {
        let streams = chosen(definitions.streams, named: name, name: \.name)
        let patterns = chosen(definitions.patterns, named: name, name: \.name)
        if let name, streams.isEmpty, patterns.isEmpty { throw unknown(name) }
        return streams.map(Part.stream) + patterns.map(Part.pattern)
    }

    private func chosen<Definition>(
        _ parts: [Definition], named wanted: String?, name: (Definition) -> String
    ) -> [Definition] {
        parts.filter { wanted == nil || wanted == name($0) }
    }

    private func unknown(_ name: String) -> PackageError.Problem {
        let names = definitions.streams.map(\.name) + definitions.patterns.map(\.name)
        let near = Suggestion.nearest(to: name, in: names).map { "Did you mean \"\($0)\"?" }
        return PackageError.Problem(
            .missing, file: path, "no stream is named \"\(name)\"",
            remedy: near ?? "There are \(names.joined(separator: ", ")).")
    }
}
