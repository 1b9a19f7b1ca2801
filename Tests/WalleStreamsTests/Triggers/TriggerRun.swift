import Testing

@testable import WalleStreams

/// Runs an index on small events and compares it with every condition alone in the naive matcher.
final class TriggerRun: PredicateSource {
    static let schema = EventSchema(attributes: [
        .init("x", .int), .init("y", .text), .init("z", .float), .init("key", .int),
    ])
    let texts = TextDictionary()
    let index: TriggerIndex
    var matches = TriggerMatches()
    private var builder: EventBatchBuilder

    init(_ limits: TriggerIndex.Limits = .init()) {
        index = TriggerIndex(schema: Self.schema, texts: texts, limits: limits)
        builder = EventBatchBuilder(schema: Self.schema, texts: texts)
    }

    /// The conditions on attributes that tests use, by their texts.
    static let expressions: [String: Expression] = [
        "x > 0": compare("x", .greater, .int(0)), "x >= 2": compare("x", .greaterOrEqual, .int(2)),
        "1 > x": .binary(.greater, .literal(.int(1)), .name("x")), "x <= 1": compare("x", .lessOrEqual, .int(1)),
        "y": compare("y", .equal, .text("p")), "y <> 'q'": compare("y", .unequal, .text("q")),
        "z < 0.5": compare("z", .less, .float(0.5)), "z > -1": compare("z", .greater, .int(-1)),
        "x = 1 AND y = 'q'": .binary(.and, compare("x", .equal, .int(1)), compare("y", .equal, .text("q"))),
        "x = 1 AND odd": .binary(.and, compare("x", .equal, .int(1)), .name("odd")), "odd": .name("odd"),
    ]

    private static func compare(_ name: String, _ sign: BinaryOperator, _ value: EventValue) -> Expression {
        .binary(sign, .name(name), .literal(value))
    }

    static func pattern(_ text: String, within: Int64 = 100) throws -> EventPattern {
        try EventPattern.parse(text, within: within) { text throws(StreamError) in expressions[text] ?? .name(text) }
    }

    /// Only conditions on whether x is odd need this.
    func truth(of predicate: PatternPredicate, in batch: EventBatch) throws(StreamError) -> Column {
        #expect(predicate.text.hasSuffix("odd"), "the index tells the others by itself")
        let truth = Column(uninitialized: .bool, count: batch.count)
        for row in 0..<batch.count {
            let x = batch.attributes[0].isNull(row) ? 0 : batch.attributes[0].ints[row]
            truth.bools[row] = x % 2 != 0 && (predicate.text == "odd" || x == 1) ? 1 : 0
        }
        return truth
    }

