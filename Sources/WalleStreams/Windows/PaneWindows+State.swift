// Saving windows of panes: each pane by itself, as most do not change from one time to the next.
extension PaneWindows {
    func record(_ recorder: StateRecorder) {
        for pane in panes { pane.table.record(StateItem(.pane, pane.start), layout, recorder) }
        merger.record(recorder)
        recorder.write(StateItem(.windows)) { writer in
            writer.write(lateCount)
            limit.write(to: &writer)
            writer.write(lastEnd)
            merger.write(to: &writer)
            writer.write(counted: panes.filter(\.isFull).map { UInt64(bitPattern: $0.start) })
            writer.write(revisions.count)
            for (window, revision) in revisions.sorted(by: { $0.key.isBefore($1.key) }) {
                writer.write(window.end)
                writer.write(window.start)
                writer.write(window.key)
                writer.write(revision)
            }
        }
    }

    func restore(_ state: SavedState) throws(StreamError) {
        for start in state.ids(.pane) {
            panes.append(Pane(start: start, table: try .restored(StateItem(.pane, start), layout, state)))
        }
        try merger.restore(state)
        try state.read(StateItem(.windows)) { reader throws(StreamError) in
            lateCount = try reader.read()
            try limit.read(from: &reader)
            lastEnd = try reader.readOptional()
            try merger.read(from: &reader)
            let full = Set(try reader.readWords().map { Int64(bitPattern: $0) })
            for index in panes.indices { panes[index].isFull = full.contains(panes[index].start) }
            for _ in 0..<(try reader.readCount(each: 28)) {
                let window = WindowKey(end: try reader.read(), start: try reader.read(), key: try reader.read())
                revisions[window] = try reader.read()
            }
        }
    }
}

extension PaneWindows.WindowKey {
    fileprivate func isBefore(_ other: Self) -> Bool { (end, start, key) < (other.end, other.start, other.key) }
}

// What was merged is saved too, as merging anew would add floats in another order.
extension PaneMerger {
    func record(_ recorder: StateRecorder) {
        for part in front { part.table.record(StateItem(.suffix, part.start), layout, recorder) }
        back?.record(StateItem(.merged), layout, recorder)
    }

    mutating func restore(_ state: SavedState) throws(StreamError) {
        for start in state.ids(.suffix).reversed() {
            front.append((start, try .restored(StateItem(.suffix, start), layout, state)))
        }
        if !state.ids(.merged).isEmpty { back = try .restored(StateItem(.merged), layout, state) }
    }

    func write(to writer: inout BlockWriter) {
        writer.write(isStale)
        writer.write(runningStart)
        writer.write(mergedEnd)
    }

    mutating func read(from reader: inout BlockReader) throws(StreamError) {
        isStale = try reader.readBool()
        runningStart = try reader.readOptional()
        mergedEnd = try reader.read()
    }
}

extension BlockWriter {
    mutating func write(_ value: Int64?) {
        write(value != nil)
        write(value ?? 0)
    }
}

extension BlockReader {
    mutating func readOptional() throws(StreamError) -> Int64? {
        let isThere = try readBool()
        let value: Int64 = try read()
        return isThere ? value : nil
    }
}
