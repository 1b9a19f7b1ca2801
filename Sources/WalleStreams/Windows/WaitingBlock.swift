/// Rows of events that waited, as columns again.
struct WaitingBlock {
    private let rows: [UnsafeMutablePointer<UInt64>]
    private let layout: AggregateLayout
    /// Where the bits and the values begin in a row.
    private let bitWord: Int
    private let valueWord: Int

    init(_ rows: [UnsafeMutablePointer<UInt64>], _ layout: AggregateLayout, header: Int, bitWords: Int) {
        self.rows = rows
        self.layout = layout
        bitWord = header
        valueWord = header + bitWords
    }

    var count: Int { rows.count }

    /// - Parameter offset: The place of the first row among all, for what goes by it.
    func withRows(offset: Int64, _ body: (WindowRows, UnsafePointer<UInt8>) -> Void) {
        var (values, filters): ([Column?], [Column?]) = ([], [])
        for (index, slot) in layout.slots.enumerated() {
            filters.append(filter(index))
            values.append(slot.type.flatMap { column(index, $0) })
        }
        let (times, keys, marks) = (rows.map { $0.int(0) }, rows.map { $0[1] }, rows.map { UInt8($0[2]) })
        let all = Array(0..<UInt32(rows.count))
        times.withUnsafeBufferPointer { times in
            keys.withUnsafeBufferPointer { keys in
                marks.withUnsafeBufferPointer { marks in
                    all.withUnsafeBufferPointer { all in
                        guard let times = times.baseAddress, let keys = keys.baseAddress else { return }
                        let input = AggregateInput(values: values, filters: filters, times: times, offset: offset)
                        body(WindowRows(rows: all, keys: keys, input: input), marks.baseAddress.unsafelyUnwrapped)
                    }
                }
            }
        }
    }

    /// Which rows count for an aggregate; nil when all do.
    private func filter(_ index: Int) -> Column? {
        let (word, shift) = (bitWord + index >> 6, UInt64(index & 63))
        guard rows.contains(where: { $0[word] >> shift & 1 == 0 }) else { return nil }
        let filter = Column(uninitialized: .bool, count: rows.count)
        let bools = filter.bools
        for (row, words) in rows.enumerated() { bools[row] = UInt8(truncatingIfNeeded: words[word] >> shift & 1) }
        return filter
    }

    /// The values, of which those that do not count are whatever memory held.
    private func column(_ index: Int, _ type: ColumnType) -> Column {
        let column = Column(uninitialized: type, count: rows.count)
        let word = valueWord + index
        switch type.width {
        case 8: fill(column.pointer(as: UInt64.self), word)
        case 4: fill(column.pointer(as: UInt32.self), word)
        default: fill(column.pointer(as: UInt8.self), word)
        }
        return column
    }

    @inline(__always)
    private func fill<Value: FixedWidthInteger>(_ values: UnsafeMutablePointer<Value>, _ word: Int) {
        for (row, words) in rows.enumerated() { values[row] = Value(truncatingIfNeeded: words[word]) }
    }
}
