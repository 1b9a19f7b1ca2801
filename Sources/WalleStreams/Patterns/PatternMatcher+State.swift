// Saving partial matches: each with all that its threads have taken, spread over blocks by the keys. What a matcher finds
// after being restored is what it would have found.
extension PatternMatcher {
    /// - Parameter id: Tells apart the matchers that one recorder records.
    func record(_ recorder: StateRecorder, id: Int64 = 0) {
        recorder.write(StateItem(.matcher, id)) { writer in
            writer.write(text: program.pattern.signature)
            writer.write(sequence)
            writer.write(now)
            for counter in [counters.matches, counters.dropped, counters.disordered] { writer.write(counter) }
        }
        let item = StateItem(.partials, id)
        if !isChanged, recorder.keeps(item) { return }
        blocks.fit(starts.count)
        for block in blocks.spread(startsByAge, by: { slots[starts[$0].slot].key }) {
            recorder.write(item, capacity: 16 + block.count * 128) { writer in
                writer.write(block.count)
                for start in block { write(starts[start], to: &writer) }
            }
        }
        isChanged = false
    }

    private var startsByAge: [Int32] {
        var found: [Int32] = []
        found.reserveCapacity(starts.count)
        var start = oldest
        while start >= 0 {
            found.append(start)
            start = starts[start].younger
        }
        return found
    }

    private func threads(of start: Start) -> [Thread] {
        var found: [Thread] = []
        var thread = start.thread
        while thread >= 0 {
            found.append(threads[thread])
            thread = threads[thread].next
        }
        return found
    }

    private func write(_ start: Start, to writer: inout BlockWriter) {
        let threads = threads(of: start)
        let (order, numbers) = takings(of: start, threads)
        writer.write(slots[start.slot].key)
        writer.write(start.sequence)
        writer.write(start.deadline)
        writer.write(order.count)
        for taking in order.map({ takings[$0] }) {
            writer.write(taking.sequence)
            writer.write(taking.row)
            writer.write(taking.time)
            writer.write(numbers[taking.before] ?? -1)
            writer.write(taking.variable)
        }
        writer.write(numbers[start.candidate] ?? -1)
        writer.write(threads.count)
        for thread in threads {
            writer.write(thread.moves)
            writer.write(numbers[thread.taking] ?? -1)
            writer.write(thread.state)
        }
    }

    /// What a start has taken, each behind the one before it, and their numbers in this order. No other start shares it.
    private func takings(of start: Start, _ threads: [Thread]) -> (order: [Int32], numbers: [Int32: Int32]) {
        var numbers: [Int32: Int32] = [-1: -1]
        var order: [Int32] = []
        for last in [start.candidate] + threads.map(\.taking) {
            var (chain, index): ([Int32], Int32) = ([], last)
            while numbers[index] == nil {
                chain.append(index)
                numbers[index] = 0
                index = takings[index].before
            }
            for index in chain.reversed() {
                numbers[index] = Int32(order.count)
                order.append(index)
            }
        }
        return (order, numbers)
    }

    /// Tells every key with a partial match.
    func forEachKey(_ body: (Int64) -> Void) {
        var start = oldest
        while start >= 0 {
            body(slots[starts[start].slot].key)
            start = starts[start].younger
        }
    }

    // MARK: restoring

    /// Goes on where another matcher of the same pattern was recorded, before any event.
    ///
    /// - Throws: `.storage` for a state of another pattern, or a damaged one, after which the matcher is of no use.
    func restore(_ state: SavedState, id: Int64 = 0) throws(StreamError) {
        precondition(sequence == 0 && starts.count == 0, "a matcher goes on before its first event")
        try state.read(StateItem(.matcher, id)) { reader throws(StreamError) in
            guard try reader.readText() == program.pattern.signature else {
                throw StreamError(
                    .storage, "the saved state is of another pattern than `\(program.pattern.text)`",
                    remedy: "Give the changed pattern another name, or remove its state.")
            }
            sequence = Int64(try reader.readCounter())
            now = try reader.read()
            counters.matches = try reader.readCounter()
            counters.dropped = try reader.readCounter()
            counters.disordered = try reader.readCounter()
        }
        var saved: [SavedStart] = []
        let item = StateItem(.partials, id)
        try blocks.fit(saved: state.blockCount(item))
        try state.forEachBlock(item) { reader throws(StreamError) in
            for _ in 0..<(try reader.readCount(each: 48)) { saved.append(try SavedStart(from: &reader)) }
        }
        saved.sort { ($0.deadline, $0.sequence) < ($1.deadline, $1.sequence) }
        for start in saved { try insert(start) }
    }

