/// Events of one call, as windows need them.
package struct WindowBatch {
    /// When each event happened, of those as well that no filter kept: they too move the watermark.
    package var times: Column
    /// Of each event the key of its group.
    package var keys: [UInt64]
    /// Positions of the events that go to windows, ascending; nil: all.
    package var kept: [UInt32]?
    /// Of each aggregate the values; nil where events are counted.
    package var values: [Column?]
    /// Of each aggregate which events count, a column of bools; nil: all.
    package var filters: [Column?]
    /// The place in the stream of the first event.
    package var offset: Int64
    /// Of each event whether it takes back an earlier one, which it repeats; nil: none does. For windows there are none.
    package var retracts: [Bool]?
    /// Of each event what it is to a visit, as `VisitMarker` says; nil for windows that are no visits.
    var marks: [UInt8]?

    package init(
        times: Column, keys: [UInt64], kept: [UInt32]? = nil, values: [Column?], filters: [Column?], offset: Int64,
        retracts: [Bool]? = nil
    ) {
        precondition(keys.count == times.count, "a key for every event")
        self.times = times
        self.keys = keys
        self.kept = kept
        self.values = values
        self.filters = filters
        self.offset = offset
        self.retracts = retracts
    }
}

/// Runs the windows of one definition: follows the watermark, and takes every event at the watermark it came at.
package final class WindowRunner {
    private let windows: any WindowOperator
    /// Nil of windows that take the values as they come.
    private let layout: AggregateLayout?
    private let delay: Microseconds
    /// The latest time seen.
    private var latest = Int64.min
    /// Positions of rows where all are kept.
    private var numbers: [UInt32] = []
    /// What comes is expected to be no earlier.
    package private(set) var watermark = Int64.min

    /// - Parameters:
    ///   - values: Of each aggregate its function and the type of its values.
    ///   - sources: Of each aggregate a number that those of the same values and the same filter have in common; nil: all
    ///     are different. What they then keep together takes less memory and time.
    ///   - mostGroups: As `StreamDefinition.mostGroups`.
    /// - Throws: `.definition` for spans that do not fit each other, or a function that values of the type do not have.
    package init(
        _ window: WindowKind, _ values: [(function: AggregateFunction, type: ColumnType?)], sources: [Int]? = nil,
        delay: Microseconds, lateness: Microseconds = 0, emission: StreamDefinition.Emission = .final,
        mostGroups: Int = StreamDefinition.mostGroups, texts: TextDictionary
    ) throws(StreamError) {
        let sources = sources ?? Array(values.indices)
        let (layout, limit) = (try AggregateLayout(values, sources: sources, texts: texts), GroupLimit(mostGroups))
        self.layout = layout
        self.delay = delay
        switch window {
        case .session(let gap):
            windows = SessionWindows(
                gap: try PaneShape.positive(gap, "gap"), layout: layout, lateness: lateness, emission: emission,
                limit: limit)
        case .over(let size):
            windows = OverWindows(size: try PaneShape.positive(size, "size"), layout: layout, limit: limit)
        case .visit(let timeout, let enter, let exit):
            windows = try VisitWindows(
                timeout: timeout, enter: enter, exit: exit, layout: layout, delay: delay, lateness: lateness,
                limit: limit)
        default:
            guard let shape = try PaneShape(window) else { preconditionFailure("a window of panes") }
            windows = PaneWindows(shape, layout: layout, lateness: lateness, emission: emission, limit: limit)
        }
    }

    /// Runs windows of another kind.
    init(_ windows: any WindowOperator, delay: Microseconds) {
        self.windows = windows
        layout = nil
        self.delay = delay
    }

    /// Events that were too late for any window.
    package var lateCount: Int { windows.lateCount }
    /// Events that were left out, as there were too many groups.
    package var droppedCount: Int { windows.limit.droppedCount }
    /// Groups that were given up before their time, as there were too many.
    package var evictedCount: Int { windows.limit.evictedCount }
    /// Events that belonged to no visit.
    package var outsideCount: Int { windows.outsideCount }
    /// Bytes of state.
    package var byteCount: Int { windows.byteCount }

    /// Adds events and gives the rows of the windows that end with them.
    package func process(_ batch: WindowBatch) -> [WindowResults] {
        var results: [WindowResults] = []
        let kept = batch.kept ?? allRows(batch.keys.count)
        batch.keys.withUnsafeBufferPointer { keys in
            kept.withUnsafeBufferPointer { all in
                // Where all rows are kept there may be more numbers than rows.
                let kept = UnsafeBufferPointer(rebasing: all.prefix(batch.kept?.count ?? keys.count))
                guard let keys = keys.baseAddress else { return }
                let input =
                    layout?.input(batch)
                    ?? AggregateInput(
                        values: batch.values, filters: batch.filters, times: batch.times.ints, offset: batch.offset)
                run(
                    WindowRows(rows: kept, keys: keys, input: input, marks: batch.marks), count: batch.times.count,
                    &results)
            }
        }
        return results
    }

    /// The numbers from zero on, at least so many.
    private func allRows(_ count: Int) -> [UInt32] {
        if numbers.count < count { numbers = [UInt32](0..<UInt32(count)) }
        return numbers
    }

    /// Says that no earlier events will come: of an input that ended, or rests.
    package func advance(to time: Int64) -> [WindowResults] {
        var results: [WindowResults] = []
        advance(to: time, &results)
        return results
    }

    func forEachKey(_ body: (UInt64) -> Void) -> Bool { windows.forEachKey(body) }

    // MARK: saving

    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.runner)) { writer in
            writer.write(latest)
            writer.write(watermark)
        }
        windows.record(recorder)
    }

    func restore(_ state: SavedState) throws(StreamError) {
        (latest, watermark) = try state.read(StateItem(.runner)) { reader throws(StreamError) in
            (try reader.read(), try reader.read())
        }
        try windows.restore(state)
    }

    // MARK: running

    private func run(_ events: WindowRows, count: Int, _ results: inout [WindowResults]) {
        if count <= windows.room, let span = spanInTime(events.input.times, count) {
            latest = max(latest, span.greatest)
            if !events.rows.isEmpty {
                var events = events
                events.span = span
                windows.add(events, watermark: watermark, to: &results)
            }
            return advance(to: latest.addingClamped(-delay), &results)
        }
        var (row, next) = (0, 0)
        while row < count {
            let most = row + min(count - row, max(1, windows.room))
            let end = firstBehind(events.input.times, from: row, to: most)
            let last = events.firstIndex(from: end, after: next)
            if last > next {
                let part = events.with(UnsafeBufferPointer(rebasing: events.rows[next..<last]))
                windows.add(part, watermark: watermark, to: &results)
            }
            (row, next) = (end, last)
            advance(to: latest == .min ? .min : latest.addingClamped(-delay), &results)
        }
    }

    /// The least and the greatest time; nil where a row may be behind a watermark when it comes, or there are no rows.
    private func spanInTime(_ times: UnsafePointer<Int64>, _ count: Int) -> (least: Int64, greatest: Int64)? {
        guard count > 0 else { return nil }
        var (least, greatest) = (times[0], times[0])
        for row in 1..<max(count, 1) {
            least = min(least, times[row])
            greatest = max(greatest, times[row])
        }
        let last = max(latest, greatest).addingClamped(-delay)
        return least >= windows.openTime(at: last) ? (least, greatest) : nil
    }

    /// The first row, after the first, that is behind the watermark when it comes; follows the latest time up to it.
    private func firstBehind(_ times: UnsafePointer<Int64>, from first: Int, to end: Int) -> Int {
        var latest = max(latest, times[first])
        defer { self.latest = latest }
        let delay = delay
        var bound = latest.addingClamped(-delay)
        for row in first + 1..<max(end, first + 1) {
            let time = times[row]
            if time > latest {
                latest = time
                bound = time.addingClamped(-delay)
            } else if time < bound, time < windows.openTime(at: bound) {
                return row
            }
        }
        return end
    }

    private func advance(to time: Int64, _ results: inout [WindowResults]) {
        guard time > watermark else { return }
        watermark = time
        if windows.nextFiring <= time { windows.advance(to: time, into: &results) }
    }
}
