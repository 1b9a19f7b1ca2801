internal import WalleText

/// Reads the streams of a definition, each after the one whose rows it reads.
struct StreamReader {
    private let sources: [StreamSource]
    private let nodes: [DefinitionNode.Field]
    private var streams: [String: StreamDefinition] = [:]
    /// The streams that are being read, each of which reads the next.
    private var path: [String] = []

    init(_ sources: [StreamSource], _ node: DefinitionNode?) {
        self.sources = sources
        if case .table(let fields) = node { nodes = fields } else { nodes = [] }
    }

    /// - Throws: `.definition` that names the field, below the stream's name.
    mutating func stream(_ name: String) throws(StreamError) -> StreamDefinition {
        if let stream = streams[name] { return stream }
        guard let node = nodes.first(where: { $0.name == name })?.value else {
            preconditionFailure("a stream of the definition")
        }
        path.append(name)
        defer { path.removeLast() }
        var table = try DefinitionTable(node)
        let stream = try read(name, &table)
        streams[name] = stream
        return stream
    }

    private static let fields = [
        "source", "where", "let", "key", "window", "lateness", "aggregate", "emit", "select", "rank", "ttl", "limit",
    ]

    private mutating func read(
        _ name: String, _ table: inout DefinitionTable
    ) throws(StreamError) -> StreamDefinition {
        let names = Set(table.fields.map(\.name))
        let origin = try origin(&table)
        var stream = StreamDefinition(name: name, origin: origin)
        stream.filter = try DefinitionReader.expression(try table.text("where"), field: "where")
        stream.derived = try DefinitionReader.named(table.node("let"), at: "let") { name, node throws(StreamError) in
            StreamDefinition.Derived(name, try DerivedReader.read(node))
        }
        stream.select = try Self.select(&table)
        stream.rank = try RankReader.read(table.node("rank"))
        stream.aggregates = try Self.texts(table.node("aggregate"), at: "aggregate") { name, text throws(StreamError) in
            try AggregateText.read(text, name: name)
        }
        stream.emission = try Self.emission(&table)
        stream.lateness = try table.span("lateness", allowsZero: true) ?? 0
        stream.timeToLive = try table.span("ttl")
        stream.mostGroups = try DefinitionReader.limit(&table)
        // A row of an event is of no group.
        let isOfEvents = stream.rank == nil && !stream.select.isEmpty
        if names.contains("key") || !isOfEvents { stream.key = try DefinitionReader.key(&table) }
        if names.contains("window") || !isOfEvents { stream.window = try WindowReader.read(table.node("window")) }
        try table.finish(Self.fields)
        try stream.check()
        return stream
    }

    private mutating func origin(_ table: inout DefinitionTable) throws(StreamError) -> StreamDefinition.Origin {
        let name = try table.requiredText("source", such: "\"clicks\", and define [source.clicks]")
        let isStream = nodes.contains { $0.name == name }
        if let source = sources.first(where: { $0.name == name }) {
            guard !isStream else {
                throw StreamError(
                    .definition, field: "source", "\"\(name)\" is a source and a stream",
                    remedy: "Give one of them another name.")
            }
            return .source(source)
        }
        guard isStream else {
            let near = Suggestion.nearest(to: name, in: sources.map(\.name) + nodes.map(\.name))
            throw StreamError(
                .definition, field: "source", "no source or stream is named \"\(name)\"",
                remedy: near.map { "Did you mean \"\($0)\"?" } ?? "Define it in a table [source.\(name)].")
        }
        guard !path.contains(name) else {
            throw StreamError(
                .definition, field: "source", "it reads its own rows: \((path + [name]).joined(separator: " reads "))",
                remedy: "Let one of them read a source.")
        }
        do { return .stream(try stream(name)) } catch {
            throw StreamError(
                error.code, field: "source", "in \(name): " + (error.field.map { "\($0): " } ?? "") + error.message,
                remedy: error.remedy)
        }
    }

    /// What fields with texts say, in their order.
    private static func texts<Part>(
        _ node: DefinitionNode?, at field: String, _ read: (String, String) throws(StreamError) -> Part
    ) throws(StreamError) -> [Part] {
        try DefinitionReader.named(node, at: field) { name, node throws(StreamError) in
            guard case .text(let text) = node else {
                throw StreamError(.definition, "\(node.kind) instead of a text", remedy: "Write it in quotes.")
            }
            return try read(name, text)
        }
    }

    private static func select(_ table: inout DefinitionTable) throws(StreamError) -> [String] {
        guard let node = table.node("select") else { return [] }
        guard let names = node.texts else {
            throw StreamError(
                .definition, field: "select", "\(node.kind) instead of names",
                remedy: "Write select = [\"user_id\", \"euro\"]; let computes values and gives them names.")
        }
        return names
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

/// Reads which rows stand first: `{ by = "price desc", first = 10, ties = true, as = "place" }`.
enum RankReader {
    /// - Throws: `.definition` that names the field, as in `rank.first`.
    static func read(_ node: DefinitionNode?) throws(StreamError) -> StreamDefinition.Rank? {
        guard let node else { return nil }
        do throws(StreamError) {
            var table = try DefinitionTable(node)
            let rank = StreamDefinition.Rank(
                by: try order(table.node("by")), first: try first(table.node("first")), ties: try ties(&table),
                column: try table.text("as"))
            try table.finish(["by", "first", "ties", "as"])
            return rank
        } catch { throw error.at("rank") }
    }

    private static func order(_ node: DefinitionNode?) throws(StreamError) -> [StreamDefinition.Rank.Term] {
        let texts: [String]
        switch node {
        case .text(let text): texts = [text]
        case .array: texts = node?.texts ?? []
        default: texts = []
        }
        guard !texts.isEmpty else {
            throw StreamError(
                .definition, field: "by", "it does not say what decides",
                remedy: "Write by = \"price desc\", or a list of such.")
        }
        do throws(StreamError) {
            var terms: [StreamDefinition.Rank.Term] = []
            for text in texts { terms.append(try term(text)) }
            return terms
        } catch { throw error.at("by") }
    }

    private static func term(_ text: String) throws(StreamError) -> StreamDefinition.Rank.Term {
        let words = text.split(whereSeparator: \.isWhitespace)
        let direction = words.last?.lowercased() ?? ""
        guard words.count > 1, direction == "desc" || direction == "asc", let last = words.last else {
            return .init(try ExpressionParser.parse(text))
        }
        return .init(try ExpressionParser.parse(String(text[..<last.startIndex])), descending: direction == "desc")
    }

    private static func first(_ node: DefinitionNode?) throws(StreamError) -> Int {
        guard case .int(let first) = node, (1...Int64(StreamDefinition.mostFirst)).contains(first) else {
            throw StreamError(
                .definition, field: "first", "it does not say how many rows",
                remedy: "Write a number from 1 to \(StreamDefinition.mostFirst): first = 10.")
        }
        return Int(first)
    }

    private static func ties(_ table: inout DefinitionTable) throws(StreamError) -> Bool {
        guard let node = table.node("ties") else { return false }
        guard case .bool(let ties) = node else { throw table.wrong("ties", node, "true or false") }
        return ties
    }
}
