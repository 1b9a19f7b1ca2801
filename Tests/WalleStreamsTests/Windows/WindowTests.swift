import Testing

@testable import WalleStreams

/// Every kind of window against its definition, on random events out of order, cut into batches at random.
@Suite struct WindowTests {
    static let functions: [AggregateFunction] = [
        .count, .sum, .mean, .variance, .standardDeviation, .min, .max, .first, .last, .lastFew(3), .distinct,
        .approximateDistinct, .top(2), .quantile(0.3),
    ]

    static let kinds: [WindowKind] = [
        .tumbling(size: 10, offset: 0), .tumbling(size: 7, offset: 3),
        .hopping(size: 20, slide: 10, offset: 0), .hopping(size: 60, slide: 5, offset: 2),
        .cumulating(size: 40, step: 10, offset: 0), .cumulating(size: 30, step: 5, offset: -4),
        .session(gap: 1), .session(gap: 12),
    ]

    @Test(arguments: kinds, [0, 9, 200] as [Int64])
    func givesWhatItsDefinitionSays(window: WindowKind, lateness: Int64) throws {
        for seed in 0..<3 as Range<UInt64> {
            var random = SeededRandom(seed &* 977 &+ UInt64(lateness))
            let delay = Int64.random(in: 0...20, using: &random)
            let events = Self.events(300, disorder: Int64.random(in: 0...40, using: &random), &random)
            let naive = NaiveWindows(window: window, delay: delay, lateness: lateness).rows(events)
            let (rows, late) = try Self.run(window, events, delay: delay, lateness: lateness, .final, &random)
            #expect(late == naive.late, "late of seed \(seed), \(window), delay \(delay)")
            // A session that an update widened leaves the row of its earlier bounds behind.
            let isWidened: Bool = if case .session = window { lateness > 0 } else { false }
            if !isWidened { #expect(Set(rows.keys) == Set(naive.rows.keys), "seed \(seed), \(window), delay \(delay)") }
            for (row, events) in naive.rows {
                guard let values = rows[row] else {
                    Issue.record("no row \(row), seed \(seed), \(window)")
                    continue
                }
                Self.compare(values, events, "\(row), seed \(seed), \(window), delay \(delay), lateness \(lateness)")
            }
        }
    }

    @Test(arguments: kinds)
    func retractsWhatItReplaces(window: WindowKind) throws {
        for seed in 0..<3 as Range<UInt64> {
            var random = SeededRandom(seed &+ 5000)
            let events = Self.events(200, disorder: 30, &random)
            let naive = NaiveWindows(window: window, delay: 3, lateness: 50).rows(events)
            // Every row that stands at the end was inserted once more than it was retracted.
            let (rows, late) = try Self.run(window, events, delay: 3, lateness: 50, .retractions, &random)
            #expect(late == naive.late)
            #expect(Set(rows.keys) == Set(naive.rows.keys), "seed \(seed), \(window)")
            for (row, events) in naive.rows {
                if let values = rows[row] { Self.compare(values, events, "\(row), seed \(seed), \(window)") }
            }
        }
    }

    @Test(arguments: [0, 1, 15, 1000] as [Int64])
    func looksBackFromEachEvent(size: Int64) throws {
        guard size > 0 else { return }
        for seed in 0..<3 as Range<UInt64> {
            var random = SeededRandom(seed &+ 99)
            let delay = Int64.random(in: 0...20, using: &random)
            let events = Self.events(300, disorder: 25, &random)
            var watermark = Int64.min
            var kept: [NaiveEvent] = []
            for event in events {
                if event.keeps, event.time >= watermark { kept.append(event) }
                watermark = max(watermark, event.time - delay)
            }
            let expected = kept.sorted { ($0.time, $0.row) < ($1.time, $1.row) }
            let (results, _) = try Self.results(.over(size: size), events, delay: delay, lateness: 0, .final, &random)
            let got = results.flatMap { result in result.keys.indices.map { (result, $0) } }
            try #require(got.count == expected.count)
            for (event, (result, index)) in zip(expected, got) {
                #expect(result.keys[index] == event.key && result.ends[index] == event.time)
                let span = kept.filter {
                    $0.key == event.key && $0.time <= event.time && $0.time >= event.time - size
                }
                Self.compare(Self.values(result, index), span, "event \(event), seed \(seed), size \(size)")
            }
        }
    }

    // MARK: how

    static func events(_ count: Int, disorder: Int64, _ random: inout SeededRandom) -> [NaiveEvent] {
        var time: Int64 = -50
        return (0..<count).map { row in
            time += Int64.random(in: 0...6, using: &random) / 4 * Int64.random(in: 0...8, using: &random)
            return NaiveEvent(
                time: time - (disorder > 0 ? Int64.random(in: 0...disorder, using: &random) : 0),
                key: .random(in: 0..<4, using: &random),
                value: Int.random(in: 0..<8, using: &random) == 0
                    ? nil : Double(Int.random(in: -40...40, using: &random)) / 4,
                keeps: Int.random(in: 0..<6, using: &random) > 0, row: row)
        }
    }

    static func results(
        _ window: WindowKind, _ events: [NaiveEvent], delay: Int64, lateness: Int64,
        _ emission: StreamDefinition.Emission, _ random: inout SeededRandom
    ) throws -> (results: [WindowResults], late: Int) {
        let shares = Bool.random(using: &random)
        let runner = try makeRunner(window, delay: delay, lateness: lateness, emission, shares: shares)
        var results: [WindowResults] = []
        var from = 0
        while from < events.count {
            let end = min(events.count, from + Int.random(in: 1...80, using: &random))
            results += runner.process(batch(events[from..<end]))
            from = end
        }
        results += runner.advance(to: .max)
        return (results, runner.lateCount)
    }

    static func makeRunner(
        _ window: WindowKind, delay: Int64, lateness: Int64, _ emission: StreamDefinition.Emission, shares: Bool = true
    ) throws -> WindowRunner {
        try WindowRunner(
            window, functions.map { ($0, .float) }, sources: shares ? functions.map { _ in 0 } : nil, delay: delay,
            lateness: lateness, emission: emission,
            texts: TextDictionary())
    }

    static func batch(_ events: ArraySlice<NaiveEvent>) -> WindowBatch {
        var times = ColumnBuilder(.time)
        var values = ColumnBuilder(.float)
        for event in events {
            times.append(int: event.time)
            if let value = event.value { values.append(float: value) } else { values.appendNull() }
        }
        let column = values.finish()
        var batch = WindowBatch(
            times: times.finish(), keys: events.map(\.key),
            kept: events.enumerated().filter(\.element.keeps).map { UInt32($0.offset) },
            values: functions.map { _ in column }, filters: functions.map { _ in nil },
            offset: Int64(events.first?.row ?? 0))
        batch.marks = events.map(\.mark)
        return batch
    }

    /// The rows that stand at the end.
    static func run(
        _ window: WindowKind, _ events: [NaiveEvent], delay: Int64, lateness: Int64,
        _ emission: StreamDefinition.Emission, _ random: inout SeededRandom
    ) throws -> (rows: [NaiveWindows.Row: [[EventValue]]], late: Int) {
        var rows: [NaiveWindows.Row: [[EventValue]]] = [:]
        let (results, late) = try results(window, events, delay: delay, lateness: lateness, emission, &random)
        for result in results {
            for index in result.keys.indices {
                let row = NaiveWindows.Row(
                    key: result.keys[index], start: result.starts[index], end: result.ends[index])
                switch result.change {
                case .insertion:
                    #expect(rows[row] == nil, "a row is inserted once: \(row) of \(window)")
                    rows[row] = values(result, index)
                case .update: rows[row] = values(result, index)
                case .retraction:
                    let given = try #require(rows[row], "what is retracted was given: \(row) of \(window)")
                    for (value, before) in zip(values(result, index), given) {
                        #expect(areEqual(value, before), "what is retracted was given: \(row) of \(window)")
                    }
                    rows[row] = nil
                }
            }
        }
        return (rows, late)
    }

    static func values(_ result: WindowResults, _ index: Int) -> [[EventValue]] {
        result.aggregates.map { column in
            switch column {
            case .values(let column): [column.value(at: index, texts: TextDictionary())]
            case .texts(let texts): [texts[index].map(EventValue.text) ?? .null]
            case .lists(let lists): lists[index]
            case .counted(let counted): counted[index].flatMap { [$0.value, .int($0.count)] }
            }
        }
    }

    static func compare(_ values: [[EventValue]], _ events: [NaiveEvent], _ place: String) {
        for (function, value) in zip(functions, values) {
            let expected = naive(function, events)
            #expect(areEqual(value, expected), "\(function): \(value), not \(expected), at \(place)")
        }
    }

    /// But for the rounding of floats, which depends on what is merged with what.
    static func areEqual(_ left: [EventValue], _ right: [EventValue]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { left, right in
                if case (.float(let left), .float(let right)) = (left, right) {
                    return abs(left - right) <= 1e-9 * max(1, abs(right))
                }
                return left == right
            }
    }
}
