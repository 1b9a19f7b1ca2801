/// What a definition becomes: batches of events in, rows out. Belongs to one thread at a time.
package protocol EventProcessor: AnyObject {
    var name: String { get }
    var source: StreamSource { get }
    /// The columns of its rows.
    var columns: StreamColumns { get }
    /// Events that came too late to count.
    var lateCount: Int { get }

    /// Adds events, which are of the source's schema, and gives the rows that end with them.
    func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows]
    /// Says that no earlier events will come: of an input that rests, or ended.
    func advance(to time: Int64) throws(StreamError) -> [StreamRows]
}
