import Testing

@testable import WalleStreams

@Suite struct TriggerIndexTests {
    @Test func agreesWithEveryConditionAlone() throws {
        for seed in 0..<40 as Range<UInt64> { try TriggerRun.check(seed, conditions: 25, events: 60) }
    }

    /// So many end with one name that they are looked for by what is in the log, and some with a name of their own.
    @Test func agreesWhereManyEndAlike() throws {
        for seed in 0..<3 as Range<UInt64> {
            var random = SeededRandom(seed)
            let names = (0..<12).map { "n\($0)" }
            let patterns = try (0..<300).map { id in
                let before = (0..<(1 + random.below(3))).map { _ in names[random.below(12)] }
                return try TriggerRun.pattern(
                    (before + [id % 10 == 0 ? names[id % 12] : "z"]).joined(separator: " "),
                    within: Int64(5 + random.below(60)))
            }
            try compare(seed, patterns) { _ in
                SmallEvent(name: random.chance(30) ? "z" : names[random.below(12)], time: 0, key: 0)
            }
        }
    }

    /// So many comparisons of one name that they are looked up, and so few that they are not; literals that no value reaches.
    @Test(arguments: [3, 40]) func agreesWhereManyCompare(count: Int) throws {
        var random = SeededRandom(UInt64(count))
        let relations: [(String, BinaryOperator)] = [
            ("<", .less), ("<=", .lessOrEqual), (">", .greater), ("=", .equal),
        ]
        var patterns: [EventPattern] = []
        for index in 0..<count {
            let bound = index < 2 ? [Int64.min, .max][index] : Int64(index % 7)
            for (sign, relation) in relations {
                var step = PatternStep(.exactly("a"))
                step.predicate = PatternPredicate(
                    "x \(sign) \(bound)", .binary(relation, .name("x"), .literal(.int(bound))))
                patterns.append(
                    EventPattern(.sequence([.step(step), .step(PatternStep(.exactly("b")))], gaps: [nil]), within: 9))
            }
        }
        try compare(UInt64(count), patterns) { _ in
            let x = random.chance(20) ? nil : [Int64.min, .max, Int64(random.below(7))][random.below(3)]
            let truths = x.map { x in
                Set(patterns.compactMap { Self.isTrue($0, x) }).union(["x=\(x)"])
            }
            return SmallEvent(name: random.chance(50) ? "a" : "b", time: 0, truths: truths ?? [], key: 0)
        }
    }

    private static func isTrue(_ pattern: EventPattern, _ x: Int64) -> String? {
        guard let predicate = pattern.root.takingSteps.first?.predicate,
            case .binary(let relation, _, .literal(.int(let bound)))? = predicate.expression
        else { return nil }
        let isTrue =
            switch relation {
            case .less: x < bound
            case .lessOrEqual: x <= bound
            case .greater: x > bound
            default: x == bound
            }
        return isTrue ? predicate.text : nil
    }

    private func compare(_ seed: UInt64, _ patterns: [EventPattern], _ event: (Int) -> SmallEvent) throws {
        let run = TriggerRun()
        for (id, pattern) in patterns.enumerated() { try run.index.add(pattern, id: id) }
        let events = (0..<80).map { number in
            var event = event(number)
            (event.time, event.key) = (Int64(number / 2), Int64(number % 3 / 2))
            return event
        }
        for first in stride(from: 0, to: events.count, by: 37) {
            try run.take(Array(events[first..<min(first + 37, events.count)]))
        }
        for (id, pattern) in patterns.enumerated() { run.compare(seed, id, pattern, 0, -1, events) }
    }

    @Test func goesOnFromItsState() throws {
        for seed in 0..<15 as Range<UInt64> {
            var random = SeededRandom(seed)
            let (whole, first, second) = (TriggerRun(), TriggerRun(), TriggerRun())
            let patterns = (0..<25).compactMap { _ in TriggerRun.condition(&random) }
            for (id, pattern) in patterns.enumerated() {
                guard (try? whole.index.add(pattern, id: id)) != nil else { continue }
                try first.index.add(pattern, id: id)
            }
            for (id, pattern) in patterns.enumerated().reversed() { try? second.index.add(pattern, id: id) }
            let events = (0..<60).map { TriggerRun.event(Int64($0), &random) }
            let cut = random.below(60)
            let half = cut / 2
            try whole.take(events)
            var saved = SavedBlocks()
            let recorder = StateRecorder()
            try first.take(Array(events[..<half]))
            saved.apply(first.index.changes(recorder))
            recorder.commit()
            try first.take(Array(events[half..<cut]))
            saved.apply(first.index.changes(recorder))
            _ = try second.index.restore(try saved.state())
            second.skip(cut)
            try second.take(Array(events[cut...]))
            for run in [whole, second] { run.index.advance(watermark: .max, into: &run.matches) }
            #expect(whole.found == first.found.merging(second.found, uniquingKeysWith: +), "seed \(seed)")
            #expect(whole.index.counters == second.index.counters)
        }
    }

