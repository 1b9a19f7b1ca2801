extension AggregateLayout {
    /// Events looked up in a table before their values are added: few enough that their groups stay in the cache.
    static let blockRows = 256

    /// Adds events to the groups of their keys.
    ///
    /// - Parameter most: Groups that the table holds at most. Events of others are left out.
    /// - Returns: How many were.
    func add(_ events: WindowRows, to table: GroupTable, most: Int) -> Int {
        var dropped = 0
        let together = NumberPass(slots, events.input)
        let isAll = together.map { slots.indices.allSatisfy($0.has) } ?? false
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockRows) { places in
            var from = 0
            while from < events.rows.count {
                let count = min(Self.blockRows, events.rows.count - from)
                guard let rows = events.rows.baseAddress, let start = places.baseAddress else { return }
                table.reserve(count)
                if table.count &+ count > most {
                    dropped += addFew(events, rows + from, count, together, to: table, most: most, places: start)
                } else if let together, isAll {
                    together.add(rows + from, count, events.keys, to: table)
                } else {
                    table.count(rows + from, count, events.keys, PlaceNotes(places: start))
                    let block = RowPlaces(rows: rows + from, places: start, count: count)
                    add(events.input, block, together, to: table.base)
                }
                from += count
            }
        }
        return dropped
    }

    /// As `add`, of a block of rows that may be of more groups than there may be.
    private func addFew(
        _ events: WindowRows, _ rows: UnsafePointer<UInt32>, _ count: Int, _ together: NumberPass?,
        to table: GroupTable, most: Int, places: UnsafeMutablePointer<UInt32>
    ) -> Int {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.blockRows) { taken in
            guard let taken = taken.baseAddress else { return 0 }
            let kept = table.count(rows, count, events.keys, most: most, places: places, taken: taken)
            add(events.input, RowPlaces(rows: taken, places: places, count: kept), together, to: table.base)
            return count - kept
        }
    }

    /// Rows of all groups of a table whose keys pass.
    func results(
        of table: GroupTable, _ window: PaneShape.Window, _ change: WindowResults.Change,
        isGiven: ((UInt64) -> Bool)? = nil, revision: (UInt64) -> UInt32
    ) -> WindowResults {
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<UInt64>.self, capacity: table.count) { rows in
            var count = 0
            table.forEach { row in
                if let isGiven, !isGiven(row[0]) { return }
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

extension GroupTable {
    /// Counts an event of each row for the group of its key, but of other groups than it has only until there are `most`, and
    /// tells where the groups are.
    ///
    /// - Returns: How many rows were counted: those that it puts into `taken`.
    func count(
        _ rows: UnsafePointer<UInt32>, _ count: Int, _ keys: UnsafePointer<UInt64>, most: Int,
        places: UnsafeMutablePointer<UInt32>, taken: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var kept = 0
        for index in 0..<count {
            let key = keys[Int(rows[index])]
            if self.count >= most, existing(key) == nil { continue }
            let place = row(key)
            base[place &+ 1] &+= 1
            places[kept] = UInt32(truncatingIfNeeded: place)
            taken[kept] = rows[index]
            kept += 1
        }
        return kept
    }
}