    /// The attributes of an event are told by its truths: `x=1`, `y=p`, `z=0.5`.
    func take(_ events: [SmallEvent]) throws {
        for event in events {
            var attributes: [String: EventValue] = ["key": .int(event.key)]
            for truth in event.truths {
                let parts = truth.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].count == 1 else { continue }
                switch parts[0] {
                case "x": attributes["x"] = .int(Int64(parts[1]) ?? 0)
                case "y": attributes["y"] = .text(String(parts[1]))
                default: attributes["z"] = .float(Double(parts[1]) ?? 0)
                }
            }
            builder.append(Event(event.name, page: event.page, time: event.time, attributes: attributes))
        }
        let batch = builder.finish()
        try index.take(batch, keys: batch.column("key"), predicates: self, into: &matches)
    }

    /// Goes on behind events that another run has taken.
    func skip(_ events: Int) {
        builder = EventBatchBuilder(schema: Self.schema, texts: texts, offset: Int64(events))
    }

    /// The rows of the matches of each condition and key.
    var found: [[Int64]: [[Int64]]] {
        var found: [[Int64]: [[Int64]]] = [:]
        for match in 0..<matches.count {
            let owner = [Int64(matches.conditions[match]), matches.matches.keys[match]]
            found[owner, default: []].append(Array(matches.matches.rows[matches.matches.events(of: match)]))
        }
        return found
    }

    // MARK: Random cases

    static func event(_ time: Int64, _ random: inout SeededRandom) -> SmallEvent {
        var truths: Set<String> = []
        if random.chance(85) {
            let x = random.below(4)
            truths.insert("x=\(x)")
            if x > 0 { truths.insert("x > 0") }
            if x >= 2 { truths.insert("x >= 2") } else { truths.insert("x <= 1") }
            if x < 1 { truths.insert("1 > x") }
            if x % 2 != 0 { truths.insert("odd") }
            if x == 1 { truths.insert("x = 1 AND odd") }
        }
        if random.chance(85) {
            let y = random.chance(50) ? "p" : "q"
            truths.formUnion(["y=\(y)", y == "p" ? "y" : "none", y != "q" ? "y <> 'q'" : "none"])
            if y == "q", truths.contains("x=1") { truths.insert("x = 1 AND y = 'q'") }
        }
        let z = [0.25, 0.5, .nan, -2, -0.0].randomElement(using: &random)!
        truths.insert("z=\(z)")
        if z < 0.5 { truths.insert("z < 0.5") }
        if z > -1 { truths.insert("z > -1") }
        return SmallEvent(
            name: "abcd".map(String.init)[random.below(4)], page: [nil, "p", "q"][random.below(3)], time: time,
            truths: truths, key: Int64(random.below(3)))
    }

    static func condition(_ random: inout SeededRandom) -> EventPattern? {
        var pattern = RandomPattern.pattern(&random)
        if random.chance(75) { pattern = random.chance(70) ? chain(&random) : late(&random) ?? pattern }
        let texts = expressions.keys.sorted()
        let root = try? pattern.root.mapSteps { step throws(StreamError) in
            var step = step
            if step.predicate != nil { step.predicate = PatternPredicate(texts[random.below(texts.count)]) }
            return step
        }
        pattern.root = root ?? pattern.root
        // Every match is exponentially many.
        if pattern.skip == .none { pattern.skip = .toNextRow }
        return try? pattern.readingPredicates { text throws(StreamError) in expressions[text] ?? .name(text) }
    }

    /// What begins with an event that is kept until another comes.
    private static func late(_ random: inout SeededRandom) -> EventPattern? {
        let texts = [
            "a+ b (not c)", "a[p] b? c", "a{1,3} not d b+? c", "a (b c | c d)", "(a b)? a b (not d)", "a+? (b | c d)",
            "a@p+ b* d",
            "x:a ~> b ~> c", "a* (a b)",
        ]
        let skip = [MatchSkip.pastLastRow, .toNextRow, .toLast("a")][random.below(3)]
        guard let root = try? PatternParser.parse(texts[random.below(texts.count)]) else { return nil }
        let pattern = EventPattern(root, skip: skip, within: Int64(1 + random.below(30)))
        return (try? pattern.validate()) == nil ? nil : pattern
    }

    private static func chain(_ random: inout SeededRandom) -> EventPattern {
        let elements = (0..<(2 + random.below(3))).map { _ -> PatternElement in
            let kind = random.below(10)
            if kind < 5 { return .step(RandomPattern.step(&random)) }
            if kind < 8 { return optional(&random) }
            return .choice([.step(RandomPattern.step(&random)), .step(RandomPattern.step(&random))])
        }
        var all = elements
        if random.chance(25) {
            all.insert(
                .not([PatternStep(.exactly("abcd".map(String.init)[random.below(4)]))]),
                at: 1 + random.below(elements.count - 1))
        }
        let root = PatternElement.sequence(all, gaps: Array(repeating: nil, count: all.count - 1))
        let pattern = EventPattern(random.chance(10) ? elements[0] : root, within: Int64(1 + random.below(30)))
        return (try? pattern.validate()) == nil ? chain(&random) : pattern
    }

    /// What may be left out, or comes again.
    private static func optional(_ random: inout SeededRandom) -> PatternElement {
        let names = (0..<(random.chance(80) ? 1 : 2)).map { _ in "abcd".map(String.init)[random.below(4)] }
        let steps = names.map { name in
            var step = PatternStep(.exactly(name), predicate: random.chance(20) ? PatternPredicate("y") : nil)
            if random.chance(20) { step.label = "u" }
            return PatternElement.step(step)
        }
        let least = random.below(3)
        return .repeated(
            steps.count == 1 ? steps[0] : .choice(steps),
            PatternQuantifier(
                least, random.chance(30) ? nil : max(1, least + random.below(3)), isReluctant: random.chance(30)))
    }

    static func check(_ seed: UInt64, conditions count: Int, events: Int) throws {
        var random = SeededRandom(seed)
        let run = TriggerRun()
        var (taken, time): ([SmallEvent], Int64) = ([], 0)
        var living: [(id: Int, pattern: EventPattern, from: Int)] = []
        var ended: [(id: Int, pattern: EventPattern, from: Int, to: Int)] = []
        var next = 0
        while taken.count < events {
            for _ in 0..<(taken.isEmpty ? count : random.below(3)) {
                guard let pattern = condition(&random), (try? run.index.add(pattern, id: next)) != nil else { continue }
                living.append((next, pattern, taken.count))
                next += 1
            }
            if !taken.isEmpty, random.chance(40), let gone = living.indices.randomElement(using: &random) {
                let (id, pattern, from) = living.remove(at: gone)
                #expect(run.index.remove(id: id))
                ended.append((id, pattern, from, taken.count))
            }
            let some = (0..<(1 + random.below(12))).map { _ in
                time += random.chance(40) ? 0 : Int64(random.below(4))
                return event(time, &random)
            }
            try run.take(some)
            taken += some
        }
        run.index.advance(watermark: .max, into: &run.matches)
        ended += living.map { ($0.id, $0.pattern, $0.from, -1) }
        for (id, pattern, from, to) in ended { run.compare(seed, id, pattern, from, to, taken) }
    }

    /// Compares what was found for a condition with what the naive matcher finds for it alone.
    ///
    /// - Parameter to: How many events had come when it was removed; −1 when it was not.
    func compare(
        _ seed: UInt64, _ id: Int, _ pattern: EventPattern, _ from: Int, _ to: Int, _ taken: [SmallEvent]
    ) {
        let events = Array(taken[from..<(to < 0 ? taken.count : to)])
        var expected: [Int64: [SmallMatch]] = [:]
        for key in Set(events.map(\.key)) {
            let rows = events.indices.filter { events[$0].key == key }
            var naive = NaiveMatcher(pattern: pattern, events: rows.map { events[$0] })
            // What is removed is not told the end of time.
            if to >= 0 { naive.end = .min }
            let found = naive.matches().map {
                SmallMatch(rows: $0.rows.map { from + rows[$0] }, variables: $0.variables)
            }
            if !found.isEmpty { expected[key] = found }
        }
        var found: [Int64: [SmallMatch]] = [:]
        for match in 0..<matches.count where matches.conditions[match] == id {
            let events = matches.matches.events(of: match)
            let names = matches.matches.variables[events].map(Int.init)
            found[matches.matches.keys[match], default: []].append(
                SmallMatch(
                    rows: matches.matches.rows[events].map(Int.init),
                    variables: to < 0 ? names.map { index.variables(of: id)[$0] } : []))
        }
        guard to < 0 else {
            // A removed condition may have been waiting for what the naive matcher knows at the end.
            let known = Set(expected.values.joined().map(\.rows))
            #expect(
                found.values.joined().allSatisfy { known.contains($0.rows) || TriggerChain(pattern) == nil },
                "seed \(seed)")
            #expect(
                TriggerChain(pattern) == nil || found.mapValues(\.count) == expected.mapValues(\.count), "seed \(seed)")
            return
        }
        #expect(
            found == expected,
            "seed \(seed): \(pattern.text), \(pattern.contiguity), \(pattern.skip), \(pattern.within)")
    }
}
