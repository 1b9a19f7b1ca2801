/// A part of a stream's definition.
public protocol StreamClause: Sendable {
    /// Adds the part to what was said before.
    func add(to definition: inout StreamParts)
}

/// What the clauses of a stream say together.
public struct StreamParts: Sendable {
    var fields: [DefinitionNode.Field] = []

    mutating func set(_ name: String, _ value: DefinitionNode) { fields.append(.init(name, value)) }

    /// Adds to a field that is a table.
    mutating func extend(_ name: String, _ entries: [DefinitionNode.Field]) {
        guard let index = fields.firstIndex(where: { $0.name == name }), case .table(let before) = fields[index].value
        else { return set(name, .table(entries)) }
        fields[index].value = .table(before + entries)
    }
}

/// Collects the clauses of a stream.
@resultBuilder
public enum StreamClauseBuilder {
    public static func buildBlock(_ clauses: [any StreamClause]...) -> [any StreamClause] { clauses.flatMap { $0 } }
    public static func buildExpression(_ clause: any StreamClause) -> [any StreamClause] { [clause] }
    public static func buildOptional(_ clauses: [any StreamClause]?) -> [any StreamClause] { clauses ?? [] }
    public static func buildEither(first clauses: [any StreamClause]) -> [any StreamClause] { clauses }
    public static func buildEither(second clauses: [any StreamClause]) -> [any StreamClause] { clauses }
    public static func buildArray(_ clauses: [[any StreamClause]]) -> [any StreamClause] { clauses.flatMap { $0 } }
}

/// Keeps the events of which a condition is true: `Where("event = 'product_view' and price > 0")`.
public struct Where: StreamClause {
    private let condition: String

    public init(_ condition: String) { self.condition = condition }

    public func add(to definition: inout StreamParts) { definition.set("where", .text(condition)) }
}

/// Values computed from each event, each visible to the next: `Let(["euro": "price * 0.92"])`.
public struct Let: StreamClause {
    private let values: [(String, String)]

    public init(_ values: KeyValuePairs<String, String>) { self.values = values.map { ($0.key, $0.value) } }

    public func add(to definition: inout StreamParts) {
        definition.extend("let", values.map { .init($0, .text($1)) })
    }
}

/// Groups events by attributes or derived values; by none: one group of all.
public struct KeyBy: StreamClause {
    private let names: [String]

    public init(_ names: String...) { self.names = names }

    public func add(to definition: inout StreamParts) {
        definition.set("key", names.isEmpty ? .bool(false) : .array(names.map(DefinitionNode.text)))
    }
}

/// What is computed of the events of a window, by the names of the columns:
/// `Aggregates(["views": "count()", "dear": "count() where price > 100", "recent": "last(event, 20)"])`.
public struct Aggregates: StreamClause {
    private let values: [(String, String)]

    public init(_ values: KeyValuePairs<String, String>) { self.values = values.map { ($0.key, $0.value) } }

    public func add(to definition: inout StreamParts) {
        definition.extend("aggregate", values.map { .init($0, .text($1)) })
    }
}

/// The values of an event, or of a row that is ranked, that a row has: `Select("user_id", "euro")`.
public struct Select: StreamClause {
    private let names: [String]

    public init(_ names: String...) { self.names = names }

    public func add(to definition: inout StreamParts) {
        definition.set("select", .array(names.map(DefinitionNode.text)))
    }
}

/// Keeps the rows of each key and window that stand first: `Rank("views desc", first: 10, as: "place")`.
public struct Rank: StreamClause {
    private let fields: [DefinitionNode.Field]

    /// - Parameters:
    ///   - order: What decides, the first before the second; the greatest stands first where `desc` is behind it.
    ///   - first: Rows of a key and window at most.
    ///   - ties: With a window, whether those that are equal to the last stand with it.
    ///   - column: For the number of the row, from 1 on; nil: none.
    public init(_ order: String..., first: Int, ties: Bool = false, as column: String? = nil) {
        var fields: [DefinitionNode.Field] = [
            .init("by", .array(order.map(DefinitionNode.text))), .init("first", .int(Int64(first))),
            .init("ties", .bool(ties)),
        ]
        if let column { fields.append(.init("as", .text(column))) }
        self.fields = fields
    }

    public func add(to definition: inout StreamParts) { definition.set("rank", .table(fields)) }
}

/// So many groups are remembered at most; what is lost beyond is counted.
public struct Limit: StreamClause {
    private let groups: Int

    public init(_ groups: Int) { self.groups = groups }

    public func add(to definition: inout StreamParts) { definition.set("limit", .int(Int64(groups))) }
}

/// Which events are aggregated, or ranked, together.
public struct Window: StreamClause {
    private let node: DefinitionNode
    private var lateness: Duration?
    private var timeToLive: Duration?

    private init(_ fields: [(String, DefinitionNode)]) { self.init(.table(fields.map { .init($0, $1) })) }

    private init(_ node: DefinitionNode) { self.node = node }

    /// Side by side, beginning at multiples of the size, or so much later.
    public static func tumbling(_ size: Duration, offset: Duration = .zero) -> Window {
        Window([("tumbling", .span(size))] + shifted(offset))
    }

    /// One begins at each multiple of the slide, which divides the size.
    public static func hopping(_ size: Duration, every slide: Duration, offset: Duration = .zero) -> Window {
        Window([("hopping", .span(size)), ("slide", .span(slide))] + shifted(offset))
    }

    /// From each multiple of the size to the end of each step within, which divides it.
    public static func cumulating(_ size: Duration, step: Duration, offset: Duration = .zero) -> Window {
        Window([("cumulating", .span(size)), ("step", .span(step))] + shifted(offset))
    }

    /// As long as the next event of a key comes at most the gap after the last.
    public static func session(gap: Duration) -> Window { Window([("session", .span(gap))]) }

    /// For each event, those of its key in the span up to it.
    public static func over(_ size: Duration) -> Window { Window([("over", .span(size))]) }

    /// From an event named `enter` to the next of its key named `exit`, both included, or until no event came for `timeout`.
    public static func visit(from enter: String, to exit: String, timeout: Duration) -> Window {
        Window([("visit", .span(timeout)), ("enter", .text(enter)), ("exit", .text(exit))])
    }

    /// An hour, day, week, month or year of a time zone, such as `Europe/Berlin`.
    public static func calendar(_ unit: String, zone: String) -> Window {
        Window([("calendar", .text(unit)), ("zone", .text(zone))])
    }

    /// None: all events of a key, each of which changes the key's row.
    ///
    /// - Parameter timeToLive: After so long without events a key is forgotten; nil: never.
    public static func unbounded(timeToLive: Duration? = nil) -> Window {
        var window = Window(.bool(false))
        window.timeToLive = timeToLive
        return window
    }

    /// The windows that the rows of another stream are of, which are ranked in them.
    public static let upstream = Window(.text("source"))

    /// So long after its end a late event still changes the row of a window.
    public func lateness(_ lateness: Duration) -> Window {
        var window = self
        window.lateness = lateness
        return window
    }

    private static func shifted(_ offset: Duration) -> [(String, DefinitionNode)] {
        offset == .zero ? [] : [("offset", .span(offset))]
    }

    public func add(to definition: inout StreamParts) {
        definition.set("window", node)
        if let lateness { definition.set("lateness", .span(lateness)) }
        if let timeToLive { definition.set("ttl", .span(timeToLive)) }
    }
}

/// Rows that an update replaces are retracted first.
public struct Retractions: StreamClause {
    public init() {}

    public func add(to definition: inout StreamParts) { definition.set("emit", .text("retractions")) }
}
