internal import WalleText

/// Reads the fields of a table and tells what is wrong with them, each by its name.
struct DefinitionTable {
    let fields: [DefinitionNode.Field]
    private var unread: Set<String>

    /// - Throws: `.definition` when the node is no table, or names a field twice.
    init(_ node: DefinitionNode) throws(StreamError) {
        guard case .table(let fields) = node else {
            throw StreamError(.definition, "\(node.kind) instead of a table", remedy: "Write fields: name = value.")
        }
        self.fields = fields
        unread = Set(fields.map(\.name))
        guard unread.count == fields.count else {
            throw StreamError(.definition, "a field is there twice", remedy: "Keep one of them.")
        }
    }

    mutating func node(_ name: String) -> DefinitionNode? {
        unread.remove(name)
        return fields.first { $0.name == name }?.value
    }

    mutating func text(_ name: String) throws(StreamError) -> String? {
        guard let node = node(name) else { return nil }
        guard case .text(let text) = node else { throw wrong(name, node, "a text") }
        return text
    }

    mutating func requiredText(_ name: String, such example: String) throws(StreamError) -> String {
        guard let text = try text(name) else {
            throw StreamError(.definition, field: name, "there is none", remedy: "Write \(name) = \(example).")
        }
        return text
    }

    /// A span of time, as in "10s"; above zero, or zero where that means something.
    mutating func span(_ name: String, allowsZero: Bool = false) throws(StreamError) -> Microseconds? {
        guard let node = node(name) else { return nil }
        guard case .text(let text) = node else { throw wrong(name, node, "a span of time such as \"10s\"") }
        return try Self.span(text, allowsZero: allowsZero, field: name)
    }

    static func span(_ text: String, allowsZero: Bool, field: String) throws(StreamError) -> Microseconds {
        let span: Microseconds
        do { span = try Quantity.microseconds(text) } catch {
            throw StreamError(.definition, field: field, error.message, remedy: error.remedy)
        }
        guard span > 0 || (allowsZero && span == 0) else {
            throw StreamError(
                .definition, field: field, "\"\(text)\" is no time at all", remedy: "Write one such as \"10s\".")
        }
        return span
    }

    func wrong(_ name: String, _ node: DefinitionNode, _ wanted: String) -> StreamError {
        StreamError(.definition, field: name, "\(node.kind) instead of \(wanted)", remedy: "Write \(wanted).")
    }

    /// - Throws: `.definition` for a field that nobody asked for.
    func finish(_ known: [String]) throws(StreamError) {
        guard let name = unread.min() else { return }
        let near = Suggestion.nearest(to: name, in: known).map { "Did you mean \"\($0)\"?" }
        throw StreamError(
            .definition, field: name, "no such field",
            remedy: near ?? "There are \(known.joined(separator: ", ")).")
    }
}