    @Test func refusesDamagedState() throws {
        let run = TriggerRun()
        var random = SeededRandom(5)
        for id in 0..<10 { try? run.index.add(TriggerRun.condition(&random) ?? TriggerRun.pattern("a b"), id: id) }
        try run.take((0..<40).map { TriggerRun.event(Int64($0), &random) })
        var saved = SavedBlocks()
        saved.apply(run.index.changes(StateRecorder()))
        for _ in 0..<100 {
            let other = TriggerRun()
            try other.index.add(TriggerRun.pattern("a b"), id: 0)
            guard (try? other.index.restore(try SavedState(saved.forged(&random)))) != nil else { continue }
            other.index.advance(watermark: .max, into: &other.matches)
        }
    }

    @Test func sharesSteps() throws {
        let run = TriggerRun()
        for (id, text) in ["a b c", "a b d", "a b", "a b[x > 0]* d", "c"].enumerated() {
            try run.index.add(TriggerRun.pattern(text), id: id)
        }
        #expect(run.index.stepCount == 5 && run.index.automatonCount == 0 && run.index.count == 5)
        try run.index.add(TriggerRun.pattern("a+ (b | c d)"), id: 9)
        #expect(run.index.automatonCount == 1 && run.index.stepCount == 5)
        for id in [0, 1, 2, 3, 4, 9] { #expect(run.index.remove(id: id)) }
        #expect(run.index.stepCount == 0 && run.index.automatonCount == 0 && !run.index.remove(id: 0))
        #expect(run.index.retention == 0 && run.index.predicates.allSatisfy { $0.uses == 0 })
    }

    @Test(arguments: [
        ("a", true), ("a b (c | 'd*') @x any", true), ("a -> b", true), ("a ~> b", false), ("(a b) c", true),
        ("a not b", false), ("a not b c", true), ("a not (b | c) not d c", true), ("a not b c? d", false),
        ("a (b c | d)", false), ("a . b", false), ("(a -> b) . c", false),
        // What need not come is waited for at the end, and must not be mistaken for what comes next.
        ("a b?", false), ("a b??", true), ("a+? b", true), ("a b+", false), ("a b? c", true), ("a b? c{2,3} d", true),
        ("a? b", false), ("a b* b", false), ("a b? any", false), ("a (b | c)* d{2}", true), ("a b? b?? c", false),
        ("a (b c)? d", false), ("a b{3}", true), ("a b{0,70} c", true), ("a b{70}", false),
    ])
    func knowsAChain(text: String, isChain: Bool) throws {
        #expect(try (TriggerChain(TriggerRun.pattern(text)) != nil) == isChain)
    }

    @Test func keepsOnlyWhatIsOfAccount() throws {
        let run = TriggerRun()
        try run.index.add(TriggerRun.pattern("a b c"), id: 0)
        run.index.notesRows = true
        let names = ["b", "c", "a", "c", "b", "b", "d", "b", "c", "c", "b"]
        try run.take(names.enumerated().map { SmallEvent(name: $1, time: Int64($0)) })
        #expect(run.matches.matches.rows == [2, 4, 8] && run.index.notedRows == [2, 4, 8])
    }

    @Test func forgetsKeysThatAreOutOfDate() throws {
        let run = TriggerRun()
        try run.index.add(TriggerRun.pattern("a b", within: 10), id: 0)
        for key in 0..<2000 as Range<Int64> { try run.take([SmallEvent(name: "a", time: key, key: key)]) }
        #expect(run.index.keyCount < 60)
    }

    @Test func dropsWhatIsTooMuch() throws {
        var limits = TriggerIndex.Limits()
        (limits.entriesPerKey, limits.keys) = (8, 4)
        let run = TriggerRun(limits)
        try run.index.add(TriggerRun.pattern("a b", within: 1000), id: 0)
        for time in 0..<20 as Range<Int64> { try run.take([SmallEvent(name: "a", time: time)]) }
        try run.take([SmallEvent(name: "b", time: 20)])
        #expect(run.index.counters.dropped == 12 && run.matches.matches.rows == [12, 20])
        for key in 1...9 as ClosedRange<Int64> { try run.take([SmallEvent(name: "a", time: 30, key: key)]) }
        #expect(run.index.keyCount <= 4 && run.index.counters.droppedKeys == 6)
    }

    @Test func refusesMoreConditionsThanMayBe() throws {
        var limits = TriggerIndex.Limits()
        limits.conditions = 1
        let run = TriggerRun(limits)
        try run.index.add(TriggerRun.pattern("a"), id: 0)
        #expect(throws: StreamError.self) { try run.index.add(TriggerRun.pattern("b"), id: 1) }
        #expect(throws: StreamError.self) { try run.index.add(TriggerRun.pattern("a", within: 0), id: 1) }
    }
}