    private func insert(_ saved: SavedStart) throws(StreamError) {
        try StateFormat.check(saved.sequence <= sequence, "a partial match of an event that never came")
        var slot = keys.value(of: saved.key)
        if slot < 0 {
            slot = slots.insert(Slot(key: saved.key))
            keys.insert(saved.key, slot)
        }
        let before = slots[slot].last
        let isNext = before < 0 || starts[before].sequence < saved.sequence
        try StateFormat.check(isNext, "the partial matches of a key are out of order")
        let start = insertStart(slot, sequence: saved.sequence, deadline: saved.deadline)
        let known = try insertTakings(saved)
        if saved.candidate >= 0 { setCandidate(known[Int(saved.candidate)], of: start) }
        try insertThreads(saved, known, start)
        for taking in known { release(taking) }
        try StateFormat.check(!isFruitless(start), "a partial match that nothing comes of")
    }

    /// - Returns: Each with a reference that the caller gives back.
    private func insertTakings(_ saved: SavedStart) throws(StreamError) -> [Int32] {
        var known: [Int32] = []
        for var taking in saved.takings {
            let isSound = Int(taking.variable) < program.variables.count && taking.sequence <= sequence
            try StateFormat.check(isSound, "an event of a partial match")
            if taking.before >= 0 {
                taking.before = known[Int(taking.before)]
                takings[taking.before].references += 1
            }
            known.append(takings.insert(taking))
        }
        return known
    }

    private func insertThreads(_ saved: SavedStart, _ known: [Int32], _ start: Int32) throws(StreamError) {
        let slot = starts[start].slot
        var last: Int32 = -1
        for var thread in saved.threads {
            let isKnown = Int(thread.state) < program.states.count
            let isSound = isKnown && thread.moves != 0 && thread.moves & ~states[Int(thread.state)].allMoves == 0
            try StateFormat.check(isSound, "a thread of a partial match")
            thread.taking = known[Int(thread.taking)]
            takings[thread.taking].references += 1
            let index = threads.insert(thread)
            if last >= 0 { threads[last].next = index } else { starts[start].thread = index }
            last = index
            slots[slot].held += 1
            slots[slot].interest |= states[Int(thread.state)].interest
        }
    }

    /// A partial match as it is saved: what it took and its threads by their numbers within it.
    private struct SavedStart {
        let key: Int64
        let sequence: Int64
        let deadline: Int64
        var takings: [Taking] = []
        let candidate: Int32
        var threads: [Thread] = []

        init(from reader: inout BlockReader) throws(StreamError) {
            (key, sequence, deadline) = (try reader.read(), try reader.read(), try reader.read())
            let takingCount = try reader.readCount(each: 30)
            for _ in 0..<takingCount {
                takings.append(
                    Taking(
                        sequence: try reader.read(), row: try reader.read(), time: try reader.read(),
                        before: try reader.read(), references: 1, variable: try reader.read()))
                let before = Int(takings[takings.count - 1].before)
                try StateFormat.check(before >= -1 && before < takings.count - 1, "an event follows none")
            }
            candidate = try reader.read()
            try StateFormat.check(candidate >= -1 && candidate < takingCount, "a match of no events")
            for _ in 0..<(try reader.readCount(each: 14)) {
                threads.append(
                    Thread(moves: try reader.read(), taking: try reader.read(), state: try reader.read()))
                let taking = Int(threads[threads.count - 1].taking)
                try StateFormat.check((0..<takingCount).contains(taking), "a thread without events")
            }
        }
    }
}

extension EventPattern {
    /// What state of it depends on.
    var signature: String { "\(text)\n\(contiguity.rawValue)\n\(skip)\n\(within)" }
}
