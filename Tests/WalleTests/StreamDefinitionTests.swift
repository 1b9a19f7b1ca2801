import Testing
import Walle
import WalleStreams

/// What definitions of streams say, and what is told when they say it wrong.
@Suite struct StreamDefinitionTests {
    static let head = """
        [source.clicks]
        time = "at"
        delay = "10s"
        idle = "1min"
        columns = { user = "int", price = "float", shop = "text" }

        """

    static func stream(_ fields: String) -> String { head + "[stream.a]\n" + fields }

    @Test func readsEveryPart() throws {
        let text = """
            source = "clicks"
            where = "event = 'buy' and price > 1"
            let = { euro = "price * 0.9", whole = "euro > 10" }
            key = ["user", "shop"]
            window = { hopping = "1h", slide = "10min", offset = "5min" }
            lateness = "2min"
            emit = "retractions"
            aggregate = { z = "count()", paid = "sum(euro) where whole", recent = "last(shop, 3)", b = "concat(shop, ' (, ')" }
            """
        let definition = try #require(try DefinitionReader.read(toml: Self.stream(text), file: "a.toml").streams.first)
        #expect(definition.name == "a" && definition.key == ["user", "shop"] && definition.emission == .retractions)
        #expect(definition.source.delay == 10_000_000 && definition.source.idle == 60_000_000)
        #expect(definition.window == .hopping(size: 3_600_000_000, slide: 600_000_000, offset: 300_000_000))
        #expect(definition.lateness == 120_000_000)
        #expect(definition.derived.map(\.name) == ["euro", "whole"])
        #expect(definition.aggregates.map(\.name) == ["z", "paid", "recent", "b"], "in the order of the text")
        #expect(definition.aggregates[1].filter == .name("whole") && definition.aggregates[2].function == .lastFew(3))
        #expect(definition.aggregates[3].function == .concatenation(separator: " (, "))
        let plan = try StreamPlan(definition)
        #expect(plan.columns.names == ["user", "shop", "window_start", "window_end", "z", "paid", "recent", "b"])
    }

    @Test(arguments: [
        ("{ tumbling = \"1d\" }", WindowKind.tumbling(size: 86_400_000_000, offset: 0)),
        ("{ cumulating = \"1h\", step = \"1min\" }", .cumulating(size: 3_600_000_000, step: 60_000_000, offset: 0)),
        ("{ session = \"30min\" }", .session(gap: 1_800_000_000)),
        ("{ over = \"1.5s\" }", .over(size: 1_500_000)),
        ("{ calendar = \"month\", zone = \"Europe/Berlin\" }", .calendar(unit: .month, zone: "Europe/Berlin")),
    ])
    func readsWindows(text: String, window: WindowKind) throws {
        let fields = "source = \"clicks\"\nkey = false\naggregate = { n = \"count()\" }\nwindow = \(text)"
        #expect(try DefinitionReader.read(toml: Self.stream(fields), file: "a.toml").streams.first?.window == window)
    }

    @Test func readsPatterns() throws {
        let text = """
            [pattern.hesitates]
            source = "clicks"
            where = "price > 1"
            key = ["user", "shop"]
            pattern = "v:view[price > 3]+ -> cart (not buy)"
            within = "10min"
            contiguity = "any"
            skip = "to last v"
            """
        let definition = try #require(try DefinitionReader.read(toml: Self.head + text, file: "a.toml").patterns.first)
        #expect(definition.key == ["user", "shop"] && definition.filter != nil)
        #expect(definition.pattern.within == 600_000_000 && definition.pattern.contiguity == .any)
        #expect(definition.pattern.skip == .toLast("v"))
    }

    @Test(arguments: [
        ("pattern = \"a b\"", ["pattern.p.within", "time bound"]),
        ("within = \"1h\"", ["pattern.p.pattern", "there is none"]),
        ("pattern = \"a (b\"\nwithin = \"1h\"", ["pattern.p.pattern"]),
        ("pattern = \"a*\"\nwithin = \"1h\"", ["pattern.p.pattern", "without any event"]),
        ("pattern = \"a [prize > 1]\"\nwithin = \"1h\"", ["pattern.p.pattern", "prize"]),
        ("pattern = \"a b\"\nwithin = \"1h\"\nskip = \"back\"", ["pattern.p.skip", "to next row"]),
        ("pattern = \"a b\"\nwithin = \"1h\"\nskip = \"to first c\"", ["pattern.p.skip", "no step is called `c`"]),
        ("pattern = \"a b\"\nwithin = \"1h\"\ncontiguity = \"loose\"", ["pattern.p.contiguity", "relaxed"]),
    ])
    func tellsWhatIsWrongWithPatterns(text: String, parts: [String]) throws {
        let error = try #require(throws: PackageError.Problem.self) {
            try DefinitionReader.read(
                toml: Self.head + "[pattern.p]\nsource = \"clicks\"\nkey = \"user\"\n" + text, file: "a.toml")
        }
        for part in parts { #expect("\(error)".contains(part), "\(error)") }
    }

