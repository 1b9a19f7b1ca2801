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
///     [stream.busiest]
///     source = "hourly"
///     key = false
///     window = "source"
///     rank = { by = "views desc", first = 10, as = "place" }
///     select = ["user_id", "views"]
///
///     [pattern.funnel]
///     source = "clicks"
///     key = "user_id"
///     pattern = "product_view add_to_cart+? (not purchase)"
///     within = "1h"
package enum DefinitionReader {
    /// - Parameter isOpen: Whether a source that says no columns may have any: then nobody looks for those that conditions
    ///   of patterns name.
    /// - Throws: `.definition` that names the field, as in `stream.hourly.window.tumbling`.
    package static func read(_ node: DefinitionNode, isOpen: Bool = false) throws(StreamError) -> StreamDefinitions {
        var root = try DefinitionTable(node)
        let sources = try named(root.node("source")) { name, node throws(StreamError) in try source(name, node) }
        let streamNode = root.node("stream")
        var reader = StreamReader(sources, streamNode)
        let streams = try named(streamNode, at: "stream") { name, _ throws(StreamError) in try reader.stream(name) }
        let patterns = try named(root.node("pattern"), at: "pattern") { name, node throws(StreamError) in
            try pattern(name, node, sources, isOpen)
        }
        try root.finish(["source", "stream", "pattern"])
        guard !streams.isEmpty || !patterns.isEmpty else {
            throw StreamError(
                .definition, "no stream is defined", remedy: "Write a table [stream.NAME] with source, key and window.")
        }
        return StreamDefinitions(streams: streams, patterns: patterns)
    }

    /// The tables of a table, each with its name in the field of its errors.
    static func named<Part>(
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
            idle: try table.span("idle"), clock: try clock(&table))
        try table.finish(["event", "page", "time", "columns", "delay", "idle", "clock"])
        guard Set(schema.names).count == schema.names.count else {
            throw StreamError(
                .definition, field: "columns", "a name is there twice",
                remedy: "Name the event, its page, its time and each column differently.")
        }
        return source
    }

    private static func clock(_ table: inout DefinitionTable) throws(StreamError) -> StreamSource.Clock {
        guard let text = try table.text("clock") else { return .event }
        guard let clock = StreamSource.Clock(rawValue: text) else {
            throw StreamError(
                .definition, field: "clock", "\"\(text)\" tells no time",
                remedy: "Write \"event\" for the time that the input tells, or \"arrival\" for when an event comes.")
        }
        return clock
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

    // MARK: patterns

    private static func pattern(
        _ name: String, _ node: DefinitionNode, _ sources: [StreamSource], _ isOpen: Bool
    ) throws(StreamError) -> PatternDefinition {
        var table = try DefinitionTable(node)
        let source = try source(of: &table, sources)
        guard source.clock == .event else {
            throw StreamError(
                .definition, field: "source", "patterns go by the time that the input tells, not by arrival",
                remedy: "Read a source without clock = \"arrival\".")
        }
        let filter = try expression(try table.text("where"), field: "where")
        let key = try key(&table)
        let isKnown = !isOpen || !source.schema.attributes.isEmpty
        let pattern = try PatternReader.read(&table, isKnown ? source.schema : nil)
        let mostGroups = try limit(&table)
        try table.finish(["source", "where", "key", "limit"] + PatternReader.fields)
        return PatternDefinition(
            name: name, source: source, filter: filter, key: key, pattern: pattern, mostGroups: mostGroups)
    }

    /// How many groups there may be.
    static func limit(_ table: inout DefinitionTable) throws(StreamError) -> Int {
        guard let node = table.node("limit") else { return StreamDefinition.mostGroups }
        guard case .int(let limit) = node, limit > 0 else {
            throw StreamError(
                .definition, field: "limit", "it is no number of groups", remedy: "Write one such as 1000000.")
        }
        return Int(limit)
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

    static func expression(_ text: String?, field: String) throws(StreamError) -> Expression? {
        guard let text else { return nil }
        do { return try ExpressionParser.parse(text) } catch { throw error.at(field) }
    }

    static func key(_ table: inout DefinitionTable) throws(StreamError) -> [String] {
        switch table.node("key") {
        case .text(let name): return [name]
        case .bool(false): return []
        case .array(let names): if let key = DefinitionNode.array(names).texts { return key }
        default: break
        }
        throw StreamError(
            .definition, field: "key", "it does not say how events are grouped",
            remedy: "Write key = \"user_id\", a list of names, or key = false for one group of all.")
    }
}
