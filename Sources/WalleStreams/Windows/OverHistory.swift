/// The events of one key in the span, as states that are merged from two sides.
///
/// The older part holds, at each event, everything from there to its end merged; the newer part single events, and all of
/// them merged (two stacks: Tangwongsan, Hirzel and Schneider 2021). An event thus costs a constant number of merges, and
/// nothing is ever subtracted.
///
/// A value of plain words, so that thousands of them are gone over without counting references. Its owner frees it.
struct OverHistory {
    /// Which events are in which part, by their places in memory: older ones from `first`, newer ones from `middle` on.
    struct Parts {
        var first = 0
        var middle = 0
        var end = 0
    }

    let key: UInt64
    var parts = Parts()
    /// Its last event: the time, and the place in the stream.
    var latest = Moment(time: .min, offset: .min)
    /// Events that there is room for.
    private(set) var capacity = 0
    /// The times of the events; then, for each aggregate in turn, the states of the events; then, for each aggregate, the
    /// state of all newer events merged.
    private var memory: UnsafeMutablePointer<UInt64>

    private static let leastCapacity = 8

    init(_ key: UInt64, stateWords: Int) {
        self.key = key
        memory = .allocate(capacity: stateWords)
        memory.initialize(repeating: 0, count: stateWords)
    }

    func byteCount(stateWords: Int) -> Int { 64 + (capacity * (1 + stateWords) + stateWords) * 8 }

    func free(_ layout: AggregateLayout) {
        for slot in layout.slots where slot.isObject {
            let word = slot.word - GroupTable.header
            let states = states(word)
            for index in parts.first..<parts.end { (states + index).releaseObject() }
            newer(word, layout.stateWords).releaseObject()
        }
        memory.deallocate()
    }

    @inline(__always) var times: UnsafeMutablePointer<UInt64> { memory }

    /// The states of an aggregate whose words begin at `word` of a state row.
    @inline(__always) func states(_ word: Int) -> UnsafeMutablePointer<UInt64> { memory + capacity &* (1 &+ word) }

    @inline(__always) func newer(_ word: Int, _ stateWords: Int) -> UnsafeMutablePointer<UInt64> {
        memory + capacity &* (1 &+ stateWords) + word
    }

    /// Makes room for more events behind the last.
    mutating func makeRoom(_ more: Int, _ layout: AggregateLayout) {
        guard parts.end + more > capacity else { return }
        let live = parts.end - parts.first
        let words = layout.stateWords
        var moved = OverHistory(key, room: max(Self.leastCapacity, (live + more) * 2), words)
        moved.times.update(from: times + parts.first, count: live)
        for slot in layout.slots {
            let (word, width) = (slot.word - GroupTable.header, slot.kind.words)
            moved.states(word).update(from: states(word) + parts.first * width, count: live * width)
        }
        moved.newer(0, words).update(from: newer(0, words), count: words)
        moved.parts = Parts(first: 0, middle: parts.middle - parts.first, end: live)
        moved.latest = latest
        memory.deallocate()
        self = moved
    }

    init(_ key: UInt64, room: Int, _ stateWords: Int) {
        self.key = key
        capacity = room
        memory = .allocate(capacity: room * (1 + stateWords) + stateWords)
    }
}

/// Complete events of one key, by time, among those of a call.
struct OverRun {
    /// The index of the key's history.
    var history: Int
    /// Among the events of the call, which are in the order of their keys.
    var events: Range<Int>
    /// The history's parts after the events.
    var after = OverHistory.Parts()
}

/// What one aggregate does with the events of a call.
struct OverPass {
    /// Rows of the events as in a `GroupTable`, and which row of answers each wants.
    var rows: UnsafePointer<UnsafeMutablePointer<UInt64>>
    var places: UnsafePointer<UInt32>
    var answers: UnsafeMutablePointer<UInt64>
    /// Words of a row of answers.
    var stride: Int
    /// Of the state in a row.
    var word: Int
    var stateWords: Int
    var size: Microseconds

