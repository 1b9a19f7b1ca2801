/// What a stream computes: the one form that Swift, Python and TOML write and that the engine and the printers of SQL read.
///
/// Events come from a source, or rows from another stream; those that `filter` keeps get the values of `derived`. Then
/// either each gives a row of the values of `select`; or they go to the group of their key, there to the windows their
/// time belongs to, and each window gives a row of its aggregates, or the rows that stand first in it by `rank`.
package struct StreamDefinition: Hashable, Sendable {
    /// Names the feature, its rows and its state: letters, digits, `_` and `-`.
    package var name: String
    package var origin: Origin
    /// Keeps the events where it is true; nil keeps all.
    package var filter: Expression?
    /// Values computed from each event, each visible to the next, to the key and to the aggregates.
    package var derived: [Derived]
    /// Names of attributes or derived values; empty for one group of everything.
    package var key: [String]
    package var window: WindowKind
    /// How long after the watermark passed the end of a window an event may still change its row.
    package var lateness: Microseconds
    package var aggregates: [Aggregate]
    package var emission: Emission
    /// Names of the values of an event that its row has, where rows are of events: without aggregates.
    package var select: [String]
    /// Keeps of each group the rows that stand first.
    package var rank: Rank?
    /// Without a window, a group without events for so long, by their times, is forgotten; nil: none is.
    package var timeToLive: Microseconds?
    /// So many groups are remembered at most: of each window by time, or of each slide or step of it, and of all sessions,
    /// keys of an over-range, or groups without a window. Beyond, events of others are left out, and counted; but of
    /// sessions the next to end is closed, and of an over-range the key that has been quiet longest is forgotten.
    package var mostGroups: Int

    /// What `mostGroups` is when nobody says: with a hundred bytes each, a gigabyte.
    package static let mostGroups = 10_000_000

    package init(
        name: String, origin: Origin, filter: Expression? = nil, derived: [Derived] = [], key: [String] = [],
        window: WindowKind = .unbounded, lateness: Microseconds = 0, aggregates: [Aggregate] = [],
        emission: Emission = .final, select: [String] = [], rank: Rank? = nil, timeToLive: Microseconds? = nil,
        mostGroups: Int = StreamDefinition.mostGroups
    ) {
        self.name = name
        self.origin = origin
        self.filter = filter
        self.derived = derived
        self.key = key
        self.window = window
        self.lateness = lateness
        self.aggregates = aggregates
        self.emission = emission
        self.select = select
        self.rank = rank
        self.timeToLive = timeToLive
        self.mostGroups = mostGroups
    }

    package init(
        name: String, source: StreamSource, filter: Expression? = nil, derived: [Derived] = [], key: [String],
        window: WindowKind, lateness: Microseconds = 0, aggregates: [Aggregate], emission: Emission = .final
    ) {
        self.init(
            name: name, origin: .source(source), filter: filter, derived: derived, key: key, window: window,
            lateness: lateness, aggregates: aggregates, emission: emission)
    }

    /// Where what a stream computes on comes from.
    package indirect enum Origin: Hashable, Sendable {
        case source(StreamSource)
        /// The rows of another stream.
        case stream(StreamDefinition)
    }

    /// Where the events of the first stream of the chain come from.
    package var source: StreamSource {
        get {
            switch origin {
            case .source(let source): source
            case .stream(let stream): stream.source
            }
        }
        set {
            switch origin {
            case .source: origin = .source(newValue)
            case .stream(var stream):
                stream.source = newValue
                origin = .stream(stream)
            }
        }
    }

    /// The stream whose rows this one reads; nil when it reads a source.
    package var upstream: StreamDefinition? {
        if case .stream(let stream) = origin { stream } else { nil }
    }

    package struct Derived: Hashable, Sendable {
        package var name: String
        package var value: DerivedValue

        package init(_ name: String, _ value: Expression) { self.init(name, .expression(value)) }

        package init(_ name: String, _ value: DerivedValue) {
            self.name = name
            self.value = value
        }
    }

    /// Which rows of a group stand first.
    package struct Rank: Hashable, Sendable {
        /// What decides, the first term first. A row that lacks a value of them has no place. Of equals the one that came
        /// first stands first; of rows of windows, the one whose key is smaller.
        package var order: [Term]
        /// Rows a group has at most.
        package var first: Int
        /// Whether those that are equal to the last by `order` stand with it, and equals have the same number.
        package var ties: Bool
        /// The column with the number of a row, from 1 on; nil for none.
        package var column: String?

        package struct Term: Hashable, Sendable {
            package var value: Expression
            package var descending: Bool

            package init(_ value: Expression, descending: Bool = false) {
                self.value = value
                self.descending = descending
            }
        }

        package init(by order: [Term], first: Int, ties: Bool = false, column: String? = nil) {
            self.order = order
            self.first = first
            self.ties = ties
            self.column = column
        }
    }

    /// When rows are written.
    package enum Emission: String, Hashable, Sendable, CaseIterable {
        /// Once, when the watermark has passed the end of the window; again, as an update, for an event within `lateness`.
        /// Without a window, for every event, as an update.
        case final
        /// As `final`, and each row that an update replaces is retracted first.
        case retractions
    }
}

