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
    let columns: StreamColumns

    /// - Throws: `StreamError` that names the field of what does not fit.
    init(_ node: DefinitionNode) throws {
        let definitions = try DefinitionReader.read(node)
        let part: Part =
            switch (definitions.streams.first, definitions.patterns.first) {
            case (let stream?, _): .stream(stream)
            case (_, let pattern?): .pattern(pattern)
            default: preconditionFailure("a reader finds one at the least")
            }
        self.part = part
        // What is only found when the windows are made is to be told now.
        do {
            columns = try Self.processor(part, texts: TextDictionary()) { _, _, _, _ throws(StreamError) in
                preconditionFailure("no events are sent")
            }.columns
        } catch { throw Self.told(error, of: part) }
    }

    /// What runs it.
    func processor(texts: TextDictionary, external: @escaping ExternalFunction) throws -> any EventProcessor {
        try Self.processor(part, texts: texts, external)
    }

    private static func processor(
        _ part: Part, texts: TextDictionary, _ external: @escaping ExternalFunction
    ) throws(StreamError) -> any EventProcessor {
        switch part {
        case .stream(let stream): try StreamPipeline(stream, texts: texts, external: external)
        case .pattern(let pattern): try PatternPipeline(pattern, texts: texts)
        }
    }

    /// The error with the name of the definition in its field, as the reader tells it.
    func told(_ error: StreamError) -> StreamError { error.code == .definition ? Self.told(error, of: part) : error }

    private static func told(_ error: StreamError, of part: Part) -> StreamError {
        switch part {
        case .stream(let stream): error.at(stream.name).at("stream")
        case .pattern(let pattern): error.at(pattern.name).at("pattern")
        }
    }

    var name: String {
        switch part {
        case .stream(let stream): stream.name
        case .pattern(let pattern): pattern.name
        }
    }

    var source: StreamSource {
        switch part {
        case .stream(let stream): stream.source
        case .pattern(let pattern): pattern.source
        }
    }

    /// The derived values that come from functions, with their types.
    var functions: [String: ColumnType] {
        guard case .stream(let stream) = part else { return [:] }
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
        let statements =
            switch part {
            case .stream(let stream): try stream.sql(found)
            case .pattern(let pattern): try pattern.sql(found)
            }
        return statements.joined(separator: ";\n\n") + ";\n"
    }

    func explain() throws -> String {
        switch part {
        case .stream(let stream): try StreamExplanation(stream).lines.joined(separator: "\n")
        case .pattern(let pattern): Self.explain(pattern)
        }
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
