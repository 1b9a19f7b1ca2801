internal import WalleBinding
internal import WalleStreams
internal import WalleText

/// One stream or pattern, as Python holds it.
final class DefinitionObject: PythonObject {
    static let pythonName = "Definition"

    enum Part: Hashable {
        case stream(StreamDefinition)
        case pattern(PatternDefinition)
    }
    let part: Part
    /// Columns that it reads and whose types nobody said: they come with the first events.
    let unknown: [String]

    /// - Parameters:
    ///   - node: Of the stream or pattern, and of all that it reads.
    ///   - name: Of the stream or pattern.
    /// - Throws: `StreamError` that names the field of what does not fit.
    init(_ node: DefinitionNode, name: String) throws {
        let definitions = try DefinitionReader.read(node, isOpen: true)
        let stream = definitions.streams.first { $0.name == name }.map(Part.stream)
        guard let part = stream ?? definitions.patterns.first(where: { $0.name == name }).map(Part.pattern) else {
            throw StreamError(.definition, "nothing is named \"\(name)\"", remedy: "Give the name of a stream.")
        }
        self.part = part
        let isOpen = node["source"]?[part.source.name]?["columns"] == nil
        unknown = isOpen ? part.sourceNames.filter { part.source.schema.place(of: $0) == nil } : []
        guard unknown.isEmpty else { return }
        // What is only found when the windows are made is to be told now.
        do {
            _ = try Self.processor(part, texts: TextDictionary()) { _, _, _, _ throws(StreamError) in
                preconditionFailure("no events are sent")
            }
        } catch { throw Self.told(error, of: part.name, part) }
    }

    /// What runs it.
    ///
    /// - Throws: `StreamError` also when types of columns are not known yet.
    func processor(texts: TextDictionary, external: @escaping ExternalFunction) throws -> any EventProcessor {
        try checkTypes()
        return try Self.processor(part, texts: texts, external)
    }

    private func checkTypes() throws(StreamError) {
        guard !unknown.isEmpty else { return }
        throw StreamError(
            .definition, field: "source.\(part.source.name).columns",
            "the types of \(unknown.joined(separator: ", ")) are not known before events come",
            remedy: "Give the source columns, or take the definition of a run that has taken events.")
    }

    private static func processor(
        _ part: Part, texts: TextDictionary, _ external: @escaping ExternalFunction
    ) throws(StreamError) -> any EventProcessor {
        switch part {
        case .stream(let stream): try StreamPipeline(stream, texts: texts, external: external)
        case .pattern(let pattern): try PatternPipeline(pattern, texts: texts)
        }
    }

    /// An error while events are taken, with the name of the definition in its field, as the reader tells it: what reads the
    /// source has the functions.
    func told(_ error: StreamError) -> StreamError {
        error.code == .definition ? Self.told(error, of: part.first.name, part) : error
    }

    /// An error about the whole definition.
    func toldAtLast(_ error: StreamError) -> StreamError {
        error.code == .definition ? Self.told(error, of: part.name, part) : error
    }

    private static func told(_ error: StreamError, of name: String, _ part: Part) -> StreamError {
        switch part {
        case .stream: error.at(name).at("stream")
        case .pattern: error.at(name).at("pattern")
        }
    }

    var name: String { part.name }
    var source: StreamSource { part.source }
    /// The names of the columns of its rows.
    var columnNames: [String] { part.columnNames }

    /// The derived values that come from functions, with their types.
    var functions: [String: ColumnType] {
        guard case .stream(let stream) = part.first else { return [:] }
        var functions: [String: ColumnType] = [:]
        for case let value in stream.derived {
            if case .external(let type, _) = value.value { functions[value.name] = type }
        }
        return functions
    }

    func sql(_ dialect: String) throws -> String {
        guard let found = SQLDialect(rawValue: dialect) else {
            let names = SQLDialect.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw StreamError(
                .definition, field: "dialect", "\"\(dialect)\" is no dialect", remedy: "Write one of \(names).")
        }
        try checkTypes()
        let statements =
            switch part {
            case .stream(let stream): try stream.sql(found)
            case .pattern(let pattern): try pattern.sql(found)
            }
        return statements.joined(separator: ";\n\n") + ";\n"
    }

    func explain() throws -> String {
        try checkTypes()
        return switch part {
        case .stream(let stream): try Self.explain(stream)
        case .pattern(let pattern): Self.explain(pattern)
        }
    }

    /// What it reads first, then itself.
    private static func explain(_ definition: StreamDefinition) throws(StreamError) -> String {
        let before = try definition.upstream.map { stream throws(StreamError) in try explain(stream) + "\n" } ?? ""
        return before + (try StreamExplanation(definition).lines.joined(separator: "\n"))
    }

    private static func explain(_ definition: PatternDefinition) -> String {
        var lines = ["\(definition.name): events of \(definition.source.name)"]
        if let filter = definition.filter { lines.append("  where      \(filter.text)") }
        let key = definition.key.joined(separator: ", ")
        lines.append("  key        \(key.isEmpty ? "none: one sequence of all" : key)")
        lines.append("  pattern    \(definition.pattern.text)")
        lines.append("  within     \(Quantity.text(.microseconds(definition.pattern.within)))")
        return lines.joined(separator: "\n")
    }
}

extension DefinitionObject.Part {
    var name: String {
        switch self {
        case .stream(let stream): stream.name
        case .pattern(let pattern): pattern.name
        }
    }

    var source: StreamSource {
        switch self {
        case .stream(let stream): stream.source
        case .pattern(let pattern): pattern.source
        }
    }

    /// What it reads of the events of the source.
    var sourceNames: [String] {
        switch self {
        case .stream(let stream): stream.sourceNames
        case .pattern(let pattern): pattern.sourceNames
        }
    }

    var columnNames: [String] {
        switch self {
        case .stream(let stream): stream.columnNames
        case .pattern(let pattern): pattern.columnNames
        }
    }

    /// What the time of its rows is called, for a stream that reads them.
    var rowTime: String {
        switch self {
        case .stream(let stream): stream.rowTime
        case .pattern(let pattern): pattern.source.schema.time
        }
    }

    /// What reads the source.
    var first: Self {
        guard case .stream(var stream) = self else { return self }
        while let upstream = stream.upstream { stream = upstream }
        return .stream(stream)
    }
}
