/// Windows whose bounds depend on time alone: tumbling, hopping, cumulating and calendar ones.
///
/// Time is cut into panes, and an event is added to one pane, however many windows it belongs to (Li and others, "No pane, no
/// gain", 2005). When the watermark passes the end of a window, its panes are merged: for hopping windows in two stacks
/// (Tangwongsan, Hirzel and Schneider 2021), so that a pane is merged a constant number of times, for cumulating ones into a
/// running table.
///
/// The limit is that of the groups of a pane. A pane that left out an event knows only of its own groups that they are
/// whole: a window gives the rows of those groups alone, so that none lacks an event.
final class PaneWindows: WindowOperator {
    let shape: PaneShape
    let layout: AggregateLayout
    private let lateness: Microseconds
    private let emission: StreamDefinition.Emission
    /// By their starts, ascending.
    var panes: [Pane] = []
    var merger: PaneMerger
    /// Windows that end here or earlier have given their rows; nil before the first.
    var lastEnd: Int64?
    /// How often late events changed a row; only of windows that may still change.
    var revisions: [WindowKey: UInt32] = [:]
    var lateCount = 0
    var limit: GroupLimit

    struct Pane {
        var start: Int64
        var table: GroupTable
        /// It has left out events of other groups.
        var isFull = false
    }

    struct WindowKey: Hashable {
        var end: Int64
        var start: Int64
        var key: UInt64
    }

    init(
        _ shape: PaneShape, layout: AggregateLayout, lateness: Microseconds, emission: StreamDefinition.Emission,
        limit: GroupLimit
    ) {
        self.shape = shape
        self.layout = layout
        self.lateness = lateness
        self.emission = emission
        self.limit = limit
        merger = shape.merger(layout)
    }

    var byteCount: Int { panes.reduce(merger.byteCount) { $0 + $1.table.byteCount } }

    var nextFiring: Int64 { nextEnd ?? .max }

    /// The end of the next window that has events.
    private var nextEnd: Int64? {
        guard let lastEnd else { return panes.first.map { shape.firstEnd($0.start) } }
        // A pane that ended before may belong to a window that ends later.
        let open = panes.first { shape.lastEnd($0.start) > lastEnd }
        return open.map { max(shape.firstEnd($0.start), shape.end(after: lastEnd)) }
    }

    func openTime(at watermark: Int64) -> Int64 { watermark == .min ? .min : shape.grid.start(of: watermark) }

    // MARK: adding

