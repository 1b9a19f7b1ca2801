/// The rows that stand first in groups without a window: an event that comes to stand among them takes others back.
final class RankUpdates: UpdateOperator {
    private let layout: RankLayout
    private let first: Int
    /// Whether rows have a column with their number, so that those behind a new one change too.
    private let isNumbered: Bool
    /// Rows that a group remembers: where rows may be taken back also those that do not stand first.
    private let most: Int
    private let table: RankTable
    @exclusivity(unchecked) var life: GroupLife
    /// Of the results.
    @exclusivity(unchecked) private var keys: [UInt64] = []
    @exclusivity(unchecked) private var numbers: [Int64] = []
    @exclusivity(unchecked) private var changes: [WindowResults.Change] = []

    /// What a group remembers at most where rows may be taken back: further ones stand nowhere, though others go.
    static let mostRemembered = 100_000

    init(_ layout: RankLayout, _ rank: StreamDefinition.Rank, _ life: GroupLife, takesBack: Bool) {
        self.layout = layout
        first = rank.first
        isNumbered = rank.column != nil
        most = takesBack ? Self.mostRemembered : rank.first
        table = RankTable(layout)
        self.life = life
    }

    var byteCount: Int { table.byteCount }

    func process(_ batch: WindowBatch) -> [WindowResults] {
        table.isChanged = true
        var told = RankRows(layout)
        defer { told.free() }
        let row = UnsafeMutablePointer<UInt64>.allocate(capacity: layout.stride)
        defer { row.deallocate() }
        RankColumn.with(batch.values) { columns in
            let source = RankSource(columns: columns, times: batch.times.ints, offset: batch.offset)
            batch.keys.withUnsafeBufferPointer { keys in
                var (seen, next) = (0, 0)
                while seen < keys.count {
                    life.see(source.times[seen])
                    var isKept = true
                    if let kept = batch.kept {
                        isKept = next < kept.count && Int(kept[next]) == seen
                        if isKept { next += 1 }
                    }
                    if isKept, layout.fill(row, source, seen) {
                        if batch.retracts?[seen] ?? false {
                            layout.fillValues(row, source, seen)
                            remove(row, keys[seen], &told)
                        } else {
                            insert(row, keys[seen], source, seen, &told)
                        }
                    }
                    seen += 1
                }
            }
        }
        return results(told)
    }

    // MARK: rows that come

    @inline(__always)
    private func insert(
        _ row: UnsafeMutablePointer<UInt64>, _ key: UInt64, _ source: RankSource, _ index: Int, _ told: inout RankRows
    ) {
        let time = source.times[index]
        guard let group = group(of: key, time) else { return }
        let list = table.lists + group
        let stride = layout.stride
        let count = list.pointee.count
        if count == most, !layout.precedes(row, list.pointee.row(count - 1, stride)) { return }
        layout.fillValues(row, source, index)
        let place = list.pointee.place(row, layout)
        if place < first { takeBack(list.pointee, from: place, isInserted: true, &told) }
        if count == most { list.pointee.remove(at: count - 1, stride) }
        list.pointee.insert(row, at: place, stride)
        if place < first { tell(list.pointee, from: place, isInserted: true, &told) }
    }

    /// The group of an event; nil when there are too many.
    @inline(__always) private func group(of key: UInt64, _ time: Int64) -> Int? {
        if let group = table.index(of: key) {
            let list = table.lists + group
            if life.isOver(list.pointee.last) {
                list.pointee.keep(first: 0)
                list.pointee.last = .min
                life.expiredCount += 1
            }
            list.pointee.last = max(list.pointee.last, time)
            return group
        }
        if life.isSweepDue(table.count) {
            let before = table.count
            table.removeAll { !life.isOver($0.last) }
            life.swept(from: before, to: table.count)
        }
        guard table.count < life.most else {
            life.droppedCount += 1
            return nil
        }
        return table.add(key, last: time)
    }

    // MARK: rows that are taken back

    private func remove(_ row: UnsafeMutablePointer<UInt64>, _ key: UInt64, _ told: inout RankRows) {
        guard let group = table.index(of: key), let place = find(row, table.lists[group]) else { return }
        let list = table.lists + group
        if place < first { takeBack(list.pointee, from: place, isInserted: false, &told) }
        list.pointee.remove(at: place, layout.stride)
        if place < first { tell(list.pointee, from: place, isInserted: false, &told) }
    }

    /// Among the rows that are equal by the order, which stand one behind the other, the one that came first.
    private func find(_ row: UnsafeMutablePointer<UInt64>, _ list: RankList) -> Int? {
        row.set(RankLayout.arrival, Int64.min)
        var place = list.place(row, layout)
        while place < list.count {
            let other = list.row(place, layout.stride)
            if layout.same(row, other) { return place }
            guard layout.ties(row, other) else { return nil }
            place += 1
        }
        return nil
    }

    // MARK: telling

    /// Takes back the rows whose number changes when one comes to a place, or goes from it.
    private func takeBack(_ list: RankList, from place: Int, isInserted: Bool, _ told: inout RankRows) {
        let end = min(list.count, first)
        let from = isNumbered || !isInserted ? place : max(place, first - 1)
        let to = isNumbered || isInserted ? end : min(place + 1, end)
        for index in from..<max(from, to) { tell(list, index, .retraction, &told) }
    }

    /// Gives the rows whose number changed.
    private func tell(_ list: RankList, from place: Int, isInserted: Bool, _ told: inout RankRows) {
        let end = min(list.count, first)
        let from = isNumbered || isInserted ? place : max(place, first - 1)
        let to = isNumbered || !isInserted ? end : min(place + 1, end)
        for index in from..<max(from, to) { tell(list, index, .insertion, &told) }
    }

    @inline(__always)
    private func tell(_ list: RankList, _ index: Int, _ change: WindowResults.Change, _ told: inout RankRows) {
        told.append(list.row(index, layout.stride))
        keys.append(list.key)
        changes.append(change)
        if isNumbered { numbers.append(Int64(index + 1)) }
    }

    private func results(_ told: RankRows) -> [WindowResults] {
        guard told.count > 0 else { return [] }
        let times = (0..<told.count).map { told.base.int($0 * layout.stride + RankLayout.time) }
        let places = (0..<told.count).map { told.base.int($0 * layout.stride + RankLayout.arrival) }
        var columns = layout.columns(told)
        if isNumbered { columns.insert(.values(Column.of(ints: numbers)), at: 0) }
        defer { (keys, numbers, changes) = ([], [], []) }
        return [
            WindowResults(
                keys: keys, starts: times, ends: times, change: changes.first ?? .insertion, changes: changes,
                revisions: [UInt32](repeating: 0, count: told.count), places: places, aggregates: columns)
        ]
    }

    func forEachKey(_ body: (UInt64) -> Void) { table.forEachKey(body) }

    // MARK: saving

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.windows)) { writer in
            life.write(to: &writer)
            writer.write(table.count)
        }
        table.record(StateItem(.ranks), recorder)
    }

    func restore(_ state: SavedState) throws(StreamError) {
        var life = life
        let groups = try state.read(StateItem(.windows)) { reader throws(StreamError) in
            try life.read(from: &reader)
            return try reader.read(in: 0...Int(Int32.max), "groups")
        }
        self.life = life
        try table.restore(StateItem(.ranks), groups, state)
    }
}