    typealias Merge = (UnsafePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Void

    /// Adds the events of a run, whose times the history has, and answers each with all from `size` before it on.
    @inline(__always)
    func run(
        _ run: inout OverRun, _ history: OverHistory, words: Int, _ merge: Merge,
        release: (UnsafeMutablePointer<UInt64>) -> Void
    ) {
        let times = history.times
        let states = history.states(word - GroupTable.header)
        let newer = history.newer(word - GroupTable.header, stateWords)
        var parts = history.parts
        var from = run.events.lowerBound
        while from < run.events.upperBound {
            let time = times.int(parts.end)
            var end = from
            repeat {
                let single = rows[end] + word
                (states + parts.end &* words).update(from: single, count: words)
                merge(UnsafePointer(single), newer)
                parts.end &+= 1
                end &+= 1
            } while end < run.events.upperBound && times.int(parts.end) == time
            let bound = time.addingClamped(-size)
            while times.int(parts.first) < bound {
                if parts.first == parts.middle { turnOver(&parts, states, newer, words, merge, release) }
                release(states + parts.first &* words)
                parts.first &+= 1
            }
            for event in from..<end {
                let answer = answers + Int(places[event]) &* stride + word
                if parts.first < parts.middle { merge(UnsafePointer(states + parts.first &* words), answer) }
                if parts.middle < parts.end { merge(UnsafePointer(newer), answer) }
            }
            from = end
        }
        run.after = parts
    }

    /// Makes all events older ones: each holds itself and those after it.
    @inline(__always)
    private func turnOver(
        _ parts: inout OverHistory.Parts, _ states: UnsafeMutablePointer<UInt64>,
        _ newer: UnsafeMutablePointer<UInt64>, _ words: Int, _ merge: Merge,
        _ release: (UnsafeMutablePointer<UInt64>) -> Void
    ) {
        var index = parts.end &- 2
        while index >= parts.middle {
            merge(UnsafePointer(states + (index &+ 1) &* words), states + index &* words)
            index &-= 1
        }
        parts.middle = parts.end
        release(newer)
        newer.update(repeating: 0, count: words)
    }
}

extension AggregateLayout {
    /// Runs a pass over all runs with the code of its aggregate.
    func run(
        _ pass: OverPass, _ slot: Slot, _ runs: UnsafeMutableBufferPointer<OverRun>,
        _ histories: UnsafePointer<OverHistory>
    ) {
        switch slot.kind {
        case .count: run(pass, CountState.self, runs, histories)
        case .summary(let summary):
            if summary.isFloat {
                run(pass, SummaryWords<FloatNumbers>(summary), words: summary.words, runs, histories)
            } else {
                run(pass, SummaryWords<IntegerNumbers>(summary), words: summary.words, runs, histories)
            }
        case .integerSum, .integerMean, .floatSum, .floatMean, .smallestInteger, .largestInteger, .smallestFloat,
            .largestFloat:
            preconditionFailure("numbers have a summary")
        case .variance, .deviation: run(pass, VarianceState.self, runs, histories)
        case .smallestBool, .largestBool, .smallestText, .largestText, .first, .last, .object:
            for index in runs.indices {
                pass.run(&runs[index], histories[runs[index].history], words: slot.kind.words) { other, state in
                    merge(slot, UnsafeMutablePointer(mutating: other), into: state)
                } release: { state in
                    if slot.isObject { state.releaseObject() }
                }
            }
        }
    }

    @inline(__always)
    private func run<Numbers: SummaryNumbers>(
        _ pass: OverPass, _ summary: SummaryWords<Numbers>, words: Int,
        _ runs: UnsafeMutableBufferPointer<OverRun>, _ histories: UnsafePointer<OverHistory>
    ) {
        for index in runs.indices {
            pass.run(&runs[index], histories[runs[index].history], words: words) {
                summary.merge($0, into: $1)
            } release: { _ in
            }
        }
    }

    @inline(__always)
    private func run<State: AggregateState>(
        _ pass: OverPass, _: State.Type, _ runs: UnsafeMutableBufferPointer<OverRun>,
        _ histories: UnsafePointer<OverHistory>
    ) {
        for index in runs.indices {
            pass.run(&runs[index], histories[runs[index].history], words: State.words) {
                State.merge($0, into: $1)
            } release: { _ in
            }
        }
    }
}