    private static let rest = "key = \"user\"\nwindow = { tumbling = \"1h\" }\naggregate = { n = \"count()\" }\n"

    /// What is wrong, and what the message must name.
    @Test(arguments: [
        (rest, ["stream.a.source", "there is none"]),
        ("source = \"click\"\n" + rest, ["a.toml:7", "stream.a.source", "Did you mean \"clicks\"?"]),
        (
            "source = \"clicks\"\nwindows = 1\n" + rest,
            ["stream.a.windows", "no such field", "Did you mean \"window\"?"]
        ),
        (
            "source = \"clicks\"\nwindow = { tumbling = \"1h\" }\naggregate = { n = \"count()\" }",
            ["stream.a.key", "key = false"]
        ),
        ("source = \"clicks\"\nkey = \"user\"\naggregate = { n = \"count()\" }", ["stream.a.window", "tumbling"]),
        (
            "source = \"clicks\"\nkey = \"user\"\nwindow = { tumbling = \"1h\" }",
            ["stream.a.aggregate", "there is none"]
        ),
        (other(window: "{ tumbling = \"1h\", session = \"1s\" }"), ["stream.a.window", "tumbling and session"]),
        (other(window: "{ tumbling = \"0s\" }"), ["stream.a.window.tumbling", "no time at all"]),
        (other(window: "{ tumbling = \"1 hour\" }"), ["stream.a.window.tumbling", "\"hour\" is no unit"]),
        (other(window: "{ tumbling = 3 }"), ["stream.a.window.tumbling", "an integer instead of a span of time"]),
        (other(window: "{ hopping = \"1h\" }"), ["stream.a.window.slide", "there is none"]),
        (other(window: "{ calendar = \"moon\" }"), ["stream.a.window.calendar", "\"month\""]),
        (other(aggregate: "total()"), ["stream.a.aggregate.n", "total() is no aggregate"]),
        (other(aggregate: "sum"), ["stream.a.aggregate.n", "\"sum\" is no aggregate"]),
        (other(aggregate: "last(shop, 0)"), ["stream.a.aggregate.n", "from 1 to"]),
        (other(aggregate: "quantile(price, 2)"), ["stream.a.aggregate.n", "from 0 to 1"]),
        (other(aggregate: "sum(price, 1)"), ["stream.a.aggregate.n", "2 arguments"]),
        (other(aggregate: "sum(pric e)"), ["stream.a.aggregate.n"]),
        ("source = \"clicks\"\nwhere = \"price >\"\n" + rest, ["stream.a.where"]),
    ])
    func tellsWhatIsWrong(text: String, parts: [String]) throws {
        let error = try #require(throws: PackageError.Problem.self) {
            try DefinitionReader.read(toml: Self.stream(text), file: "a.toml")
        }
        for part in parts { #expect("\(error)".contains(part), "\(error)") }
    }

    /// What only a look at the columns shows.
    @Test(arguments: [
        (other(aggregate: "sum(shop)"), ["aggregate.n", "text"]),
        (other(aggregate: "sum(prize)"), ["aggregate.n", "prize", "Did you mean"]),
        (other(aggregate: "sum(price) where shop"), ["aggregate.n"]),
        ("source = \"clicks\"\nwhere = \"price + 1\"\n" + rest, ["where"]),
        ("source = \"clicks\"\nlet = { shop = \"1\" }\n" + rest, ["let.shop", "there already"]),
        (other(window: "{ hopping = \"1h\", slide = \"7min\" }"), ["window.slide", "divide"]),
        (other(window: "{ calendar = \"day\", zone = \"Mars\" }"), ["window.zone", "no time zone", "Mars"]),
        (
            "source = \"clicks\"\nkey = \"usr\"\nwindow = { tumbling = \"1h\" }\naggregate = { n = \"count()\" }",
            ["key", "\"user\""]
        ),
        (
            "source = \"clicks\"\nkey = \"user\"\nwindow = { tumbling = \"1h\" }\naggregate = { user = \"count()\" }",
            ["there already"]
        ),
    ])
    func tellsWhatDoesNotFit(text: String, parts: [String]) throws {
        let definition = try #require(try DefinitionReader.read(toml: Self.stream(text), file: "a.toml").streams.first)
        let error = try #require(throws: StreamError.self) {
            _ = try StreamPipeline(definition, texts: TextDictionary())
        }
        for part in parts { #expect("\(error)".contains(part), "\(error)") }
    }

    private static func other(window: String = "{ tumbling = \"1h\" }", aggregate: String = "count()") -> String {
        "source = \"clicks\"\nkey = \"user\"\nwindow = \(window)\naggregate = { n = \"\(aggregate)\" }\n"
    }
}
