package import WalleStreams

/// What starts a task: `[triggers.NAME]` of `task.toml`.
///
/// ```toml
/// [triggers.hesitates]
/// key = "user_id"                                        # or false for one sequence of all events
/// pattern = "product_view+? add_to_cart (not purchase)"
/// within = "10min"
/// ```
public struct TaskTrigger: Sendable, Hashable {
    package var definition: TriggerDefinition

    package init(_ definition: TriggerDefinition) { self.definition = definition }

    /// The attributes whose values tell sequences of events apart; empty where all events are one.
    public var key: [String] { definition.key }
    /// Which events follow each other.
    public var pattern: String { definition.pattern.text }
    /// The most time from the first to the last of them.
    public var within: Duration { .microseconds(definition.pattern.within) }
}

extension TaskTrigger {
    /// Reads the table of a trigger and reports what is wrong with it.
    static func read(_ name: String, _ value: Value, _ document: TOMLDocument, _ reader: inout TableReader) -> Self? {
        guard case .dictionary(let table) = value else {
            reader.report(
                .invalidValue, name, "is no table", remedy: "Write [triggers.\(name)] on a line of its own.")
            return nil
        }
        do {
            let node = try DefinitionNode.node(.dictionary(table), at: ["triggers", name], in: document)
            return TaskTrigger(try TriggerDefinition.read(node))
        } catch {
            let field = error.field ?? "pattern"
            let known = TriggerDefinition.fields.first { field == $0 || field.hasPrefix("\($0).") } ?? field
            var fields = TableReader(document, at: ["triggers", name], known: TriggerDefinition.fields)
            fields.report(
                .invalidValue, known, "is wrong: \(field == known ? "" : "\(field): ")\(error.message)",
                remedy: error.remedy)
            reader.adopt(fields.problems)
            return nil
        }
    }
}
