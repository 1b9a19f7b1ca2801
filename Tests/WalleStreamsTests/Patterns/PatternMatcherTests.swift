import Testing

@testable import WalleStreams

@Suite struct PatternMatcherTests {
    /// Pattern, contiguity, skip, events with their times one apart, matches.
    @Test(arguments: [
        ("a b", Contiguity.relaxed, MatchSkip.pastLastRow, "acab", "0a 3b"),
        ("a b", .relaxed, .toNextRow, "acab", "0a 3b, 2a 3b"),
        ("a b", .strict, .pastLastRow, "acab", "2a 3b"),
        ("a b", .any, .none, "abb", "0a 1b, 0a 2b"),
        ("a b", .relaxed, .none, "abb", "0a 1b"),
        ("a+ b", .relaxed, .pastLastRow, "acaabb", "0a 2a 3a 4b"),
        ("a+? any", .strict, .pastLastRow, "aaa", "0a 1any"),
        ("a+ any", .strict, .pastLastRow, "aab", "0a 1a 2any"),
        ("a (b | c)", .relaxed, .pastLastRow, "acb", "0a 1c"),
        ("a b? c", .relaxed, .pastLastRow, "abcac", "0a 1b 2c, 3a 4c"),
        ("a not b c", .relaxed, .pastLastRow, "abcac", "3a 4c"),
        ("a (not b)", .relaxed, .pastLastRow, "aba", "2a"),
        ("a{2,3}", .strict, .pastLastRow, "aaaaac", "0a 1a 2a, 3a 4a"),
        ("a b c", .strict, .toLast("b"), "abcbc", "0a 1b 2c"),
        ("x:a y:a+ b", .strict, .toFirst("y"), "aaab", "0x 1y 2y 3b, 1x 2y 3b"),
        ("a . b c", .relaxed, .pastLastRow, "aabac", "1a 2b 4c"),
        ("a ~> b . c", .relaxed, .pastLastRow, "ababc", "0a 3b 4c"),
    ])
    func findsWhatIsMeant(
        text: String, contiguity: Contiguity, skip: MatchSkip, names: String, expected: String
    ) throws {
        let pattern = try EventPattern.parse(text, contiguity: contiguity, skip: skip, within: 100) { .name($0) }
        let events = names.enumerated().map { SmallEvent(name: String($1), time: Int64($0)) }
        let naive = NaiveMatcher(pattern: pattern, events: events).matches()
        #expect(naive.map(\.description).joined(separator: ", ") == expected)
        let found = try SmallRun(pattern).run(events)
        #expect((found[0] ?? []).map(\.description).joined(separator: ", ") == expected)
    }

    @Test func agreesWithTheDefinition() throws {
        for seed in 0..<SmallRun.cases as Range<UInt64> { try SmallRun.check(seed) }
    }

    @Test func findsTheSameHoweverTimeIsTold() throws {
        for seed in 0..<100 as Range<UInt64> {
            var random = SeededRandom(seed)
            let pattern = RandomPattern.pattern(&random)
            let events = SmallRun.events(30, keys: 4, &random)
            guard let whole = try? SmallRun(pattern), let cut = try? SmallRun(pattern) else { continue }
            _ = try whole.run(events)
            for event in events {
                cut.matcher.advance(watermark: event.time - Int64(random.below(3)), into: &cut.matches)
                cut.take([event])
            }
            cut.matcher.advance(watermark: .max, into: &cut.matches)
            #expect(whole.matches.rows == cut.matches.rows && whole.matches.times == cut.matches.times, "seed \(seed)")
        }
    }

