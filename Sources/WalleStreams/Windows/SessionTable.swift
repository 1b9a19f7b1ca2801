/// The sessions of all keys: rows of one block of memory, and of each key the first of its sessions.
final class SessionTable {
    /// What is known of a session beside its aggregates.
    struct Session {
        var start: Int64
        var last: Int64
        /// The next session of the same key, or of the free ones; −1 for none.
        var next: Int32
        /// Of which session of this place: those before it have ended.
        var generation: UInt32
        var revision: UInt32 = 0
        /// It has given its row and waits for late events.
        var hasFired = false
        /// When it is to be looked at: a timer of another time is void.
        var alarm = Int64.max
        /// The place in the stream of the event that began it.
        var opened: Int64

        mutating func extend(to time: Int64) { (start, last) = (min(start, time), max(last, time)) }

        mutating func join(_ other: Session) {
            (start, last) = (min(start, other.start), max(last, other.last))
            revision = max(revision, other.revision)
            hasFired = hasFired || other.hasFired
        }
    }

    let layout: AggregateLayout
    private let stride: Int
    private var capacity = 64
    /// Rows as in a `GroupTable`: key, events, states.
    @exclusivity(unchecked) private(set) var base: UnsafeMutablePointer<UInt64>
    @exclusivity(unchecked) private var sessions: UnsafeMutablePointer<Session>
    @exclusivity(unchecked) var free: Int32 = -1
    /// Places that were ever used.
    @exclusivity(unchecked) var used = 0
    /// Sessions.
    @exclusivity(unchecked) var count = 0
    @exclusivity(unchecked) var heads: KeyTable

    init(_ layout: AggregateLayout) {
        self.layout = layout
        stride = GroupTable.header + layout.stateWords
        base = .allocate(capacity: capacity * stride)
        sessions = .allocate(capacity: capacity)
        heads = KeyTable()
    }

    deinit {
        for session in 0..<used { layout.releaseObjects(row(session)) }
        base.deallocate()
        sessions.deallocate()
    }

    var byteCount: Int { capacity * (stride * 8 + MemoryLayout<Session>.stride) + heads.byteCount }

    subscript(session: Int) -> Session {
        _read { yield sessions[session] }
        _modify { yield &sessions[session] }
    }

    /// The word of `base` at which a session's row begins.
    func word(_ session: Int) -> Int { session * stride }
    func row(_ session: Int) -> UnsafeMutablePointer<UInt64> { base + session * stride }

    /// The sessions of a key that reach into a span: at most two, when the span is no longer than twice the gap.
    func near(_ key: UInt64, from: Int64, to: Int64) -> (Int?, Int?) {
        var session = heads[key]
        var found: Int?
        while session >= 0 {
            let candidate = sessions[Int(session)]
            if candidate.start <= to, candidate.last >= from {
                if let found { return (found, Int(session)) }
                found = Int(session)
            }
            session = candidate.next
        }
        return (found, nil)
    }

    /// A session of one event, whose values are still to be added.
    func insert(_ key: UInt64, time: Int64, opened: Int64) -> Int {
        let place = takePlace()
        let generation = place < used ? sessions[place].generation &+ 1 : 0
        used = max(used, place + 1)
        let row = row(place)
        row.update(repeating: 0, count: stride)
        row[0] = key
        let next = heads[key]
        (sessions + place).initialize(
            to: Session(start: time, last: time, next: next, generation: generation, opened: opened))
        count += 1
        heads[key] = Int32(place)
        return place
    }

    func takePlace() -> Int {
        if free >= 0 {
            let place = Int(free)
            free = sessions[place].next
            return place
        }
        if used == capacity { grow() }
        return used
    }

    private func grow() {
        let (oldBase, oldSessions) = (base, sessions)
        base = .allocate(capacity: capacity * 2 * stride)
        base.update(from: oldBase, count: used * stride)
        sessions = .allocate(capacity: capacity * 2)
        sessions.update(from: oldSessions, count: used)
        oldBase.deallocate()
        oldSessions.deallocate()
        capacity *= 2
    }

    func remove(_ session: Int) {
        unlink(session)
        count -= 1
        layout.releaseObjects(row(session))
        row(session)[1] = 0
        sessions[session].generation &+= 1
        sessions[session].next = free
        free = Int32(session)
    }

    private func unlink(_ session: Int) {
        let key = row(session)[0]
        var before = heads[key]
        if before == session {
            heads[key] = sessions[session].next
        } else {
            while sessions[Int(before)].next != session { before = sessions[Int(before)].next }
            sessions[Int(before)].next = sessions[session].next
        }
    }
}
