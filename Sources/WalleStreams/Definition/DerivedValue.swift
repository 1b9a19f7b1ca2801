/// How a value is derived from each event.
package enum DerivedValue: Hashable, Sendable {
    case expression(Expression)
    /// By a function outside of the engine, which is given whole columns and gives one of this type. Where one of its
    /// arguments is null, so is its value.
    case external(ColumnType, of: [Expression])

    /// As identities and people read it.
    package var text: String {
        switch self {
        case .expression(let expression): expression.text
        case .external(let type, let arguments):
            "a function of (\(arguments.map(\.text).joined(separator: ", "))) as \(type.rawValue)"
        }
    }
}

/// Reads a derived value: an expression, or `{ batch = "float", of = ["price", "title"] }` for a function that the
/// definition's owner has.
enum DerivedReader {
    /// - Throws: `.definition` that names the field.
    static func read(_ node: DefinitionNode) throws(StreamError) -> DerivedValue {
        if case .text(let text) = node { return .expression(try ExpressionParser.parse(text)) }
        guard case .table = node else {
            throw StreamError(.definition, "\(node.kind) instead of a text", remedy: "Write it in quotes.")
        }
        var table = try DefinitionTable(node)
        let name = try table.requiredText("batch", such: "\"float\", the type of the values")
        guard let type = ColumnType(rawValue: name) else {
            let types = ColumnType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw StreamError(
                .definition, field: "batch", "\"\(name)\" is no type of values", remedy: "Write one of \(types).")
        }
        let arguments = try arguments(table.node("of"))
        try table.finish(["batch", "of"])
        return .external(type, of: arguments)
    }

    private static func arguments(_ node: DefinitionNode?) throws(StreamError) -> [Expression] {
        guard case .array(let nodes)? = node else {
            throw StreamError(
                .definition, field: "of", "it is no list of what the function is given",
                remedy: "Write of = [\"price\", \"title\"].")
        }
        var arguments: [Expression] = []
        for node in nodes {
            guard case .text(let text) = node else {
                throw StreamError(
                    .definition, field: "of", "\(node.kind) instead of a text", remedy: "Write it in quotes.")
            }
            do { arguments.append(try ExpressionParser.parse(text)) } catch { throw error.at("of") }
        }
        return arguments
    }
}
