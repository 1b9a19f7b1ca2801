extension PatternDefinition {
    /// What the pattern finds, as one query of Flink's `MATCH_RECOGNIZE`. It gives the columns of the key, `match_start`,
    /// `match_end` and `events`, but no `rows`: Flink knows no places in a stream.
    ///
    /// - Parameter connector: The options of the table of the source: `connector`, `path`, `format` and so on.
    /// - Returns: Statements, the query last.
    /// - Throws: `StreamError` for what is wrong with the definition, `SQLRefusal` for what the dialect lacks.
    package func sql(_ dialect: SQLDialect, connector: [String: String] = ["connector": "…"]) throws -> [String] {
        guard dialect == .flink else {
            let refusal = StreamError(
                .definition, field: "pattern", "a search for events that follow each other",
                remedy: "Run the pattern here, or print it for Flink.")
            throw SQLRefusal(dialect: dialect, parts: [refusal])
        }
        // Finds what is wrong with the definition.
        _ = try PatternPipeline(self, texts: TextDictionary())
        var printer = PatternPrinter(self)
        let statements = try printer.flink(connector)
        guard printer.refusals.isEmpty else { throw SQLRefusal(dialect: dialect, parts: printer.refusals) }
        return statements
    }
}
