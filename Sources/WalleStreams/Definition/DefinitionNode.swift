/// A definition as TOML, Python and JSON write it, before it is understood.
package indirect enum DefinitionNode: Hashable, Sendable {
    case text(String)
    case int(Int64)
    case float(Double)
    case bool(Bool)
    case array([DefinitionNode])
    case table([Field])

    /// Fields keep the order in which they were written: columns come in it.
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: DefinitionNode

        package init(_ name: String, _ value: DefinitionNode) {
            self.name = name
            self.value = value
        }
    }

    /// The texts of an array of nothing else; nil for another node.
    var texts: [String]? {
        guard case .array(let nodes) = self else { return nil }
        var texts: [String] = []
        for case .text(let text) in nodes { texts.append(text) }
        return texts.count == nodes.count && !texts.isEmpty ? texts : nil
    }

    /// A field of a table; nil for another node.
    package subscript(name: String) -> DefinitionNode? {
        guard case .table(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .text: "a text"
        case .int: "an integer"
        case .float: "a float"
        case .bool: "true or false"
        case .array: "an array"
        case .table: "a table"
        }
    }
}
