// The histories of keys: which there are, and which go when there are too many.
extension OverWindows {
    func index(of key: UInt64) -> Int {
        let index = indices[key]
        if index >= 0 { return Int(index) }
        if historyCount == historyCapacity { growHistories() }
        indices[key] = Int32(historyCount)
        (histories + historyCount).initialize(to: OverHistory(key, stateWords: layout.stateWords))
        historyCount += 1
        return historyCount - 1
    }

    func growHistories() {
        let old = histories
        historyCapacity *= 2
        histories = .allocate(capacity: historyCapacity)
        histories.update(from: old, count: historyCount)
        old.deallocate()
    }

    /// Answers events that are complete.
    ///
    /// - Returns: Those that there was room for, in their order: all, unless the limit is reached.
    func answerAll(
        _ ready: [UnsafeMutablePointer<UInt64>], into answers: UnsafeMutablePointer<UInt64>
    ) -> [UnsafeMutablePointer<UInt64>] {
        guard historyCount + ready.count <= limit.most else { return answerOneByOne(ready, into: answers) }
        ready.withUnsafeBufferPointer { answer($0, $0.map { index(of: $0[0]) }, into: answers) }
        return ready
    }

    /// As if the events came one by one, so that it depends on them alone which keys go. Peers, which see one another, are
    /// answered together, and so is all between which no key with an event among it has to go.
    private func answerOneByOne(
        _ ready: [UnsafeMutablePointer<UInt64>], into answers: UnsafeMutablePointer<UInt64>
    ) -> [UnsafeMutablePointer<UInt64>] {
        var (kept, found): ([UnsafeMutablePointer<UInt64>], [Int]) = ([], [])
        // Where in `kept` the events that are not answered begin, and those of the same time as the next.
        var (first, peers, time) = (0, 0, Int64.min)
        func answer(upTo end: Int) {
            kept.withUnsafeBufferPointer {
                self.answer(
                    Events(rebasing: $0[first..<end]), Array(found[first..<end]), into: answers + first * stride)
            }
            first = end
        }
        for row in ready {
            let moment = moment(row)
            if moment.time != time { (time, peers) = (moment.time, kept.count) }
            if indices[row[0]] < 0, historyCount >= limit.most {
                let quietest = quietest()
                let latest = histories[quietest].latest
                guard latest.time < time else {
                    limit.droppedCount += 1
                    layout.releaseObjects(row)
                    continue
                }
                if first < peers, latest >= self.moment(kept[first]) { answer(upTo: peers) }
                replace(quietest, by: row[0], at: time)
            }
            let index = index(of: row[0])
            histories[index].latest = moment
            kept.append(row)
            found.append(index)
        }
        answer(upTo: kept.count)
        return kept
    }

    /// The history whose last event is the earliest, when there are as many as may be.
    private func quietest() -> Int {
        if quiet.first == nil { for index in 0..<historyCount { quiet.push(timer(index)) } }
        while let first = quiet.first, case let current = timer(first.session), first.isBefore(current) {
            quiet.removeFirst()
            quiet.push(current)
        }
        return quiet.first?.session ?? 0
    }

    private func replace(_ index: Int, by key: UInt64, at time: Int64) {
        let history = histories[index]
        // What is before the span counts no more.
        if history.latest.time >= time.addingClamped(-size) { limit.evictedCount += 1 }
        indices[history.key] = -1
        history.free(layout)
        indices[key] = Int32(index)
        (histories + index).initialize(to: OverHistory(key, stateWords: layout.stateWords))
    }

    private func timer(_ index: Int) -> Timer {
        let latest = histories[index].latest
        return Timer(deadline: latest.time, session: index, generation: 0, offset: latest.offset)
    }

    /// Lets go of keys without events in the span, once in a while.
    func sweep(_ watermark: Int64) {
        guard historyCount > sweepCount else { return }
        let from = watermark.addingClamped(-size)
        var kept = 0
        indices = KeyTable()
        quiet = TimerHeap()
        for index in 0..<historyCount {
            let history = histories[index]
            guard history.latest.time >= from else {
                history.free(layout)
                continue
            }
            histories[kept] = history
            indices[history.key] = Int32(kept)
            kept += 1
        }
        historyCount = kept
        sweepCount = max(1024, kept * 2)
    }

    func forEachKey(_ body: (UInt64) -> Void) -> Bool {
        for index in 0..<count { body((waiting + index * stride)[0]) }
        for index in 0..<historyCount { body(histories[index].key) }
        return true
    }
}
