// Saving the states of groups.
extension AggregateLayout {
    /// Writes a row of a table: its key, its events, its states.
    func write(_ row: UnsafePointer<UInt64>, to writer: inout BlockWriter) {
        guard !objectWords.isEmpty else {
            return writer.write(words: row, count: GroupTable.header + stateWords)
        }
        writer.write(words: row, count: GroupTable.header)
        for slot in slots { write(row + slot.word, slot, to: &writer) }
        writer.write(words: row + GroupTable.header + stateWords - extraWords, count: extraWords)
    }

    func write(_ state: UnsafePointer<UInt64>, _ slot: Slot, to writer: inout BlockWriter) {
        guard slot.isObject else { return writer.write(words: state, count: slot.kind.words) }
        let object = UnsafeMutablePointer(mutating: state).object
        writer.write(object != nil)
        object?.write(to: &writer)
    }

    /// Reads what `write` wrote into a row of zeros, which holds its objects afterwards, also after an error.
    func read(_ row: UnsafeMutablePointer<UInt64>, from reader: inout BlockReader) throws(StreamError) {
        guard !objectWords.isEmpty else {
            return try reader.read(words: row, count: GroupTable.header + stateWords)
        }
        try reader.read(words: row, count: GroupTable.header)
        for slot in slots { try read(row + slot.word, slot, from: &reader) }
        try reader.read(words: row + GroupTable.header + stateWords - extraWords, count: extraWords)
    }

    func read(
        _ state: UnsafeMutablePointer<UInt64>, _ slot: Slot, from reader: inout BlockReader
    ) throws(StreamError) {
        guard case .object(let kind) = slot.kind else {
            return try reader.read(words: state, count: slot.kind.words)
        }
        if try reader.readBool() { try state.object(kind).read(from: &reader) }
    }
}
