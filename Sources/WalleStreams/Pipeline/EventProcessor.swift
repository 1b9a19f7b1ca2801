/// What a definition becomes: batches of events in, rows out. Belongs to one thread at a time.
package protocol EventProcessor: AnyObject {
    var name: String { get }
    var source: StreamSource { get }
    /// The columns of its rows.
    var columns: StreamColumns { get }
    /// What a saved state depends on, a line a part: a state goes on only under a definition with the same lines.
    var identity: [String] { get }
    /// Events that came too late to count.
    var lateCount: Int { get }
    /// Events that were left out, as their groups would have been too many.
    var droppedCount: Int { get }
    /// What was given up before its time, as there was too much of it: groups, or partial matches of a pattern.
    var evictedCount: Int { get }
    /// Events and groups that did not become part of rows as they should, by names for people and stores: `late`, `dropped`,
    /// `evicted`, and what else there is.
    var lossCounters: [String: Int64] { get }
    /// What comes is expected to be no earlier.
    var watermark: Int64 { get }
    /// Bytes of state.
    var byteCount: Int { get }

    /// Adds events, which are of the source's schema, and gives the rows that end with them.
    func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows]
    /// Says that no earlier events will come: of an input that rests, or ended.
    func advance(to time: Int64) throws(StreamError) -> [StreamRows]

    /// What changed in the state since the last time that the recorder committed. The texts of the dictionary, which
    /// states name by their codes, are saved by who owns it, together with this.
    func changes(_ recorder: StateRecorder) -> StateChanges
    /// Goes on where another processor of the same definition was saved, before any event; the dictionary has its texts.
    ///
    /// - Returns: What to record the next changes with.
    /// - Throws: `.storage` for a damaged state, after which the processor is of no use.
    func restore(_ state: SavedState) throws(StreamError) -> StateRecorder
}

extension EventProcessor {
    package var lossCounters: [String: Int64] {
        ["late": Int64(lateCount), "dropped": Int64(droppedCount), "evicted": Int64(evictedCount)]
    }
}
