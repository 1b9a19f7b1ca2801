// Saving sessions. Timers are not saved: every session knows when it is to be looked at.
extension SessionWindows {
    func record(_ recorder: StateRecorder) {
        recorder.write(StateItem(.windows)) { writer in
            writer.write(lateCount)
            limit.write(to: &writer)
            writer.write(closedTime)
            writer.write(sessions.used)
            writer.write(sessions.free)
        }
        sessions.record(recorder)
    }

    func restore(_ state: SavedState) throws(StreamError) {
        let (used, free) = try state.read(StateItem(.windows)) { reader throws(StreamError) in
            lateCount = try reader.read()
            try limit.read(from: &reader)
            closedTime = try reader.read()
            return (try reader.read(in: 0...Int(Int32.max), "sessions"), try reader.read(Int32.self))
        }
        try sessions.restore(used, free: free, state)
        for (session, isOpen) in sessions.isOpen.enumerated() where isOpen {
            let alarm = sessions[session].alarm
            if alarm != .max {
                let (generation, opened) = (sessions[session].generation, sessions[session].opened)
                timers.push(Timer(deadline: alarm, session: session, generation: generation, offset: opened))
            }
        }
    }
}

extension SessionTable {
    /// Places of a block.
    private static let blockPlaces = 512

    func record(_ recorder: StateRecorder) {
        for first in Swift.stride(from: 0, to: used, by: Self.blockPlaces) {
            let places = first..<min(first + Self.blockPlaces, used)
            recorder.write(StateItem(.sessions), capacity: places.count * (word(1) * 8 + 45)) { writer in
                for place in places { write(place, to: &writer) }
            }
        }
    }

    private func write(_ place: Int, to writer: inout BlockWriter) {
        let session = self[place]
        writer.write(session.start)
        writer.write(session.last)
        writer.write(session.next)
        writer.write(session.generation)
        writer.write(session.revision)
        writer.write(session.hasFired)
        writer.write(session.alarm)
        writer.write(session.opened)
        layout.write(row(place), to: &writer)
    }

    /// Of each place whether a session has it: the others are in the chain of free ones.
    var isOpen: [Bool] {
        var isOpen = [Bool](repeating: true, count: used)
        var next = free
        while next >= 0, isOpen[Int(next)] {
            isOpen[Int(next)] = false
            next = self[Int(next)].next
        }
        return isOpen
    }

    func restore(_ count: Int, free: Int32, _ state: SavedState) throws(StreamError) {
        try state.forEachBlock(StateItem(.sessions)) { reader throws(StreamError) in
            for _ in used..<min(count, used + Self.blockPlaces) { try readPlace(count, &reader) }
        }
        guard used == count, free < count else { throw StateFormat.damaged("\(used) sessions of \(count)") }
        self.free = free
        self.count = isOpen.count { $0 }
        try link()
    }

    private func readPlace(_ count: Int, _ reader: inout BlockReader) throws(StreamError) {
        // Nothing is free yet: the next place behind the last.
        let place = takePlace()
        var session = Session(start: try reader.read(), last: try reader.read(), next: -1, generation: 0, opened: 0)
        session.next = try reader.read()
        session.generation = try reader.read()
        session.revision = try reader.read()
        session.hasFired = try reader.readBool()
        session.alarm = try reader.read()
        session.opened = try reader.read()
        guard session.next < count else { throw StateFormat.damaged("a session is followed by none") }
        row(place).update(repeating: 0, count: word(1))
        self[place] = session
        used = place + 1
        try layout.read(row(place), from: &reader)
    }

    /// Finds the first session of each key: the one that follows no other.
    private func link() throws(StreamError) {
        let isOpen = isOpen
        var follows = [Bool](repeating: false, count: used)
        for place in 0..<used where isOpen[place] && self[place].next >= 0 {
            let next = Int(self[place].next)
            guard isOpen[next], !follows[next], row(next)[0] == row(place)[0] else {
                throw StateFormat.damaged("the sessions of a key are out of order")
            }
            follows[next] = true
        }
        for place in 0..<used where isOpen[place] && !follows[place] { heads[row(place)[0]] = Int32(place) }
    }
}