    func add(_ events: WindowRows, watermark: Int64, to results: inout [WindowResults]) {
        let open = openTime(at: watermark)
        if let span = events.span, span.least >= open, !events.rows.isEmpty {
            if open != .min { lastEnd = max(lastEnd ?? .min, open) }
            return addOpen(events, span)
        }
        guard let bounds = Self.bounds(events.rows, events.input.times) else { return }
        if open != .min { lastEnd = max(lastEnd ?? .min, open) }
        if bounds.least >= open {
            addOpen(events, bounds)
        } else {
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: events.rows.count) { current in
                var count = 0
                for row in events.rows {
                    if events.input.times[Int(row)] >= open {
                        current[count] = row
                        count += 1
                    } else {
                        addBehind(row, events, watermark, &results)
                    }
                }
                let rest = UnsafeBufferPointer(rebasing: current[..<count])
                if let bounds = Self.bounds(rest, events.input.times) { addOpen(events.with(rest), bounds) }
            }
        }
    }

    private static func bounds(
        _ rows: UnsafeBufferPointer<UInt32>, _ times: UnsafePointer<Int64>
    ) -> (least: Int64, greatest: Int64)? {
        guard let first = rows.first else { return nil }
        var (least, greatest) = (times[Int(first)], times[Int(first)])
        for row in rows {
            least = min(least, times[Int(row)])
            greatest = max(greatest, times[Int(row)])
        }
        return (least, greatest)
    }

    /// Adds events of panes of which no window has given rows.
    ///
    /// - Parameter bounds: Times between which all are.
    private func addOpen(_ events: WindowRows, _ bounds: (least: Int64, greatest: Int64)) {
        let start = shape.grid.start(of: bounds.least)
        let end = shape.grid.end(of: start)
        if bounds.greatest < end { return add(events, toPane: start) }
        let times = events.input.times
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: events.rows.count * 2) { split in
            var (inside, outside) = (0, events.rows.count)
            for row in events.rows {
                // To both: near the end of a pane a jump would be foreseen wrongly half of the time.
                (split[inside], split[outside]) = (row, row)
                let isInside = times[Int(row)] < end ? 1 : 0
                inside &+= isInside
                outside &+= 1 &- isInside
            }
            if inside > 0 { add(events.with(UnsafeBufferPointer(rebasing: split[..<inside])), toPane: start) }
            let rest = UnsafeBufferPointer(rebasing: split[events.rows.count..<outside])
            if let bounds = Self.bounds(rest, times) { addOpen(events.with(rest), bounds) }
        }
    }

    private func add(_ events: WindowRows, toPane start: Int64) {
        let index = pane(start)
        let dropped = layout.add(events, to: panes[index].table, most: limit.most)
        guard dropped > 0 else { return }
        panes[index].isFull = true
        limit.droppedCount += dropped
    }

    private func pane(_ start: Int64) -> Int {
        if let last = panes.last, last.start == start { return panes.count - 1 }
        let index = panes.firstIndex(from: start)
        if index < panes.count, panes[index].start == start { return index }
        // As many groups as the pane before has are likely.
        let table = layout.table(capacity: index > 0 ? panes[index - 1].table.count : 0)
        panes.insert(Pane(start: start, table: table), at: index)
        return index
    }

    // MARK: late events

    /// Adds an event of a pane of which a window has given rows.
    private func addBehind(
        _ row: UInt32, _ events: WindowRows, _ watermark: Int64, _ results: inout [WindowResults]
    ) {
        let start = shape.grid.start(of: events.input.times[Int(row)])
        guard watermark < shape.lastEnd(start) &+ lateness else {
            lateCount += 1
            return
        }
        let key = events.keys[Int(row)]
        let changed = shape.windows(containing: start).filter { $0.end <= watermark && $0.end + lateness > watermark }
        let before = changed.map { window in group(key, window) }
        let dropped = limit.droppedCount
        withUnsafePointer(to: row) { add(events.with(UnsafeBufferPointer(start: $0, count: 1)), toPane: start) }
        guard limit.droppedCount == dropped else { return }
        if let lastEnd, shape.firstEnd(start) <= lastEnd { merger.isStale = true }
        for index in changed.indices {
            emitChange(key, changed[index], before: before[index], &results)
        }
    }

    /// The group of a key in a window, of its own table; nil when the window has none, or not all of it.
    private func group(_ key: UInt64, _ window: PaneShape.Window) -> GroupTable? {
        let table = layout.table()
        table.reserve(1)
        for pane in panes[panes.firstIndex(from: window.start)..<panes.firstIndex(from: window.end)] {
            guard let group = pane.table.existing(key) else {
                if pane.isFull { return nil }
                continue
            }
            layout.merge(group, into: table.base + table.row(key))
        }
        return table.count > 0 ? table : nil
    }

    private func emitChange(
        _ key: UInt64, _ window: PaneShape.Window, before: GroupTable?, _ results: inout [WindowResults]
    ) {
        guard let after = group(key, window) else {
            limit.evictedCount += 1
            return
        }
        let id = WindowKey(end: window.end, start: window.start, key: key)
        let revision = revisions[id] ?? 0
        if let before {
            if emission == .retractions {
                results.append(layout.results(of: before, window, .retraction) { _ in revision })
            }
            revisions[id] = revision + 1
        }
        let change: WindowResults.Change = before == nil || emission == .retractions ? .insertion : .update
        let next = revisions[id] ?? 0
        results.append(layout.results(of: after, window, change) { _ in next })
    }

    // MARK: windows that end

    func advance(to watermark: Int64, into results: inout [WindowResults]) {
        while let end = nextEnd, end <= watermark {
            fire(end, &results)
            lastEnd = end
            discard(upTo: watermark)
        }
        discard(upTo: watermark)
    }

    private func fire(_ end: Int64, _ results: inout [WindowResults]) {
        let window = PaneShape.Window(start: shape.start(ofWindowEnding: end), end: end)
        guard let table = merger.table(of: window, panes, shape), table.count > 0 else { return }
        let full = fullPanes(of: window).filter { $0 !== table }
        guard !full.isEmpty else { return results.append(layout.results(of: table, window, .insertion) { _ in 0 }) }
        let isWhole = { (key: UInt64) in full.allSatisfy { $0.existing(key) != nil } }
        let rows = layout.results(of: table, window, .insertion, isGiven: isWhole) { _ in 0 }
        limit.evictedCount += table.count - rows.count
        if rows.count > 0 { results.append(rows) }
    }

    private func fullPanes(of window: PaneShape.Window) -> [GroupTable] {
        guard limit.droppedCount > 0 else { return [] }
        let inside = panes[panes.firstIndex(from: window.start)..<panes.firstIndex(from: window.end)]
        return inside.filter(\.isFull).map(\.table)
    }

    func forEachKey(_ body: (UInt64) -> Void) -> Bool {
        for table in panes.map(\.table) + merger.tables { table.forEach { body($0[0]) } }
        for window in revisions.keys { body(window.key) }
        return true
    }

    /// Lets go of panes that no event may change any more and no window will read.
    private func discard(upTo watermark: Int64) {
        guard let lastEnd else { return }
        let kept =
            panes.firstIndex {
                let end = shape.lastEnd($0.start)
                return end > lastEnd || end.addingClamped(lateness) > watermark
            } ?? panes.count
        guard kept > 0 else { return }
        panes.removeFirst(kept)
        if !revisions.isEmpty { revisions = revisions.filter { $0.key.end.addingClamped(lateness) > watermark } }
    }
}

extension Int64 {
    package func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