/// A span of time.
package typealias Microseconds = Int64

/// Where events come from, and how their times are to be understood.
package struct StreamSource: Hashable, Sendable {
    /// Of the log or topic.
    package var name: String
    package var schema: EventSchema
    /// The watermark is this far behind the latest time seen: how much out of order events may come.
    package var delay: Microseconds
    /// After so long without events, by the clock of the host, the watermark goes on by itself; nil: it waits.
    package var idle: Microseconds?
    /// Which moment is the time of an event.
    package var clock: Clock

    package enum Clock: String, Hashable, Sendable, CaseIterable {
        /// The one that the input tells.
        case event
        /// When it arrived, by the clock of the host: a stream that is run again gives other rows.
        case arrival
    }

    package init(
        name: String, schema: EventSchema, delay: Microseconds = 0, idle: Microseconds? = nil, clock: Clock = .event
    ) {
        self.name = name
        self.schema = schema
        self.delay = delay
        self.idle = idle
        self.clock = clock
    }
}

/// Which events are aggregated together. Spans are above zero.
package enum WindowKind: Hashable, Sendable {
    /// Side by side: [n·size + offset, (n+1)·size + offset).
    case tumbling(size: Microseconds, offset: Microseconds)
    /// A window of `size` begins at each multiple of `slide`, which divides it.
    case hopping(size: Microseconds, slide: Microseconds, offset: Microseconds)
    /// Windows that begin at multiples of `size` and end at each multiple of `step` within, which divides it.
    case cumulating(size: Microseconds, step: Microseconds, offset: Microseconds)
    /// As long as the next event of a key comes at most `gap` after the last. Ends `gap` after its last event.
    case session(gap: Microseconds)
    /// For each event, those of its key in [time − size, time], its peers of the same time included.
    case over(size: Microseconds)
    /// Days, weeks, months in a time zone, which differ in length.
    case calendar(unit: TimeUnit, zone: String)
    /// No window: all events of a group, each of which changes its row.
    case unbounded
    /// The windows that the rows of the stream it reads are of.
    case upstream
    /// From an event named `enter` to the next of its key named `exit`, both included, or until no event came for
    /// `timeout`, or until the key enters again.
    case visit(timeout: Microseconds, enter: String, exit: String)
}

/// A value of a window: a function of the values of its events.
package struct Aggregate: Hashable, Sendable {
    /// Of the column it gives.
    package var name: String
    package var function: AggregateFunction
    /// What it aggregates; nil where the function counts events.
    package var argument: Expression?
    /// Only events where it is true.
    package var filter: Expression?

    package init(
        _ name: String, _ function: AggregateFunction, of argument: Expression? = nil, where filter: Expression? = nil
    ) {
        self.name = name
        self.function = function
        self.argument = argument
        self.filter = filter
    }
}

/// All but `count` without argument skip nulls; where no value is left all but counts are null.
package enum AggregateFunction: Hashable, Sendable {
    case count
    case sum
    case mean
    /// Of the sample: divided by n − 1, null for fewer than two values.
    case variance
    case standardDeviation
    case min
    case max
    /// By event time, then by the order of arrival.
    case first
    case last
    /// The last values, the oldest first.
    case lastFew(Int)
    /// How many different values, exactly.
    case distinct
    /// About how many different values, by HyperLogLog with 2^14 registers: standard error 0.8 %.
    case approximateDistinct
    /// The most frequent values with their counts, the most frequent first.
    case top(Int)
    /// A quantile between 0 and 1, by a t-digest.
    case quantile(Double)
    /// The values as texts with a separator between them, in the order of time.
    case concatenation(separator: String)
}
