internal import WalleText

/// Reads definitions of streams from the form that TOML, Python and JSON share:
///
///     [source.clicks]
///     time = "timestamp"
///     delay = "10s"
///     columns = { user_id = "int", platform = "text" }
///
///     [stream.hourly]
///     source = "clicks"
///     where = "event = 'product_view'"
///     key = "user_id"
///     window = { tumbling = "1h" }
///     lateness = "5min"
///
///     [stream.hourly.aggregate]
///     views = "count()"
///     platforms = "distinct(platform)"
///
///     [pattern.funnel]
///     source = "clicks"
///     key = "user_id"
///     pattern = "product_view add_to_cart+? (not purchase)"
///     within = "1h"
package enum DefinitionReader {
    /// - Throws: `.definition` that names the field, as in `stream.hourly.window.tumbling`.
    package static func read(_ node: DefinitionNode) throws(StreamError) -> StreamDefinitions {
        var root = try DefinitionTable(node)
        let sources = try named(root.node("source")) { name, node throws(StreamError) in try source(name, node) }
        let streams = try named(root.node("stream"), at: "stream") { name, node throws(StreamError) in
            try stream(name, node, sources)
        }
        let patterns = try named(root.node("pattern"), at: "pattern") { name, node throws(StreamError) in
            try pattern(name, node, sources)
        }
        try root.finish(["source", "stream", "pattern"])
        guard !streams.isEmpty || !patterns.isEmpty else {
            throw StreamError(
                .definition, "no stream is defined", remedy: "Write a table [stream.NAME] with source, key and window.")
        }
        return StreamDefinitions(streams: streams, patterns: patterns)
    }

    /// The tables of a table, each with its name in the field of its errors.
    private static func named<Part>(
        _ node: DefinitionNode?, at field: String = "source",
        _ read: (String, DefinitionNode) throws(StreamError) -> Part
    ) throws(StreamError) -> [Part] {
        guard let node else { return [] }
        do throws(StreamError) {
            var parts: [Part] = []
            for entry in try DefinitionTable(node).fields {
                do throws(StreamError) {
                    try check(name: entry.name)
                    parts.append(try read(entry.name, entry.value))
                } catch { throw error.at(entry.name) }
            }
            return parts
        } catch { throw error.at(field) }
    }

    private static func check(name: String) throws(StreamError) {
        let letters = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard letters, (1...64).contains(name.utf8.count) else {
            throw StreamError(
                .definition, "\"\(name)\" is no name", remedy: "Use up to 64 ASCII letters, digits, \"_\" and \"-\".")
        }
    }

    // MARK: sources

    private static func source(_ name: String, _ node: DefinitionNode) throws(StreamError) -> StreamSource {
        var table = try DefinitionTable(node)
        let schema = EventSchema(
            event: try table.text("event") ?? "event", page: try table.text("page"),
            time: try table.text("time") ?? "timestamp", attributes: try columns(table.node("columns")))
        let source = StreamSource(
            name: name, schema: schema, delay: try table.span("delay", allowsZero: true) ?? 0,
            idle: try table.span("idle"))
        try table.finish(["event", "page", "time", "columns", "delay", "idle"])
        guard Set(schema.names).count == schema.names.count else {
            throw StreamError(
                .definition, field: "columns", "a name is there twice",
                remedy: "Name the event, its page, its time and each column differently.")
        }
        return source
    }

    private static func columns(_ node: DefinitionNode?) throws(StreamError) -> [EventSchema.Attribute] {
        guard let node else { return [] }
        do throws(StreamError) {
            var columns: [EventSchema.Attribute] = []
            for field in try DefinitionTable(node).fields {
                guard case .text(let text) = field.value, let type = ColumnType(rawValue: text) else {
                    let types = ColumnType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                    throw StreamError(
                        .definition, field: field.name, "no type of a column", remedy: "Write one of \(types).")
                }
                columns.append(EventSchema.Attribute(field.name, type))
            }
            return columns
        } catch { throw error.at("columns") }
    }

    // MARK: streams

    private static func stream(
        _ name: String, _ node: DefinitionNode, _ sources: [StreamSource]
    ) throws(StreamError) -> StreamDefinition {
        var table = try DefinitionTable(node)
        let definition = StreamDefinition(
            name: name, source: try source(of: &table, sources),
            filter: try expression(try table.text("where"), field: "where"),
            derived: try derived(table.node("let")), key: try key(&table),
            window: try WindowReader.read(table.node("window")),
            lateness: try table.span("lateness", allowsZero: true) ?? 0,
            aggregates: try aggregates(table.node("aggregate")), emission: try emission(&table))
        try table.finish(["source", "where", "let", "key", "window", "lateness", "aggregate", "emit"])
        return definition
    }

    private static func pattern(
        _ name: String, _ node: DefinitionNode, _ sources: [StreamSource]
    ) throws(StreamError) -> PatternDefinition {
        var table = try DefinitionTable(node)
        let source = try source(of: &table, sources)
        let filter = try expression(try table.text("where"), field: "where")
        let key = try key(&table)
        let pattern = try PatternReader.read(&table, source.schema)
        try table.finish(["source", "where", "key"] + PatternReader.fields)
        return PatternDefinition(name: name, source: source, filter: filter, key: key, pattern: pattern)
    }

    private static func source(
        of table: inout DefinitionTable, _ sources: [StreamSource]
    ) throws(StreamError) -> StreamSource {
        let name = try table.requiredText("source", such: "\"clicks\", and define [source.clicks]")
        if let source = sources.first(where: { $0.name == name }) { return source }
        let near = Suggestion.nearest(to: name, in: sources.map(\.name)).map { "Did you mean \"\($0)\"?" }
        throw StreamError(
            .definition, field: "source", "no source is named \"\(name)\"",
            remedy: near ?? "Define it in a table [source.\(name)].")
    }

    private static func expression(_ text: String?, field: String) throws(StreamError) -> Expression? {
        guard let text else { return nil }
        do { return try ExpressionParser.parse(text) } catch { throw error.at(field) }
    }

    private static func derived(_ node: DefinitionNode?) throws(StreamError) -> [StreamDefinition.Derived] {
        try named(node, at: "let") { name, node throws(StreamError) in
            StreamDefinition.Derived(name, try DerivedReader.read(node))
        }
    }

    private static func aggregates(_ node: DefinitionNode?) throws(StreamError) -> [Aggregate] {
        let aggregates = try texts(node, at: "aggregate") { name, text throws(StreamError) in
            try AggregateText.read(text, name: name)
        }
        guard !aggregates.isEmpty else {
            throw StreamError(
                .definition, field: "aggregate", "there is none",
                remedy: "Write a table of them: aggregate = { views = \"count()\" }.")
        }
        return aggregates
    }

    /// What fields with texts say, in their order.
    private static func texts<Part>(
        _ node: DefinitionNode?, at field: String, _ read: (String, String) throws(StreamError) -> Part
    ) throws(StreamError) -> [Part] {
        try named(node, at: field) { name, node throws(StreamError) in
            guard case .text(let text) = node else {
                throw StreamError(.definition, "\(node.kind) instead of a text", remedy: "Write it in quotes.")
            }
            return try read(name, text)
        }
    }

    static func key(_ table: inout DefinitionTable) throws(StreamError) -> [String] {
        switch table.node("key") {
        case .text(let name): return [name]
        case .bool(false): return []
        case .array(let names) where !names.isEmpty:
            var key: [String] = []
            for case .text(let name) in names { key.append(name) }
            if key.count == names.count { return key }
        default: break
        }
        throw StreamError(
            .definition, field: "key", "it does not say how events are grouped",
            remedy: "Write key = \"user_id\", a list of names, or key = false for one group of all.")
    }

    private static func emission(_ table: inout DefinitionTable) throws(StreamError) -> StreamDefinition.Emission {
        guard let text = try table.text("emit") else { return .final }
        guard let emission = StreamDefinition.Emission(rawValue: text) else {
            throw StreamError(
                .definition, field: "emit", "\"\(text)\" is no way to give rows",
                remedy: "Write \"final\" or \"retractions\".")
        }
        return emission
    }
}
