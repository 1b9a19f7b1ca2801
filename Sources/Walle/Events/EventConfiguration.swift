internal import Foundation

/// Which events a host takes, what it computes of them, and how much it keeps.
///
/// A file may say it, with one source and the streams and patterns that read it:
///
/// ```swift
/// configuration.events = try EventConfiguration(contentsOf: "events.toml")
/// configuration.events.store = EventStore(path: "events.sqlite")
/// ```
public struct EventConfiguration: Sendable {
    /// What events have beside their name, page and time for triggers and streams to ask for. Whatever else an event tells is
    /// kept with it: ``freeBytes``.
    public var schema = EventSchema()
    /// How much out of order events come. Triggers do not wait: they take an event that is earlier than one before it to be as
    /// late as that.
    public var delay = Duration.zero
    /// After so long without an event, time goes on by the clock of the host from the latest event on: what waits for events
    /// that do not come is told then. The clock is one that nobody sets. Nil: it waits for the next event.
    public var idle: Duration? = .seconds(1)
    /// An event further ahead of the clock is refused, as one such event would make all others late. Nil takes any.
    public var mostAhead: Duration? = .seconds(86_400)
    /// Runs that triggers asked for and that are not done. While there are more, `send` refuses events.
    public var triggeredRuns = 10_000
    /// Memory for events that may become part of a match; of older ones a match tells only when they happened.
    public var heldBytes = 256 << 20
    /// Bytes of what an event tells beside the schema: these free attributes are kept for who reads events, and given to the
    /// runs that it triggers, but nothing is computed of them. When an event has more, they are left out and counted.
    public var freeBytes = 16 << 10
    /// Different texts in the columns of all events, and bytes of memory for them: they are never forgotten, and a store keeps
    /// them. A text beyond is null for triggers and streams, and counted; an event with such a name is refused. Texts that
    /// hardly repeat, such as messages, are better free attributes, which are not counted here.
    public var texts = 1 << 24
    public var textBytes = 1 << 30
    /// Rows kept for a reader of ``TaskHost/rows(of:)`` that is slow; it loses the oldest.
    public var rowBuffer = 4096
    /// Where rows, state and runs that are not done are kept; nil: in memory, gone with the host.
    public var store: EventStore?
    /// What is computed, from a file.
    package private(set) var definitions = StreamDefinitions(streams: [], patterns: [])
    private var name = "events"
    /// Whether the time of an event for streams is its own, or when it came.
    private(set) var clock = StreamSource.Clock.event

    public init() {}

    /// Reads a file with one source and the streams and patterns that read it.
    ///
    /// - Throws: ``TaskError`` of kind `.package`, with every place in the file that is wrong.
    public init(contentsOf path: String) throws(TaskError) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw TaskError(.refused("the file \(path) cannot be read"), task: "host")
        }
        try self.init(toml: text, file: (path as NSString).lastPathComponent)
    }

    /// Reads such a text.
    ///
    /// - Parameter file: Its name, for what is wrong with it.
    public init(toml text: String, file: String = "events.toml") throws(TaskError) {
        do throws(PackageError.Problem) {
            definitions = try DefinitionReader.read(toml: text, file: file)
        } catch {
            throw TaskError(.package(PackageError(folder: "", problems: [error])), task: "host")
        }
        try adoptSource(file)
    }

    /// The events of a source, and what is computed of them:
    ///
    /// ```swift
    /// try EventConfiguration(EventSource("clicks", columns: ["user_id": .text])) {
    ///     StreamFeature("hourly") {
    ///         KeyBy("user_id")
    ///         Window.tumbling(.seconds(3600))
    ///         Aggregates(["views": "count()"])
    ///     }
    /// }
    /// ```
    ///
    /// - Throws: `StreamError` that names the field, as in `stream.hourly.window`.
    public init(
        _ source: EventSource, @StreamFeatureBuilder _ features: () -> [StreamFeature] = { [] }
    ) throws(StreamError) {
        let features = features()
        schema = source.schema
        delay = source.delay
        idle = source.idle ?? idle
        name = source.name
        clock = source.clock == .arrival ? .arrival : .event
        if !features.isEmpty { definitions = try StreamDefinitions(source, features) }
    }

    /// Takes the source of the definitions, which must be one.
    private mutating func adoptSource(_ file: String) throws(TaskError) {
        let sources = definitions.streams.map(\.source) + definitions.patterns.map(\.source)
        guard let source = sources.first, sources.allSatisfy({ $0 == source }) else {
            throw TaskError(
                .refused("\(file): a host has one source of events, and all of its streams read that"), task: "host")
        }
        name = source.name
        clock = source.clock
        schema = source.schema
        delay = .microseconds(source.delay)
        idle = source.idle.map { .microseconds($0) } ?? idle
    }
}

/// Where a host keeps what it makes of events: a file of SQLite, which others may read meanwhile.
public struct EventStore: Sendable {
    /// When what is committed is on the disk.
    public enum Durability: Sendable {
        /// A crash of the process loses nothing that was committed; a loss of power may lose the last seconds.
        case process
        /// A loss of power loses nothing that was committed, and each commit waits for the disk.
        case power
    }

    public var path: String
    public var durability = Durability.process
    /// Between two commits. What came after the last one is lost in a crash, unless the source sends it again from
    /// ``EngineStatus/committed`` on.
    public var interval = Duration.seconds(1)
    /// Rows whose windows ended so long ago are removed; nil: never.
    public var retention: Duration?
    /// When so many bytes of the file are in use, the oldest rows are removed; nil: never.
    public var retentionBytes: Int64?

    /// Keeps all events as they came, for ``TaskHost/events(_:from:to:)``; nil: only what is made of them is kept.
    public var log: Log?

    /// How long events are kept.
    public struct Log: Sendable {
        /// Events so long before the latest are removed; nil: never.
        public var retention: Duration?
        /// When the events have more bytes in the file, the oldest are removed; nil: never.
        public var retentionBytes: Int64?

        public init(retention: Duration? = nil, retentionBytes: Int64? = nil) {
            self.retention = retention
            self.retentionBytes = retentionBytes
        }

        var options: EventLog.Options {
            var options = EventLog.Options()
            options.retentionTime = retention.map(\.microseconds)
            options.retentionBytes = retentionBytes
            return options
        }
    }

    public init(path: String) { self.path = path }

    func open() throws(StreamError) -> StreamStore {
        var options = StoreOptions()
        options.synchronous = durability == .power ? .full : .normal
        options.retentionTime = retention.map(\.microseconds)
        options.retentionBytes = retentionBytes
        return try StreamStore(path: path, options)
    }
}

extension EventConfiguration {
    var source: StreamSource {
        var source = StreamSource(
            name: name, schema: schema, delay: delay.microseconds, idle: idle.map(\.microseconds))
        source.clock = clock
        return source
    }

    /// An engine with the streams and patterns of the file.
    func engine() throws(StreamError) -> EventEngine {
        var limits = EventEngine.Limits()
        limits.heldBytes = heldBytes
        (limits.freeBytes, limits.texts, limits.textBytes) = (freeBytes, texts, textBytes)
        limits.futureBound = mostAhead.map(\.microseconds)
        let engine = try EventEngine(
            source, limits, in: store.map { store throws(StreamError) in try store.open() },
            logging: store?.log?.options)
        for definition in definitions.streams {
            var definition = definition
            definition.source = source
            try engine.add(try StreamPipeline(definition, texts: engine.texts))
        }
        for definition in definitions.patterns {
            var definition = definition
            definition.source = source
            try engine.add(try PatternPipeline(definition, texts: engine.texts))
        }
        return engine
    }
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
