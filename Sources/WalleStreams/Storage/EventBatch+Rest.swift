extension EventBatch {
    /// The events from a place in the stream on; nil when there are none.
    ///
    /// - Throws: `.input` when the batch begins later.
    package func rest(from position: Int64) throws(StreamError) -> EventBatch? {
        guard offset <= position else {
            throw StreamError(
                .input, "the events from \(position) to \(offset) are missing",
                remedy: "Replay the source from \(position) on, or call skip(to:) if they are lost.")
        }
        let known = Int(min(position - offset, Int64(count)))
        guard known > 0 else { return count > 0 ? self : nil }
        guard known < count else { return nil }
        var rest = Array(UInt32(known)..<UInt32(count)).withUnsafeBufferPointer(taking)
        rest.offset = offset + Int64(known)
        return rest
    }
}
