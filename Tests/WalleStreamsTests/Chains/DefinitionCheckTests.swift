import Testing

@testable import WalleStreams

/// What does not go together is refused with the field.
@Suite struct DefinitionCheckTests {
    private static let clicks = DefinitionNode.table([
        .init("time", .text("at")),
        .init("columns", .table([.init("user", .text("int")), .init("price", .text("float"))])),
    ])

    private static func read(_ streams: [(String, [(String, DefinitionNode)])]) throws(StreamError) -> StreamDefinitions
    {
        try DefinitionReader.read(
            .table([
                .init("source", .table([.init("clicks", clicks)])),
                .init("stream", .table(streams.map { .init($0.0, .table($0.1.map { .init($0.0, $0.1) })) })),
            ]))
    }

    private static let rank = DefinitionNode.table([.init("by", .text("price desc")), .init("first", .int(3))])
    private static let count = DefinitionNode.table([.init("n", .text("count()"))])
    private static let names = DefinitionNode.array([.text("user"), .text("price")])
    private static let tumbling = DefinitionNode.table([.init("tumbling", .text("1h"))])
    private static let visit = DefinitionNode.table([
        .init("visit", .text("1h")), .init("enter", .text("in")), .init("exit", .text("out")),
    ])
    private static let source = ("source", DefinitionNode.text("clicks"))
    private static let unbounded = [source, ("key", .text("user")), ("window", .bool(false))]

    @Test func readsEveryForm() throws {
        let streams = try Self.read([
            ("rows", [Self.source, ("select", Self.names)]),
            (
                "best",
                [
                    ("source", .text("counts")), ("key", .bool(false)), ("window", .text("source")),
                    (
                        "rank",
                        .table([
                            .init("by", .array([.text("n DESC"), .text("user asc")])), .init("first", .int(2)),
                            .init("ties", .bool(true)), .init("as", .text("place")),
                        ])
                    ), ("select", .array([.text("user")])),
                ]
            ),
            ("counts", [Self.source, ("key", .text("user")), ("window", Self.tumbling), ("aggregate", Self.count)]),
            ("groups", Self.unbounded + [("aggregate", Self.count), ("ttl", .text("1d")), ("limit", .int(9))]),
            ("first", Self.unbounded + [("rank", Self.rank), ("select", .array([.text("price")]))]),
        ]).streams
        #expect(streams.map(\.form) == [.events, .windowRanks, .windows, .groups, .ranks])
        #expect(streams[1].upstream == streams[2] && streams[1].window == .upstream)
        #expect(
            streams[1].rank
                == .init(
                    by: [.init(.name("n"), descending: true), .init(.name("user"))], first: 2, ties: true,
                    column: "place"))
        #expect(streams[3].timeToLive == 86_400_000_000 && streams[3].mostGroups == 9)
        let columns = try streams.map { try StreamPlan($0).columns.names }
        #expect(
            columns[0] == ["at", "user", "price"] && columns[1] == ["window_start", "window_end", "place", "user"])
        #expect(Set(streams.map(\.identity)).count == streams.count)
    }

    static let wrong: [([(String, DefinitionNode)], field: String)] = [
        ([source], "key"),
        ([source, ("select", names), ("key", .text("user"))], "key"),
        ([source, ("select", names), ("window", tumbling)], "window"),
        ([source, ("select", .text("user"))], "select"),
        (unbounded, "aggregate"),
        (unbounded + [("rank", rank)], "select"),
        (unbounded + [("aggregate", count), ("select", names)], "select"),
        (unbounded + [("aggregate", count), ("rank", rank)], "rank"),
        (unbounded + [("aggregate", count), ("lateness", .text("1s"))], "lateness"),
        (unbounded + [("aggregate", count), ("ttl", .text("0s"))], "ttl"),
        (unbounded + [("aggregate", count), ("limit", .int(0))], "limit"),
        ([source, ("key", .text("user")), ("window", tumbling), ("aggregate", count), ("ttl", .text("1d"))], "ttl"),
        ([source, ("key", .text("user")), ("window", .text("source")), ("aggregate", count)], "window"),
        (unbounded + [("select", names), ("rank", .table([.init("first", .int(1))]))], "rank.by"),
        (unbounded + [("select", names), ("rank", .table([.init("by", .text("price"))]))], "rank.first"),
        (
            unbounded + [
                ("select", names), ("rank", .table([.init("by", .text("price +")), .init("first", .int(1))])),
            ], "rank.by"
        ),
        (
            unbounded + [
                ("select", names),
                ("rank", .table([.init("by", .text("price")), .init("first", .int(1)), .init("ties", .bool(true))])),
            ], "rank.ties"
        ),
        (
            [
                source, ("key", .bool(false)), ("select", names), ("rank", rank),
                ("window", .table([.init("session", .text("1s"))])),
            ], "window"
        ),
        (
            [source, ("key", .bool(false)), ("select", names), ("rank", rank), ("window", visit)], "window"
        ),
        ([("source", .text("a")), ("select", names)], "source"),
        ([("source", .text("click")), ("select", names)], "source"),
    ]

    @Test(arguments: wrong.indices) func namesTheField(_ index: Int) throws {
        let (fields, field) = Self.wrong[index]
        let error = #expect(throws: StreamError.self) { try Self.read([("a", fields)]) }
        #expect(error?.field == "stream.a.\(field)", "\(error?.description ?? "")")
    }

    @Test func tellsWhoReadsItself() throws {
        let error = #expect(throws: StreamError.self) {
            try Self.read([
                ("a", [("source", .text("b")), ("select", Self.names)]),
                ("b", [("source", .text("a")), ("select", Self.names)]),
            ])
        }
        #expect(error?.description.contains("a reads b reads a") == true, "\(error?.description ?? "")")
    }

    @Test func refusesVisitsOfRows() throws {
        let rows = ("rows", [Self.source, ("select", Self.names)])
        let visits: [(String, DefinitionNode)] = [
            ("source", .text("rows")), ("key", .text("user")), ("window", Self.visit), ("aggregate", Self.count),
        ]
        let error = #expect(throws: StreamError.self) { try Self.read([rows, ("visits", visits)]) }
        #expect(error?.field == "stream.visits.window", "\(error?.description ?? "")")
    }

    /// A window takes no row back, and some aggregates do not.
    @Test func refusesRowsThatChange() throws {
        let groups = ("groups", Self.unbounded + [("aggregate", Self.count)])
        let reading = ("source", DefinitionNode.text("groups"))
        for (fields, field) in [
            ([reading, ("key", .bool(false)), ("window", Self.tumbling), ("aggregate", Self.count)], "source"),
            (
                [
                    reading, ("key", .bool(false)), ("window", .bool(false)),
                    ("aggregate", .table([.init("most", .text("max(n)"))])),
                ], "aggregate.most"
            ),
        ] {
            let error = #expect(throws: StreamError.self) {
                let stream = try Self.read([groups, ("a", fields)]).streams[1]
                _ = try StreamPlan(stream)
            }
            #expect(error?.field?.hasSuffix(field) == true, "\(error?.description ?? "")")
        }
    }
}