    @Test func looksAtBatches() throws {
        let schema = EventSchema(attributes: [.init("price", .int), .init("user", .int)])
        let texts = TextDictionary()
        let pattern = try EventPattern.parse("'view*'@'/shop/*' buy[price > 10]", within: 10) { .name($0) }
        let program = try PatternProgram(pattern)
        let (matcher, tests) = (PatternMatcher(program), PatternTests(program))
        var builder = EventBatchBuilder(schema: schema, texts: texts)
        var matches = PatternMatches()
        for round in 0..<3 as Range<Int64> {
            for (index, (name, page, price)) in [
                ("view", "/shop/\(round)", 0), ("viewed", nil, 0), ("buy", "/shop/1", 10), ("buy", nil, 11),
            ].enumerated() {
                builder.append(
                    Event(
                        name, page: page, time: round * 100 + Int64(index),
                        attributes: ["price": .int(Int64(price)), "user": .int(round)]))
            }
            let batch = builder.finish()
            try matcher.take(
                batch, keys: batch.column("user"), tests: tests, predicates: PriceAboveTen(), into: &matches)
        }
        #expect(matches.rows == [0, 3, 4, 7, 8, 11] && matches.keys == [0, 1, 2])
        #expect(program.variables == ["view*", "buy"] && matches.variables == [0, 1, 0, 1, 0, 1])
    }

    private struct PriceAboveTen: PredicateSource {
        func truth(of predicate: PatternPredicate, in batch: EventBatch) throws(StreamError) -> Column {
            let truth = Column(uninitialized: .bool, count: batch.count)
            for row in 0..<batch.count { truth.bools[row] = batch.attributes[0].ints[row] > 10 ? 1 : 0 }
            return truth
        }
    }

    @Test func holdsNothingInTheEnd() throws {
        let pattern = try EventPattern.parse("(a b* | c){1,3} a (not b)", within: 5) { .name($0) }
        let run = try SmallRun(pattern)
        var random = SeededRandom(7)
        _ = try run.run(SmallRun.events(200, keys: 5, &random))
        #expect(run.matcher.partialCount == 0 && run.matcher.keyCount == 0 && run.matcher.takings.count == 0)
    }

    @Test func dropsTheOldestWhereThereAreTooMany() throws {
        let pattern = try EventPattern.parse("a b", skip: .toNextRow, within: 1000) { .name($0) }
        let run = try SmallRun(pattern, limits: .init(perKey: 6))
        let events = "aaaaaaab".enumerated().map { SmallEvent(name: String($1), time: Int64($0)) }
        let found = try run.run(events)
        #expect(found[0]?.map { $0.rows[0] } == [4, 5, 6])
        #expect(run.matcher.counters.dropped == 4 && run.matcher.counters.matches == 3)
        let total = try SmallRun(pattern, limits: .init(total: 6))
        let spread = events.enumerated().map { SmallEvent(name: $1.name, time: $1.time, key: Int64($0 % 4 % 3)) }
        #expect(try total.run(spread)[0]?.map { $0.rows[0] } == [4])
        #expect(total.matcher.counters.dropped == 4)
    }

    @Test func tellsWhenAMatchWasCertain() throws {
        let pattern = try EventPattern.parse("a not b", within: 10) { .name($0) }
        let run = try SmallRun(pattern)
        run.take([SmallEvent(name: "a", time: 5), SmallEvent(name: "c", time: 15)])
        #expect(run.matches.isEmpty)
        run.matcher.advance(watermark: 15, into: &run.matches)
        #expect(run.matches.isEmpty, "an event at 15 may still come")
        run.matcher.advance(watermark: 16, into: &run.matches)
        #expect(run.matches.times == [15] && run.matches.rows == [0])
    }

    @Test func takesEventsOutOfOrderAsLate() throws {
        let run = try SmallRun(try EventPattern.parse("a b", within: 10) { .name($0) })
        let found = try run.run([SmallEvent(name: "a", time: 5), SmallEvent(name: "b", time: 1)])
        #expect(found[0]?.count == 1 && run.matcher.counters.disordered == 1)
    }

