/// How a store keeps what it is given.
package struct StoreOptions: Sendable {
    package enum Synchronous: String, Sendable {
        /// A crash of the process loses nothing; a loss of power may lose the last checkpoints, never part of one.
        case normal = "NORMAL"
        /// A loss of power loses nothing. Each checkpoint waits for the disk.
        case full = "FULL"
    }

    package var synchronous = Synchronous.normal
    /// How long to wait for another process that writes. A stream goes on in memory, so it need not wait long.
    package var busyMilliseconds = 200
    /// The file grows no further; nil: as far as the disk goes.
    package var mostFileBytes: Int64?
    /// Rows whose windows ended so long before the watermark are removed; nil: never.
    package var retentionTime: Microseconds?
    /// When so many bytes of the file are in use, the oldest rows are removed; nil: never.
    package var retentionBytes: Int64?
    /// Rows that a query may give.
    package var mostQueryRows = 1_000_000
    /// Dead letters of a stream that are kept, the latest ones.
    package var mostDeadLetters = 10_000

    package init() {}
}
