import Testing

@testable import WalleStreams

/// Runs a matcher on small events and compares it with the naive one.
final class SmallRun {
    let program: PatternProgram
    let matcher: PatternMatcher
    var matches = PatternMatches()
    private var row: Int64 = 0
    private var recorder = StateRecorder()
    private(set) var saved = SavedBlocks()

    static let cases: UInt64 = 1500

    init(_ pattern: EventPattern, limits: PatternMatcher.Limits = .init()) throws {
        program = try PatternProgram(pattern)
        matcher = PatternMatcher(program, limits: limits)
    }

    /// A run that goes on from this one's state, with no matches yet.
    func restored() throws -> SmallRun {
        saved.apply(recorder.record { matcher.record($0) })
        recorder.commit()
        let other = try SmallRun(program.pattern)
        (other.recorder, other.saved) = (StateRecorder(try saved.state()), saved)
        try other.matcher.restore(try saved.state())
        other.row = row
        return other
    }

    func take(_ events: [SmallEvent]) {
        for event in events {
            var accepted: UInt64 = 0
            for (index, test) in program.tests.enumerated() {
                let predicate = test.predicate.map { program.predicates[$0] }
                let step = PatternStep(test.event, page: test.page, predicate: predicate)
                if event.passes(step) { accepted |= 1 << UInt64(index) }
            }
            matcher.take(key: event.key, time: event.time, row: row, accepted: accepted, into: &matches)
            row += 1
        }
    }

    /// The matches of every key, after the end of time.
    func run(_ events: [SmallEvent]) throws -> [Int64: [SmallMatch]] {
        take(events)
        matcher.advance(watermark: .max, into: &matches)
        return found
    }

    var found: [Int64: [SmallMatch]] {
        var found: [Int64: [SmallMatch]] = [:]
        for match in 0..<matches.count {
            let events = matches.events(of: match)
            found[matches.keys[match], default: []].append(
                SmallMatch(
                    rows: matches.rows[events].map(Int.init),
                    variables: matches.variables[events].map { program.variables[Int($0)] }))
        }
        return found
    }

    static func events(_ count: Int, keys: Int, _ random: inout SeededRandom) -> [SmallEvent] {
        var time: Int64 = 0
        return (0..<count).map { _ in
            time += random.chance(40) ? 0 : Int64(random.below(3))
            return SmallEvent(
                name: "abcd".map(String.init)[random.below(4)], page: [nil, "p", "q"][random.below(3)], time: time,
                truths: Set(["x > 0", "y"].filter { _ in random.chance(50) }), key: Int64(random.below(keys)))
        }
    }

    /// What the naive matcher finds, with rows counted in all events.
    static func expected(_ pattern: EventPattern, _ events: [SmallEvent]) -> [Int64: [SmallMatch]] {
        var expected: [Int64: [SmallMatch]] = [:]
        for key in Set(events.map(\.key)) {
            let rows = events.indices.filter { events[$0].key == key }
            let found = NaiveMatcher(pattern: pattern, events: rows.map { events[$0] }).matches()
            if found.isEmpty { continue }
            expected[key] = found.map { SmallMatch(rows: $0.rows.map { rows[$0] }, variables: $0.variables) }
        }
        return expected
    }

    static func check(_ seed: UInt64) throws {
        var random = SeededRandom(seed)
        let pattern = RandomPattern.pattern(&random)
        // Every match is exponentially many, in both matchers.
        let events = events(4 + random.below(pattern.skip == .none ? 4 : 9), keys: 1 + random.below(2), &random)
        guard let run = try? SmallRun(pattern) else { return }
        let found = try run.run(events).mapValues(Set.init)
        let expected = expected(pattern, events)
        let isInOrder = pattern.skip == .none || run.found == expected
        #expect(
            found == expected.mapValues(Set.init) && isInOrder,
            """
            seed \(seed): \(pattern.text), \(pattern.contiguity), \(pattern.skip), within \(pattern.within), \
            \(events.map { "\($0.name)\($0.page ?? "")@\($0.time)/\($0.key)\($0.truths.sorted())" })
            """)
        #expect(run.matcher.partialCount == 0 && run.matcher.takings.count == 0, "seed \(seed)")
    }
}
