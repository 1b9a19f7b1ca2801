/// Groups without a window: every event changes the row of its group, and gives it anew.
///
/// The groups of a batch's events are found first; then each aggregate goes over all events, and tells what it is before
/// and after each (`AggregateLayout.run`). So nothing but values is touched for an event and an aggregate.
final class GroupUpdates: UpdateOperator {
    private let layout: AggregateLayout
    private let emission: StreamDefinition.Emission
    @exclusivity(unchecked) private var table: GroupTable
    @exclusivity(unchecked) var life: GroupLife
    @exclusivity(unchecked) private var steps = RunningSteps()
    @exclusivity(unchecked) private var told = ToldRows()

    /// Words behind the states: the group's latest time, its events less those taken back, how often its row was given.
    private static let extraWords = 3

    /// - Parameters:
    ///   - values: Of each aggregate its function and the type of its values.
    ///   - sources: As of an `AggregateLayout`.
    /// - Throws: `.definition` for a function that values of the type do not have.
    init(
        _ values: [(function: AggregateFunction, type: ColumnType?)], sources: [Int], _ life: GroupLife,
        emission: StreamDefinition.Emission, texts: TextDictionary
    ) throws(StreamError) {
        layout = try AggregateLayout(values, sources: sources, texts: texts, extraWords: Self.extraWords)
        table = layout.table()
        self.life = life
        self.emission = emission
    }

    var byteCount: Int { table.byteCount }
    /// Words of a row before those of the group itself.
    private var extra: Int { GroupTable.header + layout.stateWords - Self.extraWords }

    func process(_ batch: WindowBatch) -> [WindowResults] {
        var results: [WindowResults] = []
        let (times, keys) = (batch.times.ints, batch.keys)
        let most = batch.kept?.count ?? keys.count
        table.reserve(keys.count)
        steps.reserve(most)
        // An event takes back the row before it and gives another.
        told.reserve(most * 2)
        var seen = 0
        func take(_ row: Int) {
            while seen <= row {
                life.see(times[seen])
                seen += 1
            }
            let isRetracted = batch.retracts?[row] ?? false
            guard let place = place(of: keys[row], isRetracted, batch, &results) else { return }
            step(row, place, keys[row], times[row], isRetracted)
        }
        if let kept = batch.kept {
            for row in kept { take(Int(row)) }
        } else {
            for row in keys.indices { take(row) }
        }
        while seen < keys.count {
            life.see(times[seen])
            seen += 1
        }
        flush(batch, &results)
        return results
    }

    /// Where the group of an event is; nil for an event that has none.
    @inline(__always)
    private func place(
        of key: UInt64, _ isRetracted: Bool, _ batch: WindowBatch, _ results: inout [WindowResults]
    ) -> Int? {
        let place = table.place(key)
        if table.base[place + 1] != 0 {
            if life.isOver(table.base.int(place + extra)) { begin(place, batch, &results) }
            // What was never given, or forgotten, cannot be taken back.
            if isRetracted, table.base[place + extra + 1] == 0 { return nil }
            return place
        }
        return isRetracted ? nil : newPlace(key, batch, &results)
    }

    private func newPlace(_ key: UInt64, _ batch: WindowBatch, _ results: inout [WindowResults]) -> Int? {
        if life.isSweepDue(table.count) {
            flush(batch, &results)
            sweep()
            table.reserve(batch.keys.count)
        }
        guard table.count < life.most else {
            life.droppedCount += 1
            return nil
        }
        let place = table.row(key)
        table.base[place + 1] = 1
        table.base.set(place + extra, Int64.min)
        return place
    }

    /// Begins a group that ended anew. What it gave stands.
    private func begin(_ place: Int, _ batch: WindowBatch, _ results: inout [WindowResults]) {
        flush(batch, &results)
        let row = table.base + place
        layout.releaseObjects(row)
        (row + GroupTable.header).update(repeating: 0, count: layout.stateWords)
        row.set(extra, Int64.min)
        life.expiredCount += 1
    }

    private func sweep() {
        let before = table.count
        let extra = extra
        table.removeAll { row in !life.isOver(row.int(extra)) && row[extra + 1] > 0 }
        life.swept(from: before, to: table.count)
    }

    @inline(__always)
    private func step(_ row: Int, _ place: Int, _ key: UInt64, _ time: Int64, _ isRetracted: Bool) {
        let group = table.base + place + extra
        let (last, events) = (group.int(0), group[1])
        let rest = isRetracted ? events &- 1 : events &+ 1
        var flags: RunningSteps.Flags = isRetracted ? .removes : []
        // A row that nothing replaces is taken back in any case.
        if events > 0, emission == .retractions || rest == 0 {
            flags.insert(.before)
            told.append(key, last, .retraction, UInt32(truncatingIfNeeded: group[2] &- 1))
        }
        group.set(0, max(last, time))
        group[1] = rest
        if rest > 0 {
            flags.insert(.after)
            let isNew = events == 0 || emission == .retractions
            told.append(key, max(last, time), isNew ? .insertion : .update, UInt32(truncatingIfNeeded: group[2]))
            group[2] &+= 1
        }
        steps.append(UInt32(truncatingIfNeeded: row), place, flags)
    }

    /// Adds what waits, before a group moves or begins anew.
    private func flush(_ batch: WindowBatch, _ results: inout [WindowResults]) {
        guard steps.count > 0 else { return }
        let columns = layout.run(steps, telling: told.count, layout.input(batch), on: table.base)
        results.append(told.finish(columns))
        steps.removeAll()
    }

    func forEachKey(_ body: (UInt64) -> Void) { table.forEach { body($0[0]) } }

    // MARK: saving

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.windows)) { life.write(to: &$0) }
        table.record(StateItem(.groups), layout, recorder)
    }

    func restore(_ state: SavedState) throws(StreamError) {
        var life = life
        try state.read(StateItem(.windows)) { reader throws(StreamError) in try life.read(from: &reader) }
        self.life = life
        table = try GroupTable.restored(StateItem(.groups), layout, state)
    }
}
