/// How many groups windows hold at most, and what that cost. It goes by the events alone, so that a stream gives the same
/// rows however its events come in batches.
struct GroupLimit {
    let most: Int
    /// Events that were left out, as their groups would have been too many.
    var droppedCount = 0
    /// Groups that were given up before their time: what is told of them is not all, or is not told.
    var evictedCount = 0

    init(_ most: Int = .max) {
        precondition(most > 0, "a group at least")
        self.most = most
    }

    func write(to writer: inout BlockWriter) {
        writer.write(droppedCount)
        writer.write(evictedCount)
    }

    mutating func read(from reader: inout BlockReader) throws(StreamError) {
        droppedCount = try reader.readCounter()
        evictedCount = try reader.readCounter()
    }
}
