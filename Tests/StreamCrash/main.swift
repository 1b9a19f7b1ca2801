// Streams events into a store until somebody kills it, and goes on where it was when it is started again. The events are
// the same every time: a source that can replay. Arguments: the file of the store, a seed, how many events, which
// window, "pattern" for a pattern, or "engine" for an engine with a stream, triggers and a log; it writes the names of the
// runs that triggers start to a file beside the store.
import WalleStreams

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The event at a place: of numbers that the seed and the place give.
struct Source {
    let seed: UInt64

    private func number(_ place: Int, _ which: UInt64, below most: Int) -> Int {
        var value = (seed &+ UInt64(place) &* 8 &+ which) &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(most))
    }

    func event(_ place: Int) -> Event {
        Event(
            number(place, 0, below: 3) == 0 ? "buy" : "view", page: "/\(number(place, 1, below: 5))",
            time: Int64(place * 10 - number(place, 2, below: 400)),
            attributes: [
                "item": .text("item \(number(place, 3, below: 20 + place / 50))"),
                "price": .float(Double(number(place, 4, below: 1000)) / 7),
            ])
    }
}

let source = StreamSource(
    name: "log", schema: EventSchema(attributes: [.init("item", .text), .init("price", .float)]), delay: 100)

func definition(_ window: WindowKind) -> StreamDefinition {
    StreamDefinition(
        name: "views", source: source,
        key: ["page", "event"], window: window, lateness: 250,
        aggregates: [
            Aggregate("views", .count), Aggregate("total", .sum, of: .name("price")),
            Aggregate("middle", .quantile(0.5), of: .name("price")), Aggregate("latest", .last, of: .name("item")),
            Aggregate("items", .lastFew(3), of: .name("item")), Aggregate("kinds", .distinct, of: .name("item")),
            Aggregate("top", .top(2), of: .name("item")),
        ], emission: .retractions)
}

func pattern() throws(StreamError) -> PatternDefinition {
    PatternDefinition(
        name: "views", source: source, key: ["page"],
        pattern: try EventPattern.parse("view+ buy[price > 40] (not buy)", within: 400, schema: source.schema))
}

let windows: [String: WindowKind] = [
    "tumbling": .tumbling(size: 500, offset: 0), "hopping": .hopping(size: 1200, slide: 200, offset: 0),
    "cumulating": .cumulating(size: 1000, step: 250, offset: 0), "session": .session(gap: 60), "over": .over(size: 300),
]

func run(_ path: String, _ events: Source, _ count: Int, _ window: WindowKind?) throws(StreamError) {
    var storing = StoreOptions()
    // A process that was killed a moment ago may still hold the lock.
    storing.busyMilliseconds = 5000
    var options = DurableStream.Options()
    options.checkpointMicroseconds = 3000
    let store = try StreamStore(path: path, storing)
    let stream =
        if let window {
            try DurableStream(definition(window), in: store, options)
        } else {
            try DurableStream(try pattern(), in: store, options)
        }
    print(stream.position)
    fflush(nil)
    let clock = ContinuousClock()
    let start = clock.now
    var now: Microseconds { Int64((clock.now - start) / .microseconds(1)) }
    var place = Int(stream.position)
    while place < count {
        // Comes again from a little before, as sources do that only know blocks.
        let from = max(0, place - place % 7)
        var builder = EventBatchBuilder(
            schema: source.schema, texts: stream.texts, offset: Int64(from))
        for place in from..<min(count, from + 24) { builder.append(events.event(place)) }
        try stream.process(builder.finish(), now: now)
        place = Int(stream.position)
        usleep(500)
    }
    try stream.advance(to: .max, now: now)
    try stream.checkpoint(now: now)
}

/// Starts runs of matches: the line of each is written at once, as a run begins before it is committed.
struct Runs {
    private let file: Int32

    init(_ path: String) { file = open(path + ".runs", O_WRONLY | O_CREAT | O_APPEND, 0o644) }

    func start(_ name: String) {
        // A process that is killed may have written a part of its line.
        let line = Array(("\n" + name + ";").utf8)
        guard line.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == line.count else { exit(3) }
    }
}

func engine(_ path: String, _ events: Source, _ count: Int) throws(StreamError) {
    var storing = StoreOptions()
    storing.busyMilliseconds = 5000
    let engine = try EventEngine(source, in: try StreamStore(path: path, storing), logging: EventLog.Options())
    try engine.add(try StreamPipeline(definition(.session(gap: 60)), texts: engine.texts))
    for (id, (key, text)) in [
        ("page", "view buy[price > 40]"), ("item", "view+ (not buy)"), ("page", "a:buy b:buy c:view"),
    ]
    .enumerated() {
        let pattern = try EventPattern.parse(text, within: 300, schema: source.schema)
        try engine.add(TriggerDefinition(key: [key], pattern: pattern), id: id)
    }
    print(engine.position)
    fflush(nil)
    let runs = Runs(path)
    let left = engine.outbox?.take { _ in true } ?? []
    for entry in left { runs.start(entry.name) }
    var going = left.map(\.name)
    let start = ContinuousClock.now
    var checkpoint = start
    func begin(_ matches: [TriggeredMatch]) {
        for match in matches {
            let name = "\(match.trigger) \(match.events.map { "\($0.place) \($0.event?.name ?? "?")" })"
            runs.start(name)
            engine.outbox?.add(Outbox.Entry(name: name, target: "task", match: match))
            going.append(name)
        }
    }
    while engine.position < count {
        let from = Int(engine.position)
        begin(try engine.take((from..<min(count, from + 16)).map(events.event)).matches)
        if going.count > 3 { for name in going.prefix(2) { engine.outbox?.done(name) } }
        going.removeFirst(going.count > 3 ? 2 : 0)
        if checkpoint.duration(to: .now) > .milliseconds(3) {
            try engine.checkpoint()
            checkpoint = .now
        }
        usleep(500)
    }
    begin(try engine.advance(to: .max).matches)
    for name in going { engine.outbox?.done(name) }
    try engine.checkpoint()
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let seed = UInt64(arguments[2]), let count = Int(arguments[3]),
    ["pattern", "engine"].contains(arguments[4]) || windows[arguments[4]] != nil
else {
    print("usage: \(arguments[0]) FILE SEED EVENTS \(windows.keys.sorted().joined(separator: "|"))|pattern|engine")
    exit(2)
}
do {
    if arguments[4] == "engine" {
        try engine(arguments[1], Source(seed: seed), count)
    } else {
        try run(arguments[1], Source(seed: seed), count, windows[arguments[4]])
    }
} catch {
    print("error: \(error)")
    exit(1)
}
