// Saving groups. Each stands where it stood, so that a restored table gives its rows in the same order.
extension GroupTable {
    /// Places of a block: with ten words a row and half of them in use about 40 KB.
    private static let blockPlaces = 1024
    /// Places of a table at most.
    private static let mostPlaces = 1 << 32

    func record(_ item: StateItem, _ layout: AggregateLayout, _ recorder: StateRecorder) {
        if !isChanged, recorder.keeps(item) { return }
        for first in Swift.stride(from: 0, to: places, by: Self.blockPlaces) {
            let rows = (first..<min(first + Self.blockPlaces, places)).filter { base[$0 * stride + 1] != 0 }
            recorder.write(item, capacity: 16 + rows.count * (4 + stride * 8)) { writer in
                writer.write(places)
                writer.write(rows.count)
                for place in rows {
                    writer.write(UInt32(place))
                    layout.write(base + place * stride, to: &writer)
                }
            }
        }
        isChanged = false
    }

    static func restored(
        _ item: StateItem, _ layout: AggregateLayout, _ state: SavedState
    ) throws(StreamError) -> GroupTable {
        var table: GroupTable?
        try state.forEachBlock(item) { reader throws(StreamError) in
            let places = try reader.read(in: least...mostPlaces, "the size of a table")
            guard places.nonzeroBitCount == 1, places <= state.blockCount(item) * blockPlaces else {
                throw StateFormat.damaged("a table of \(places) places")
            }
            let into = table ?? GroupTable(layout, places: places)
            table = into
            guard into.places == places else { throw StateFormat.damaged("a table of two sizes") }
            for _ in 0..<(try reader.readCount(each: 4)) { try into.readRow(layout, &reader) }
        }
        guard let table, table.areAllInReach else { throw StateFormat.damaged("a table without its groups") }
        return table
    }

    private func readRow(_ layout: AggregateLayout, _ reader: inout BlockReader) throws(StreamError) {
        let place = Int(try reader.read(UInt32.self))
        guard place < places, base[place * stride + 1] == 0, (count + 1) * 3 <= places * 2 else {
            throw StateFormat.damaged("a group of a table is out of place")
        }
        let row = base + place * stride
        try layout.read(row, from: &reader)
        guard row[1] != 0 else { throw StateFormat.damaged("a group without events") }
        count += 1
    }

    /// Whether looking for each key finds its row.
    private var areAllInReach: Bool {
        (0..<places).allSatisfy { base[$0 * stride + 1] == 0 || place(base[$0 * stride]) == $0 * stride }
    }

    private convenience init(_ layout: AggregateLayout, places: Int) {
        self.init(stateWords: layout.stateWords, objectWords: layout.objectWords, places: places)
    }
}
