/// The rows that stand first in each window and group, given when the window ends.
///
/// Only rows that may still stand first are kept: of a window of a million rows, as many as it gives.
final class RankWindows: WindowOperator {
    private let layout: RankLayout
    private let rank: StreamDefinition.Rank
    /// Nil where the rows bring their windows: the last two columns are their bounds.
    private let shape: PaneShape?
    /// By their ends, then their starts.
    private var windows: [Window] = []
    /// The last pane that was looked for, and its windows.
    private var pane: (start: Int64, end: Int64, windows: [PaneShape.Window]) = (.max, .max, [])
    private var nextSerial: Int64 = 0
    private(set) var lateCount = 0
    /// Of the groups of a window. One that it has no room for has no event in it.
    private(set) var limit: GroupLimit
    @exclusivity(unchecked) private let row: UnsafeMutablePointer<UInt64>

    private struct Window {
        var bounds: PaneShape.Window
        var table: RankTable
        /// Names its state, which stays where it is while other windows end.
        var serial: Int64

        func isBefore(_ other: PaneShape.Window) -> Bool {
            (bounds.end, bounds.start) < (other.end, other.start)
        }
    }

    init(_ layout: RankLayout, _ rank: StreamDefinition.Rank, _ shape: PaneShape?, _ limit: GroupLimit = GroupLimit()) {
        self.layout = layout
        self.limit = limit
        self.rank = rank
        self.shape = shape
        row = .allocate(capacity: layout.stride)
        row.initialize(repeating: 0, count: layout.stride)
    }

    deinit { row.deallocate() }

    var nextFiring: Int64 { windows.first?.bounds.end ?? .max }
    var byteCount: Int { windows.reduce(0) { $0 + $1.table.byteCount } }

    func openTime(at watermark: Int64) -> Int64 {
        guard let shape, watermark != .min else { return watermark }
        return shape.grid.start(of: watermark)
    }

    // MARK: adding

    func add(_ events: WindowRows, watermark: Int64, to results: inout [WindowResults]) {
        RankColumn.with(events.input.values) { columns in
            let source = RankSource(columns: columns, times: events.input.times, offset: events.input.offset)
            for position in events.rows {
                let index = Int(position)
                guard layout.fill(row, source, index) else { continue }
                let bounds = bounds(source, index)
                var (isLate, isDropped) = (true, false)
                for window in bounds where window.end > watermark {
                    isLate = false
                    if !insert(events.keys[index], table(window), source, index) { isDropped = true }
                }
                if isLate { lateCount += 1 }
                if isDropped { limit.droppedCount += 1 }
            }
        }
    }

    /// The windows of an event.
    @inline(__always) private func bounds(_ source: RankSource, _ index: Int) -> [PaneShape.Window] {
        guard let shape else {
            let column = layout.terms + layout.valueTypes.count
            return [
                PaneShape.Window(
                    start: Int64(bitPattern: source.columns[column].bits(index)),
                    end: Int64(bitPattern: source.columns[column + 1].bits(index)))
            ]
        }
        let time = source.times[index]
        if time < pane.start || time >= pane.end {
            let start = shape.grid.start(of: time)
            pane = (start, shape.grid.end(of: start), shape.windows(containing: start))
        }
        return pane.windows
    }

    private func table(_ bounds: PaneShape.Window) -> RankTable {
        if let last = windows.last, last.bounds == bounds { return last.table }
        let place = windows.firstIndex { !$0.isBefore(bounds) } ?? windows.count
        if place < windows.count, windows[place].bounds == bounds { return windows[place].table }
        let table = RankTable(layout)
        windows.insert(Window(bounds: bounds, table: table, serial: nextSerial), at: place)
        nextSerial += 1
        return table
    }

    /// - Returns: Whether there was room for its group.
    private func insert(_ key: UInt64, _ table: RankTable, _ source: RankSource, _ index: Int) -> Bool {
        let known = table.index(of: key)
        guard known != nil || table.count < limit.most else { return false }
        let group = known ?? table.add(key, last: source.times[index])
        insert(table, group, source, index)
        return true
    }

