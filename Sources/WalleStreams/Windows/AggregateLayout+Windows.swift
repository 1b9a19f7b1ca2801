extension AggregateLayout {
    /// Events looked up in a table before their values are added: few enough that their groups stay in the cache.
    static let blockRows = 256

    /// Adds events to the groups of their keys.
    func add(_ events: WindowRows, to table: GroupTable) {
        let together = NumberPass(slots, events.input)
        let isAll = together.map { slots.indices.allSatisfy($0.has) } ?? false
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockRows) { places in
            var from = 0
            while from < events.rows.count {
                let count = min(Self.blockRows, events.rows.count - from)
                guard let rows = events.rows.baseAddress, let start = places.baseAddress else { return }
                table.reserve(count)
                if let together, isAll {
                    together.add(rows + from, count, events.keys, to: table)
                } else {
                    table.count(rows + from, count, events.keys, PlaceNotes(places: start))
                    let block = RowPlaces(rows: rows + from, places: start, count: count)
                    add(events.input, block, together, to: table.base)
                }
                from += count
            }
        }
    }

    /// Rows of all groups of a table.
    func results(
        of table: GroupTable, _ window: PaneShape.Window, _ change: WindowResults.Change,
        revision: (UInt64) -> UInt32
    ) -> WindowResults {
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<UInt64>.self, capacity: table.count) { rows in
            var count = 0
            table.forEach { row in
                rows.initializeElement(at: count, to: row)
                count += 1
            }
            let groups = UnsafeBufferPointer(rebasing: rows[..<count])
            let keys = groups.map { $0[0] }
            return WindowResults(
                keys: keys, starts: [Int64](repeating: window.start, count: count),
                ends: [Int64](repeating: window.end, count: count), change: change,
                revisions: keys.map(revision), aggregates: results(of: groups))
        }
    }
}