    @Test func goesOnFromItsState() throws {
        for seed in 0..<150 as Range<UInt64> {
            var random = SeededRandom(seed)
            let pattern = RandomPattern.pattern(&random)
            let events = SmallRun.events(24, keys: 3, &random)
            guard let whole = try? SmallRun(pattern), let first = try? SmallRun(pattern) else { continue }
            _ = try whole.run(events)
            var (run, from) = (first, 0)
            var (rows, times, eventTimes): ([Int64], [Int64], [Int64]) = ([], [], [])
            while from < events.count {
                let end = min(events.count, from + 1 + random.below(12))
                run.take(Array(events[from..<end]))
                from = end
                if from == events.count { run.matcher.advance(watermark: .max, into: &run.matches) }
                rows += run.matches.rows
                times += run.matches.times
                eventTimes += run.matches.eventTimes
                if from < events.count { run = try run.restored() }
            }
            #expect(whole.matches.rows == rows && whole.matches.times == times, "seed \(seed)")
            #expect(whole.matches.eventTimes == eventTimes && eventTimes == rows.map { events[Int($0)].time })
            #expect(whole.matcher.counters == run.matcher.counters && run.matcher.takings.count == 0)
        }
    }

    @Test func refusesStateThatIsNotItsOwn() throws {
        let run = try SmallRun(try EventPattern.parse("a+ b (not c)", within: 50) { .name($0) })
        var random = SeededRandom(3)
        run.take(SmallRun.events(20, keys: 2, &random))
        var saved = SavedBlocks()
        saved.apply(StateRecorder().record { run.matcher.record($0) })
        let other = try PatternProgram(EventPattern.parse("a b", within: 50) { .name($0) })
        #expect(throws: StreamError.self) { try PatternMatcher(other).restore(try saved.state()) }
        for _ in 0..<300 {
            let matcher = PatternMatcher(run.program)
            guard (try? matcher.restore(try SavedState(saved.forged(&random)))) != nil else { continue }
            var matches = PatternMatches()
            matcher.advance(watermark: .max, into: &matches)
            #expect(matcher.partialCount == 0, "what is read is whole")
        }
    }

    @Test func savesOnlyKeysThatChanged() throws {
        let run = try SmallRun(try EventPattern.parse("a b", within: 5000) { .name($0) })
        run.take((0..<1000).map { SmallEvent(name: "a", time: 1, key: $0) })
        let recorder = StateRecorder()
        #expect(recorder.record { run.matcher.record($0) }.written.count > 10)
        recorder.commit()
        #expect(recorder.record { run.matcher.record($0) }.written.isEmpty)
        recorder.commit()
        run.take([SmallEvent(name: "b", time: 2, key: 7)])
        #expect(recorder.record { run.matcher.record($0) }.written.map(\.item.kind) == [.matcher, .partials])
    }

    @Test func readsConditionsAsExpressions() throws {
        let schema = EventSchema(attributes: [.init("price", .float), .init("shop", .text)])
        let pattern = try EventPattern.parse("a[price * 2 > 10 AND shop LIKE 'x%'] b", within: 9, schema: schema)
        let program = try PatternProgram(pattern)
        var builder = EventBatchBuilder(schema: schema, texts: TextDictionary())
        for (price, shop) in [(6.0, "y"), (5, "x"), (6, "xy")] {
            builder.append(Event("a", time: 0, attributes: ["price": .float(price), "shop": .text(shop)]))
        }
        builder.append(Event("b", time: 1))
        var matches = PatternMatches()
        try PatternMatcher(program).take(
            builder.finish(), keys: nil, tests: PatternTests(program), predicates: PredicateColumns(schema),
            into: &matches)
        #expect(matches.rows == [2, 3])
        #expect(throws: StreamError.self) { try EventPattern.parse("a[cost > 1]", within: 9, schema: schema) }
        #expect(throws: StreamError.self) { try EventPattern.parse("a[price]", within: 9, schema: schema) }
    }

    @Test(arguments: [
        ("a{1000} b{1000} c{1000} a{1000} b{1000}", "steps"),
        ("b" + String(repeating: " a?", count: 70), "may come next"),
        ((0..<70).map { "e\($0)" }.joined(separator: " "), "different steps"),
        ("((((a?)*)*)*)*" + String(repeating: " (a? b?)*", count: 40) + " c", "may come next"),
    ])
    func refusesWhatIsTooLarge(text: String, what: String) {
        #expect {
            try PatternProgram(EventPattern.parse(text, within: 1) { .name($0) })
        } throws: { error in
            (error as? StreamError)?.description.contains(what) ?? false
        }
    }
}
