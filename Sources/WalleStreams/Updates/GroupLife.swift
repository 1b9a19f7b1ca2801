/// How long groups without a window live, and how many there may be. It goes by the events alone, so that a stream gives
/// the same rows however its events come in batches.
struct GroupLife {
    private let timeToLive: Microseconds?
    let most: Int
    private let delay: Microseconds
    /// The latest time seen.
    private var latest = Int64.min
    /// With so many groups those that ended are looked for, but not before this time.
    private var sweepCount = Self.leastSweep
    private var sweepTime = Int64.min
    /// Groups that were forgotten.
    var expiredCount = 0
    /// Events that were left out, as there were so many groups.
    var droppedCount = 0

    private static let leastSweep = 1024

    init(timeToLive: Microseconds?, most: Int, delay: Microseconds) {
        self.timeToLive = timeToLive
        self.most = most
        self.delay = delay
        sweepCount = min(sweepCount, most)
    }

    @inline(__always) mutating func see(_ time: Int64) { latest = max(latest, time) }

    mutating func advance(to time: Int64) { latest = max(latest, time.addingClamped(delay)) }

    /// What comes is expected to be no earlier.
    var watermark: Int64 { latest == .min ? .min : latest.addingClamped(-delay) }

    /// Whether a group ended whose last event was at a time.
    @inline(__always) func isOver(_ last: Int64) -> Bool {
        guard let timeToLive else { return false }
        return last.addingClamped(timeToLive) < watermark
    }

    /// Whether it is time to look for groups that ended, before another comes.
    @inline(__always) func isSweepDue(_ groups: Int) -> Bool {
        groups >= sweepCount && timeToLive != nil && watermark >= sweepTime
    }

    /// Says how many of the groups were left. When nearly all were, a while passes before the next look: each costs time
    /// for all groups.
    mutating func swept(from before: Int, to kept: Int) {
        expiredCount += before - kept
        sweepCount = min(most, max(Self.leastSweep, kept * 2))
        sweepTime = watermark.addingClamped((timeToLive ?? 0) / 16)
    }

    func write(to writer: inout BlockWriter) {
        writer.write(latest)
        writer.write(sweepCount)
        writer.write(sweepTime)
        writer.write(expiredCount)
        writer.write(droppedCount)
    }

    mutating func read(from reader: inout BlockReader) throws(StreamError) {
        latest = try reader.read()
        sweepCount = try reader.read(in: 0...max(most, Self.leastSweep), "groups")
        sweepTime = try reader.read()
        expiredCount = try reader.read()
        droppedCount = try reader.read()
    }
}

/// What gives rows for events without waiting for the end of a window.
protocol UpdateOperator: AnyObject {
    var life: GroupLife { get set }
    /// Bytes of state.
    var byteCount: Int { get }

    /// Adds events and gives the rows that they change, in the order of the events.
    func process(_ batch: WindowBatch) -> [WindowResults]
    /// Tells every key that has a group.
    func forEachKey(_ body: (UInt64) -> Void)
    /// Records what a restored one needs to go on with the same rows.
    func record(_ recorder: StateRecorder)
    /// Takes the state of another of the same definition, before any event. After an error it is of no use.
    func restore(_ state: SavedState) throws(StreamError)
}
