extension StreamDefinition {
    /// What the stream computes, as one query of another engine. It gives the columns of the key, `window_start` and
    /// `window_end` (of over windows and rows of events the time of each event instead), and the aggregates or values.
    /// Where later events change rows it gives those that stand in the end.
    ///
    /// DuckDB and SQLite read the events from a table or view with the name of the source and the columns of its
    /// schema, and know of no lateness: they see all events at once.
    ///
    /// - Parameter connector: For Flink, the options of the table of the source: `connector`, `path`, `format` and so
    ///   on.
    /// - Returns: Statements, the query last.
    /// - Throws: `StreamError` for what is wrong with the definition, `SQLRefusal` for what the dialect lacks.
    package func sql(_ dialect: SQLDialect, connector: [String: String] = ["connector": "…"]) throws -> [String] {
        try refuseVisits(dialect)
        var printer = try StreamPrinter(self, dialect)
        let statements = dialect == .flink ? printer.flink(connector) : [printer.query()]
        let refusals = printer.refusals
        guard refusals.isEmpty else { throw SQLRefusal(dialect: dialect, parts: refusals) }
        return statements
    }

    /// Where a visit ends depends on the names of events and on time at once, which no window of a dialect does.
    private func refuseVisits(_ dialect: SQLDialect) throws {
        guard case .visit = window else { return }
        let refusal = StreamError(
            .definition, field: "window.visit", "windows from an event to another",
            remedy: "Run the stream here, or use sessions, which end by time alone.")
        throw SQLRefusal(dialect: dialect, parts: [refusal])
    }
}