    private func insert(_ table: RankTable, _ group: Int, _ source: RankSource, _ index: Int) {
        let list = table.lists + group
        let stride = layout.stride
        if list.pointee.count >= rank.first {
            let last = list.pointee.row(rank.first - 1, stride)
            if !layout.precedes(row, last), !rank.ties || !layout.ties(row, last) { return }
        }
        table.isChanged = true
        layout.fillValues(row, source, index)
        list.pointee.insert(row, at: list.pointee.place(row, layout), stride)
        guard list.pointee.count > rank.first else { return }
        var kept = rank.first
        if rank.ties {
            let last = list.pointee.row(rank.first - 1, stride)
            while kept < list.pointee.count, layout.ties(list.pointee.row(kept, stride), last) { kept += 1 }
        }
        list.pointee.keep(first: kept)
    }

    // MARK: windows that end

    func advance(to watermark: Int64, into results: inout [WindowResults]) {
        let ended = windows.prefix { $0.bounds.end <= watermark }.count
        for window in windows.prefix(ended) { results.append(rows(window)) }
        windows.removeFirst(ended)
    }

    /// The rows of a window, group by group in the order in which these came, each in its order.
    private func rows(_ window: Window) -> WindowResults {
        var told = RankRows(layout)
        defer { told.free() }
        var (keys, numbers): ([UInt64], [Int64]) = ([], [])
        for group in 0..<window.table.count {
            let list = window.table.lists[group]
            for index in 0..<list.count {
                told.append(list.row(index, layout.stride))
                keys.append(list.key)
                guard rank.column != nil else { continue }
                let isTie =
                    rank.ties && index > 0
                    && layout.ties(list.row(index, layout.stride), list.row(index - 1, layout.stride))
                numbers.append(isTie ? numbers[numbers.count - 1] : Int64(index + 1))
            }
        }
        var columns = layout.columns(told)
        if rank.column != nil { columns.insert(.values(Column.of(ints: numbers)), at: 0) }
        let count = told.count
        return WindowResults(
            keys: keys, starts: [Int64](repeating: window.bounds.start, count: count),
            ends: [Int64](repeating: window.bounds.end, count: count), change: .insertion,
            revisions: [UInt32](repeating: 0, count: count),
            places: (0..<count).map { told.base.int($0 * layout.stride + RankLayout.arrival) }, aggregates: columns)
    }

    func forEachKey(_ body: (UInt64) -> Void) -> Bool {
        for window in windows { window.table.forEachKey(body) }
        return true
    }

    // MARK: saving

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.windows)) { writer in
            writer.write(lateCount)
            limit.write(to: &writer)
            writer.write(windows.count)
            for window in windows {
                writer.write(window.bounds.start)
                writer.write(window.bounds.end)
                writer.write(window.table.count)
                writer.write(window.serial)
            }
        }
        for window in windows { window.table.record(StateItem(.ranks, window.serial), recorder) }
    }

    func restore(_ state: SavedState) throws(StreamError) {
        var groups: [Int] = []
        try state.read(StateItem(.windows)) { reader throws(StreamError) in
            lateCount = try reader.read()
            try limit.read(from: &reader)
            for _ in 0..<(try reader.readCount(each: 32)) {
                let bounds = PaneShape.Window(start: try reader.read(), end: try reader.read())
                guard windows.last?.isBefore(bounds) ?? true else { throw StateFormat.damaged("windows out of order") }
                groups.append(try reader.read(in: 0...Int(Int32.max), "groups"))
                windows.append(Window(bounds: bounds, table: RankTable(layout), serial: try reader.read()))
            }
        }
        nextSerial = (windows.map(\.serial).max() ?? -1) &+ 1
        for (window, groups) in zip(windows, groups) {
            try window.table.restore(StateItem(.ranks, window.serial), groups, state)
        }
    }
}
