extension StreamSource {
    /// The columns of the table, in their order.
    var flinkPlaces: [EventSchema.Place] {
        [.event] + (schema.page == nil ? [] : [.page]) + [.time] + schema.attributes.indices.map { .attribute($0) }
    }

    /// The table of the events in Flink.
    ///
    /// - Parameter connector: Its options: `connector`, `path`, `format` and so on.
    func flinkTable(_ connector: [String: String]) -> String {
        let dialect = SQLDialect.flink
        let scope = ExpressionScope(schema)
        var lines = flinkPlaces.map { place in
            let type = place == .time && clock == .arrival ? "AS PROCTIME()" : dialect.type(schema.type(at: place))
            return "\(dialect.name(scope.name(at: .event(place)))) \(type)"
        }
        if clock == .event {
            let time = dialect.name(schema.time)
            // To Flink an event at the watermark is late, to us only one before it.
            let delay = delay == 0 ? "" : " - \(dialect.interval(delay))"
            lines.append("WATERMARK FOR \(time) AS \(time)\(delay) - INTERVAL '0.001' SECOND")
        }
        let options = connector.sorted { $0.key < $1.key }.map { "\(dialect.text($0.key)) = \(dialect.text($0.value))" }
        return """
            CREATE TEMPORARY TABLE \(dialect.name(name)) (
            \(lines.joined(separator: ",\n").indented)
            ) WITH (
            \(options.joined(separator: ",\n").indented)
            )
            """
    }
}
