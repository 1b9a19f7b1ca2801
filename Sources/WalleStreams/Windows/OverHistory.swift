/// The events of one key in the span, as states that are merged from two sides.
///
/// The older part holds, at each event, everything from there to its end merged; the newer part single events, and all of
/// them merged (two stacks: Tangwongsan, Hirzel and Schneider 2021). An event thus costs a constant number of merges, and
/// nothing is ever subtracted. Each aggregate has its states side by side and goes over the events on its own, by the same
/// steps as the others.
final class OverHistory {
    /// An event that is complete.
    struct Event {
        /// A row as in a `GroupTable`.
        var row: UnsafeMutablePointer<UInt64>
        var time: Int64
        /// The number of the row of answers that it wants.
        var answer: Int
    }

    /// Which events are in which part, by their index in memory.
    fileprivate struct Parts {
        var first = 0
        var middle = 0
        var end = 0
    }

    let key: UInt64
    private let layout: AggregateLayout
    private var parts = Parts()
    private var capacity = 0
    private var times: [Int64] = []
    /// Of each aggregate the states of all events, then of all newer ones merged.
    private var states: [UnsafeMutablePointer<UInt64>] = []
    private var newer: UnsafeMutablePointer<UInt64>

    init(_ key: UInt64, _ layout: AggregateLayout) {
        self.key = key
        self.layout = layout
        newer = .allocate(capacity: layout.stateWords)
        newer.initialize(repeating: 0, count: layout.stateWords)
    }

    deinit {
        for (slot, states) in zip(layout.slots, states) {
            if slot.isObject { for index in parts.first..<parts.end { (states + index).releaseObject() } }
            states.deallocate()
        }
        for slot in layout.slots where slot.isObject { (newer + slot.word - GroupTable.header).releaseObject() }
        newer.deallocate()
    }

    /// Of the last event.
    var last: Int64 { parts.end > 0 ? times[parts.end - 1] : .min }
    var byteCount: Int { 128 + (capacity + 1) * (layout.stateWords + 1) * 8 }

    /// Adds events by time and gives each the aggregates of all from `size` before it on.
    ///
    /// - Parameter stride: Words from a row of answers to the next; they are zero. Objects in the rows of the events go over
    ///   to the history.
    func answer(_ events: [Event], back size: Microseconds, stride: Int, into answers: UnsafeMutablePointer<UInt64>) {
        makeRoom(events.count)
        for (index, event) in events.enumerated() { times[parts.end + index] = event.time }
        for event in events { (answers + event.answer * stride)[0] = key }
        var after = parts
        events.withUnsafeBufferPointer { events in
            times.withUnsafeBufferPointer { times in
                for (index, slot) in layout.slots.enumerated() {
                    let pass = Pass(
                        events: events, times: times, size: size, states: states[index],
                        newer: newer + slot.word - GroupTable.header, answers: answers, stride: stride,
                        word: slot.word)
                    after = parts
                    layout.run(pass, slot, &after)
                }
            }
        }
        parts = after
    }

    private func makeRoom(_ more: Int) {
        let live = parts.end - parts.first
        guard parts.end + more > capacity else { return }
        let grows = (live + more) * 2 > capacity
        let room = grows ? max(8, (live + more) * 2) : capacity
        var moved = [Int64](repeating: 0, count: room)
        for index in 0..<live { moved[index] = times[parts.first + index] }
        times = moved
        for (index, slot) in layout.slots.enumerated() {
            let words = slot.kind.words
            let new = UnsafeMutablePointer<UInt64>.allocate(capacity: room * words)
            if index < states.count {
                new.update(from: states[index] + parts.first * words, count: live * words)
                states[index].deallocate()
                states[index] = new
            } else {
                states.append(new)
            }
        }
        capacity = room
        parts = Parts(first: 0, middle: parts.middle - parts.first, end: live)
    }

    /// What one aggregate does with events.
    struct Pass {
        fileprivate var events: UnsafeBufferPointer<Event>
        fileprivate var times: UnsafeBufferPointer<Int64>
        fileprivate var size: Microseconds
        fileprivate var states: UnsafeMutablePointer<UInt64>
        fileprivate var newer: UnsafeMutablePointer<UInt64>
        fileprivate var answers: UnsafeMutablePointer<UInt64>
        fileprivate var stride: Int
        fileprivate var word: Int

        @inline(__always)
        fileprivate func run(
            _ parts: inout Parts, words: Int, _ merge: (UnsafePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Void,
            release: (UnsafeMutablePointer<UInt64>) -> Void
        ) {
            var from = 0
            while from < events.count {
                let time = events[from].time
                var end = from
                while end < events.count, events[end].time == time {
                    let single = events[end].row + word
                    (states + parts.end &* words).update(from: single, count: words)
                    merge(UnsafePointer(single), newer)
                    parts.end &+= 1
                    end &+= 1
                }
                drop(&parts, before: time.addingClamped(-size), words, merge, release)
                for event in events[from..<end] {
                    let answer = answers + event.answer &* stride + word
                    if parts.first < parts.middle { merge(UnsafePointer(states + parts.first &* words), answer) }
                    if parts.middle < parts.end { merge(UnsafePointer(newer), answer) }
                }
                from = end
            }
        }

        @inline(__always)
        private func drop(
            _ parts: inout Parts, before time: Int64, _ words: Int,
            _ merge: (UnsafePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Void,
            _ release: (UnsafeMutablePointer<UInt64>) -> Void
        ) {
            while parts.first < parts.end, times[parts.first] < time {
                if parts.first == parts.middle {
                    var index = parts.end &- 2
                    while index >= parts.middle {
                        merge(UnsafePointer(states + (index &+ 1) &* words), states + index &* words)
                        index &-= 1
                    }
                    parts.middle = parts.end
                    release(newer)
                    newer.update(repeating: 0, count: words)
                }
                release(states + parts.first &* words)
                parts.first &+= 1
            }
        }
    }
}

extension AggregateLayout {
    /// Runs a pass with the code of its aggregate.
    fileprivate func run(_ pass: OverHistory.Pass, _ slot: Slot, _ parts: inout OverHistory.Parts) {
        switch slot.kind {
        case .count: run(pass, CountState.self, &parts)
        case .integerSum, .integerMean: run(pass, IntegerSumState.self, &parts)
        case .floatSum, .floatMean: run(pass, FloatSumState.self, &parts)
        case .variance, .deviation: run(pass, VarianceState.self, &parts)
        case .smallestInteger: run(pass, ExtremeState<Smaller<Int64>>.self, &parts)
        case .largestInteger: run(pass, ExtremeState<Larger<Int64>>.self, &parts)
        case .smallestFloat: run(pass, ExtremeState<SmallerFloat>.self, &parts)
        case .largestFloat: run(pass, ExtremeState<LargerFloat>.self, &parts)
        case .smallestBool, .largestBool, .smallestText, .largestText, .first, .last, .object:
            let isObject = slot.isObject
            pass.run(&parts, words: slot.kind.words) { other, state in
                merge(slot, UnsafeMutablePointer(mutating: other), into: state)
            } release: { state in
                if isObject { state.releaseObject() }
            }
        }
    }

    @inline(__always)
    private func run<State: AggregateState>(
        _ pass: OverHistory.Pass, _: State.Type, _ parts: inout OverHistory.Parts
    ) {
        pass.run(&parts, words: State.words) {
            State.merge($0, into: $1)
        } release: { _ in
        }
    }
}
