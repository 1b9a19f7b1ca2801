#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// How the lines of an input become events, and what no input may exceed.
package struct IngestOptions: Sendable {
    /// Of times that are numbers, since 1970 in UTC. Nobody guesses it: a wrong guess moves events by centuries.
    package var timeUnit = EventTimeUnit.microseconds
    /// Whether a line without the name of an event is bad; otherwise its name is null.
    package var requiresEvent = true
    /// A time further ahead of the clock is bad, as one such event would make all others late; nil takes any.
    package var futureBound: Microseconds? = 86_400_000_000
    /// Microseconds since 1970 in UTC; asked once a read.
    package var clock: @Sendable () -> Microseconds = IngestOptions.systemClock
    /// A longer line is skipped: what is kept of an input until its line ends.
    package var mostLineBytes = 1 << 20
    /// A batch is full with so many events. Its columns then fit the second cache.
    package var batchRows = 8192
    /// Distinct texts in the dictionary of a stream; another new one is null.
    package var mostTexts = 1 << 24
    /// Memory of the dictionary of a stream.
    package var mostTextBytes = 1 << 30
    /// Bytes of what an event tells beside the schema, its free attributes; an event with more loses them. Zero: nobody wants
    /// any.
    package var mostFreeBytes = 0
    /// Bad lines kept until somebody takes them; further ones are only counted.
    package var mostBadLines = 1000

    package init() {}

    /// The wall clock of the system.
    @Sendable package static func systemClock() -> Microseconds {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }
}

/// A place in an input where a line begins: reading may go on from here.
package struct InputPosition: Sendable, Hashable {
    /// Bytes before it, after decompression.
    package var offset: Int64
    /// Lines before it.
    package var line: Int64

    package init(offset: Int64 = 0, line: Int64 = 0) {
        self.offset = offset
        self.line = line
    }
}
