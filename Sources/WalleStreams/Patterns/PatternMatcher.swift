/// Finds the matches of one pattern in the events of every key, as they come.
///
/// Partial matches live in pools: a *start* for the first event of each, under it *threads*, one a state it may be in, the
/// preferred first (Pike's order, so that of two threads in one state the second can go), and *takings*, the events taken,
/// which threads share from their last event back to the first (the shared buffer of SASE+). A start waits until it has no
/// thread that is preferred to what it found; the starts of a key report in the order of their events.
///
/// Events come in the order of their times. An event or a watermark later than `within` after a start ends it. The result is
/// the same however events are cut into batches and however often the watermark is told.
///
/// A matcher belongs to one thread at a time.
package final class PatternMatcher: @unchecked Sendable {
    // What guards the state: a stream hands its matcher on only together with itself.

    package let program: PatternProgram
    package let limits: Limits
    @exclusivity(unchecked) package internal(set) var counters = Counters()
    @exclusivity(unchecked) var keys = KeyTable()
    @exclusivity(unchecked) var slots = Pool<Slot>()
    @exclusivity(unchecked) var starts = Pool<Start>()
    @exclusivity(unchecked) var threads = Pool<Thread>()
    @exclusivity(unchecked) var takings = Pool<Taking>()
    /// The starts of all keys in the order in which they end; −1 is none.
    @exclusivity(unchecked) var oldest: Int32 = -1
    @exclusivity(unchecked) var youngest: Int32 = -1
    /// Events that were looked at.
    @exclusivity(unchecked) var sequence: Int64 = 0
    /// The latest time of an event or a watermark.
    @exclusivity(unchecked) var now = Int64.min
    /// Of `now`; a start that ends before it is at an end.
    @exclusivity(unchecked) var nextDeadline = Int64.max
    /// Partial matches, since they were last recorded for saving.
    @exclusivity(unchecked) var isChanged = true
    /// The blocks that they are saved in.
    @exclusivity(unchecked) var blocks = KeyBlocks()
    let states: UnsafeMutablePointer<PatternProgram.State>
    let moves: UnsafeMutablePointer<PatternProgram.Move>
    /// Every match is wanted, not the preferred.
    let takesAll: Bool
    let skip: Skip
    /// Tests of events that begin a match.
    private let beginning: UInt64

    /// How much is kept.
    package struct Limits: Hashable, Sendable {
        /// Starts and threads of one key; beyond, its oldest starts go.
        package var perKey = 10_000
        /// Starts and threads of all keys; beyond, the oldest starts go. A hundred bytes or so each.
        package var total = 4_000_000
        /// Keys with a start; beyond, the oldest starts go until so many keys are left.
        package var keys = Int.max

        package init(perKey: Int = 10_000, total: Int = 4_000_000, keys: Int = .max) {
            self.perKey = perKey
            self.total = total
            self.keys = keys
        }
    }

    package struct Counters: Hashable, Sendable {
        package var matches = 0
        /// Starts that a limit dropped: matches may be missing.
        package var dropped = 0
        /// Events earlier than one before them, which were taken to be as late as that.
        package var disordered = 0
    }

    struct Slot {
        var key: Int64
        var first: Int32 = -1
        var last: Int32 = -1
        /// Starts and threads.
        var held: Int32 = 0
        /// Tests that one of its threads at least is interested in.
        var interest: UInt64 = 0
    }

    struct Start {
        var sequence: Int64
        /// The last moment of an event of the match.
        var deadline: Int64
        var slot: Int32
        /// The preferred thread.
        var thread: Int32 = -1
        /// The last taking of a match, to which all threads are preferred; −1 for none.
        var candidate: Int32 = -1
        /// Of the same key.
        var before: Int32
        var behind: Int32 = -1
        /// Of all keys.
        var older: Int32
        var younger: Int32 = -1
    }

    struct Thread {
        /// The moves that are still possible.
        var moves: UInt64
        var taking: Int32
        /// The one less preferred.
        var next: Int32 = -1
        var state: UInt16
    }

    struct Taking {
        var sequence: Int64
        var row: Int64
        var time: Int64
        var before: Int32
        /// Threads, candidates and takings that refer to it.
        var references: Int32
        var variable: UInt16
    }

    /// `MatchSkip` with variables as numbers.
    enum Skip {
        case nothing, pastLastRow, toNextRow
        case toFirst(UInt16)
        case toLast(UInt16)
    }

    package init(_ program: PatternProgram, limits: Limits = Limits()) {
        self.program = program
        self.limits = limits
        states = .allocate(capacity: program.states.count)
        states.initialize(from: program.states, count: program.states.count)
        moves = .allocate(capacity: max(program.moves.count, 1))
        moves.initialize(from: program.moves, count: program.moves.count)
        takesAll = program.pattern.skip == .none
        skip = Self.skip(program)
        beginning = program.states[0].interest
    }

    deinit {
        states.deallocate()
        moves.deallocate()
    }

    private static func skip(_ program: PatternProgram) -> Skip {
        func variable(_ name: String) -> UInt16 { UInt16(program.variables.firstIndex(of: name) ?? 0) }
        return switch program.pattern.skip {
        case .none: .nothing
        case .pastLastRow: .pastLastRow
        case .toNextRow: .toNextRow
        case .toFirst(let name): .toFirst(variable(name))
        case .toLast(let name): .toLast(variable(name))
        }
    }

    /// Starts and threads held.
    package var partialCount: Int { starts.count + threads.count }
    /// Keys with a partial match.
    package var keyCount: Int { keys.count }

    package var byteCount: Int {
        keys.byteCount + slots.byteCount + starts.byteCount + threads.byteCount + takings.byteCount
    }

    /// Looks at the next event.
    ///
    /// - Parameters:
    ///   - row: Its place in the stream.
    ///   - accepted: The tests of the program that it passes, a bit each.
    @inline(__always)
    package func take(key: Int64, time: Int64, row: Int64, accepted: UInt64, into matches: inout PatternMatches) {
        if time < now { counters.disordered += 1 } else { now = time }
        if nextDeadline < now { expire(into: &matches) }
        if accepted == 0, !program.hasStrictGaps { return }
        var slot = keys.value(of: key)
        if slot < 0 {
            guard accepted & beginning != 0 else { return }
            slot = slots.insert(Slot(key: key))
            keys.insert(key, slot)
        }
        take(slot, row: row, accepted: accepted, into: &matches)
    }

    /// Whether there is a partial match of a key.
    @inline(__always) func isAwake(_ key: Int64) -> Bool { keys.value(of: key) >= 0 }

    /// Looks at an event that came before others that have been looked at, but of its key is the next. One with which no
    /// match can be certain.
    func takeLate(key: Int64, time: Int64, row: Int64, accepted: UInt64, into matches: inout PatternMatches) {
        let latest = now
        now = time
        defer { now = latest }
        var slot = keys.value(of: key)
        if slot < 0 {
            slot = slots.insert(Slot(key: key))
            keys.insert(key, slot)
        }
        take(slot, row: row, accepted: accepted, into: &matches)
    }

    /// The same as if an event of another key came at `watermark`.
    package func advance(watermark: Int64, into matches: inout PatternMatches) {
        now = max(now, watermark)
        if nextDeadline < now { expire(into: &matches) }
    }

    private func take(_ slot: Int32, row: Int64, accepted: UInt64, into matches: inout PatternMatches) {
        sequence += 1
        isChanged = true
        let event = Taken(sequence: sequence, row: row, accepted: accepted, time: now)
        if slots[slot].interest & accepted != 0 || program.hasStrictGaps { advance(slot, event, into: &matches) }
        if accepted & beginning != 0 { begin(slot, event, into: &matches) }
        settle(slot, at: now, into: &matches)
        enforceLimits(slot, into: &matches)
    }
}
