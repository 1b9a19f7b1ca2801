/// What a stream computes: the one form that Swift, Python and TOML write and that the engine and the printers of SQL read.
///
/// Events come from the source, those that `filter` keeps get the values of `derived`, go to the group of their key,
/// there to the windows their time belongs to, and each window gives a row of its aggregates.
package struct StreamDefinition: Hashable, Sendable {
    /// Names the feature, its rows and its state: letters, digits, `_` and `-`.
    package var name: String
    package var source: StreamSource
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

    package init(
        name: String, source: StreamSource, filter: Expression? = nil, derived: [Derived] = [], key: [String],
        window: WindowKind, lateness: Microseconds = 0, aggregates: [Aggregate], emission: Emission = .final
    ) {
        self.name = name
        self.source = source
        self.filter = filter
        self.derived = derived
        self.key = key
        self.window = window
        self.lateness = lateness
        self.aggregates = aggregates
        self.emission = emission
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

    /// When rows are written.
    package enum Emission: String, Hashable, Sendable, CaseIterable {
        /// Once, when the watermark has passed the end of the window; again, as an update, for an event within `lateness`.
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

    package init(name: String, schema: EventSchema, delay: Microseconds = 0, idle: Microseconds? = nil) {
        self.name = name
        self.schema = schema
        self.delay = delay
        self.idle = idle
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
