/// Reads a pattern and how it is searched for.
enum PatternReader {
    static let fields = ["pattern", "within", "contiguity", "skip"]

    /// - Parameter schema: Nil where it is not known yet which attributes events have.
    /// - Throws: `.definition` that names the field.
    static func read(_ table: inout DefinitionTable, _ schema: EventSchema?) throws(StreamError) -> EventPattern {
        let text = try table.requiredText("pattern", such: "\"product_view add_to_cart\"")
        guard let within = try table.span("within") else {
            throw StreamError(
                .definition, field: "within", "a pattern needs a time bound, or what it keeps grows for ever",
                remedy: "Write how long a match may take: within = \"10min\".")
        }
        let contiguity = try contiguity(&table)
        let skip = try skip(&table)
        do throws(StreamError) {
            return try EventPattern.parse(text, contiguity: contiguity, skip: skip, within: within, schema: schema)
        } catch {
            throw error.field.map(fields.contains) ?? false ? error : error.at("pattern")
        }
    }

    private static func contiguity(_ table: inout DefinitionTable) throws(StreamError) -> Contiguity {
        guard let text = try table.text("contiguity") else { return .relaxed }
        guard let contiguity = Contiguity(rawValue: text) else {
            throw StreamError(
                .definition, field: "contiguity", "\"\(text)\" is no way in which events follow each other",
                remedy: "Write \"relaxed\", \"strict\" or \"any\".")
        }
        return contiguity
    }

    private static func skip(_ table: inout DefinitionTable) throws(StreamError) -> MatchSkip {
        guard let text = try table.text("skip") else { return .pastLastRow }
        let words = text.split(separator: " ").map(String.init)
        switch (words.count, text) {
        case (_, "past last row"): return .pastLastRow
        case (_, "to next row"): return .toNextRow
        case (_, "none"): return .none
        case (3, _) where text.hasPrefix("to first "): return .toFirst(words[2])
        case (3, _) where text.hasPrefix("to last "): return .toLast(words[2])
        default:
            throw StreamError(
                .definition, field: "skip", "\"\(text)\" is no place to go on at after a match",
                remedy: "Write \"past last row\", \"to next row\", \"to first STEP\", \"to last STEP\" or \"none\".")
        }
    }
}
