/// The state of a matcher as bytes, for checkpoints: what it finds after being restored is what it would have found.
extension PatternMatcher {
    private static let version: UInt8 = 1

    package func encode(to writer: inout StateWriter) {
        writer.put(Self.version)
        writer.put(program.pattern.signature)
        writer.put(sequence)
        writer.put(now)
        writer.put(Int64(counters.matches))
        writer.put(Int64(counters.dropped))
        writer.put(Int64(counters.disordered))
        let numbers = encodeTakings(to: &writer)
        writer.put(UInt32(starts.count))
        forEachStart { encode($0, numbers, to: &writer) }
    }

    private func forEachStart(_ each: (Start) -> Void) {
        var start = oldest
        while start >= 0 {
            each(starts[start])
            start = starts[start].younger
        }
    }

    private func forEachThread(of start: Start, _ each: (Thread) -> Void) {
        var thread = start.thread
        while thread >= 0 {
            each(threads[thread])
            thread = threads[thread].next
        }
    }

    /// Writes every taking behind the one before it.
    ///
    /// - Returns: Their numbers in this order.
    private func encodeTakings(to writer: inout StateWriter) -> [Int32: Int32] {
        var numbers: [Int32: Int32] = [-1: -1]
        var order: [Int32] = []
        func number(_ last: Int32) {
            var chain: [Int32] = []
            var index = last
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
        forEachStart { start in
            number(start.candidate)
            forEachThread(of: start) { number($0.taking) }
        }
        writer.put(UInt32(order.count))
        for index in order {
            let taking = takings[index]
            writer.put(taking.sequence)
            writer.put(taking.row)
            writer.put(numbers[taking.before] ?? -1)
            writer.put(taking.variable)
        }
        return numbers
    }

    private func encode(_ start: Start, _ numbers: [Int32: Int32], to writer: inout StateWriter) {
        writer.put(slots[start.slot].key)
        writer.put(start.sequence)
        writer.put(start.deadline)
        writer.put(numbers[start.candidate] ?? -1)
        var count: UInt32 = 0
        forEachThread(of: start) { _ in count += 1 }
        writer.put(count)
        forEachThread(of: start) { thread in
            writer.put(thread.moves)
            writer.put(numbers[thread.taking] ?? -1)
            writer.put(thread.state)
        }
    }

    /// Goes on where `encode` was called.
    ///
    /// - Throws: `StreamError` when the bytes are of another pattern, or damaged.
    package convenience init(
        _ program: PatternProgram, limits: Limits = Limits(), decoding reader: inout StateReader
    ) throws(StreamError) {
        self.init(program, limits: limits)
        try StateReader.check(try reader.take() == Self.version)
        guard try reader.takeText() == program.pattern.signature else {
            throw StreamError(
                .storage, "the kept state is of another pattern than `\(program.pattern.text)`",
                remedy: "Give the changed pattern another name, or delete its state.")
        }
        sequence = try reader.takeCounter()
        now = try reader.take()
        counters.matches = Int(try reader.takeCounter())
        counters.dropped = Int(try reader.takeCounter())
        counters.disordered = Int(try reader.takeCounter())
        let known = try decodeTakings(&reader)
        for _ in 0..<(try reader.takeCount(width: 32)) { try decodeStart(&reader, known) }
        for taking in known { release(taking) }
    }

    /// - Returns: Each with a reference that the caller gives back.
    private func decodeTakings(_ reader: inout StateReader) throws(StreamError) -> [Int32] {
        var known: [Int32] = []
        for _ in 0..<(try reader.takeCount(width: 22)) {
            let (sequence, row): (Int64, Int64) = (try reader.take(), try reader.take())
            let (before, variable): (Int32, UInt16) = (try reader.take(), try reader.take())
            try StateReader.check(
                before >= -1 && before < known.count && Int(variable) < program.variables.count
                    && sequence <= self.sequence)
            let link = before < 0 ? -1 : known[Int(before)]
            if link >= 0 { takings[link].references += 1 }
            known.append(
                takings.insert(
                    Taking(sequence: sequence, row: row, before: link, references: 1, variable: variable)))
        }
        return known
    }

    private func decodeStart(_ reader: inout StateReader, _ known: [Int32]) throws(StreamError) {
        let (key, sequence, deadline): (Int64, Int64, Int64) = (try reader.take(), try reader.take(), try reader.take())
        let candidate: Int32 = try reader.take()
        let isLast = youngest < 0 || starts[youngest].deadline <= deadline
        try StateReader.check(isLast && sequence <= self.sequence && candidate >= -1 && candidate < known.count)
        var slot = keys.value(of: key)
        if slot < 0 {
            slot = slots.insert(Slot(key: key))
            keys.insert(key, slot)
        }
        let before = slots[slot].last
        try StateReader.check(before < 0 || starts[before].sequence < sequence)
        let start = insertStart(slot, sequence: sequence, deadline: deadline)
        if candidate >= 0 { setCandidate(known[Int(candidate)], of: start) }
        var last: Int32 = -1
        for _ in 0..<(try reader.takeCount(width: 14)) {
            let thread = try decodeThread(&reader, known)
            if last >= 0 { threads[last].next = thread } else { starts[start].thread = thread }
            last = thread
            slots[slot].held += 1
            slots[slot].interest |= states[Int(threads[thread].state)].interest
        }
        try StateReader.check(!isFruitless(start))
    }

    private func decodeThread(_ reader: inout StateReader, _ known: [Int32]) throws(StreamError) -> Int32 {
        let (moves, taking, state): (UInt64, Int32, UInt16) = (try reader.take(), try reader.take(), try reader.take())
        try StateReader.check(Int(state) < program.states.count && (0..<known.count).contains(Int(taking)))
        try StateReader.check(moves != 0 && moves & ~states[Int(state)].allMoves == 0)
        takings[known[Int(taking)]].references += 1
        return threads.insert(Thread(moves: moves, taking: known[Int(taking)], state: state))
    }
}

extension EventPattern {
    /// What state of it depends on.
    var signature: String { "\(text)\n\(contiguity.rawValue)\n\(skip)\n\(within)" }
}
