/// Makes batches of events from the bytes of an input, which come in pieces of any length.
///
/// Bad input never stops a reader: it is counted and kept in `badLines`. What a reader holds of its input is bounded by
/// the longest line. A reader belongs to one thread at a time.
package protocol EventReader: ~Copyable {
    /// Reads until the bytes end or the batch is full.
    ///
    /// - Returns: How many bytes it took: all of them unless the batch is full.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Int

    /// The input ended: what is left is the last line.
    ///
    /// - Returns: Whether that was all; otherwise the batch is full, and it is to be called again once that is taken.
    mutating func finish() -> Bool

    /// Whether no event is read before the batch is taken.
    var isFull: Bool { get }

    /// The events since the last batch; nil when there are none.
    mutating func takeBatch() -> EventBatch?

    /// The names of the fields, once they were read, of a format that has them at its beginning.
    var header: [String]? { get }

    /// What was wrong with the input so far.
    var badLines: BadLines { get }

    /// The bad lines since the last call, for the dead-letter table.
    mutating func takeBadLines() -> [BadLine]

    /// How many values of an attribute were null because they were of another type or texts without room.
    func unfitCount(_ name: String) -> Int64

    /// Where the first line begins whose event is neither in a batch that was taken nor in the one being filled.
    var position: InputPosition { get }
}

extension EventReader where Self: ~Copyable {
    /// Reads all of the bytes and hands on each batch that becomes full.
    package mutating func read<Failure: Error>(
        _ bytes: UnsafeRawBufferPointer, _ body: (EventBatch) throws(Failure) -> Void
    ) throws(Failure) {
        var taken = 0
        while true {
            taken += read(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            guard isFull, let batch = takeBatch() else { return }
            try body(batch)
        }
    }

    /// Reads what is left when the input has ended, and hands on the last batches.
    package mutating func finish<Failure: Error>(
        _ body: (EventBatch) throws(Failure) -> Void
    ) throws(Failure) {
        var isFinished = false
        while !isFinished {
            isFinished = finish()
            if let batch = takeBatch() { try body(batch) }
        }
    }
}
