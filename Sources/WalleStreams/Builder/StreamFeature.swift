/// A stream or a pattern, said in Swift: the same as in a file or in Python, with the same errors.
///
/// ```swift
/// StreamFeature("hourly") {
///     Where("event = 'product_view'")
///     KeyBy("user_id")
///     Window.tumbling(.seconds(3600)).lateness(.seconds(300))
///     Aggregates(["views": "count()", "platforms": "distinct(platform)"])
/// }
/// ```
public struct StreamFeature: Sendable {
    enum Kind: String {
        case stream
        case pattern
    }

    let name: String
    let kind: Kind
    /// The source or stream that it reads; nil: the one source there is.
    let origin: String?
    private let fields: [DefinitionNode.Field]

    /// - Parameters:
    ///   - name: Of the feature and its rows: letters, digits, `_` and `-`.
    ///   - origin: The source that it reads; nil: the one there is.
    public init(
        _ name: String, of origin: String? = nil, @StreamClauseBuilder _ clauses: () -> [any StreamClause]
    ) {
        (self.name, kind, self.origin) = (name, .stream, origin)
        var parts = StreamParts()
        for clause in clauses() { clause.add(to: &parts) }
        fields = parts.fields
    }

    /// Events of a key that follow each other as a pattern says: a row a match.
    ///
    /// - Parameters:
    ///   - pattern: As in `product_view+? add_to_cart (not purchase)`.
    ///   - key: Names of attributes; none: one sequence of all events.
    ///   - within: The most time from the first to the last event of a match.
    ///   - contiguity: `relaxed`, `strict` or `any`.
    ///   - skip: Where the search goes on, as in `past last row` or `to next row`.
    ///   - limit: So many keys have partial matches at most; nil: 10 million.
    public static func pattern(
        _ name: String, _ pattern: String, key: [String], within: Duration, contiguity: String = "relaxed",
        skip: String = "past last row", where condition: String? = nil, limit: Int? = nil, of origin: String? = nil
    ) -> StreamFeature {
        var fields: [DefinitionNode.Field] = [
            .init("pattern", .text(pattern)),
            .init("key", key.isEmpty ? .bool(false) : .array(key.map(DefinitionNode.text))),
            .init("within", .span(within)), .init("contiguity", .text(contiguity)), .init("skip", .text(skip)),
        ]
        if let condition { fields.append(.init("where", .text(condition))) }
        if let limit { fields.append(.init("limit", .int(Int64(limit)))) }
        return StreamFeature(name: name, kind: .pattern, origin: origin, fields: fields)
    }

    private init(name: String, kind: Kind, origin: String?, fields: [DefinitionNode.Field]) {
        (self.name, self.kind, self.origin, self.fields) = (name, kind, origin, fields)
    }

    func node(_ source: EventSource) -> DefinitionNode.Field {
        .init(name, .table([.init("source", .text(origin ?? source.name))] + fields))
    }
}

/// Collects features.
@resultBuilder
public enum StreamFeatureBuilder {
    public static func buildBlock(_ features: [StreamFeature]...) -> [StreamFeature] { features.flatMap { $0 } }
    public static func buildExpression(_ feature: StreamFeature) -> [StreamFeature] { [feature] }
    public static func buildOptional(_ features: [StreamFeature]?) -> [StreamFeature] { features ?? [] }
    public static func buildEither(first features: [StreamFeature]) -> [StreamFeature] { features }
    public static func buildEither(second features: [StreamFeature]) -> [StreamFeature] { features }
    public static func buildArray(_ features: [[StreamFeature]]) -> [StreamFeature] { features.flatMap { $0 } }
}

extension StreamDefinitions {
    /// What features of a source say.
    ///
    /// - Throws: `.definition` that names the field, as in `stream.hourly.window`.
    package init(_ source: EventSource, _ features: [StreamFeature]) throws(StreamError) {
        var fields = [DefinitionNode.Field("source", .table([.init(source.name, source.node)]))]
        for kind in [StreamFeature.Kind.stream, .pattern] {
            let tables = features.filter { $0.kind == kind }.map { $0.node(source) }
            if !tables.isEmpty { fields.append(.init(kind.rawValue, .table(tables))) }
        }
        self = try DefinitionReader.read(.table(fields))
    }
}
