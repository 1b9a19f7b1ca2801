import Testing

@testable import WalleStreams

/// Aggregates of one column of numbers, which have one state together, against their definitions, where numbers are at their
/// limits or are none.
@Suite struct NumberSummaryTests {
    private static let functions: [AggregateFunction] = [.count, .sum, .mean, .min, .max]
    private static let window = WindowKind.tumbling(size: 1000, offset: 0)

    /// The functions that are asked for decide what the state keeps.
    private static let choices: [[Int]] = [[0, 1, 2, 3, 4], [3, 4], [4], [3, 1], [0, 4], [2], [4, 3, 0]]

    @Test(arguments: choices)
    func sumsUpIntegers(chosen: [Int]) throws {
        for seed in 0..<4 as Range<UInt64> {
            var random = SeededRandom(seed &+ 31)
            let values = (0..<40).map { _ in Self.integer(&random) }
            let got = try Self.results(chosen, .int, values.map { $0.map(EventValue.int) })
            let known = values.compactMap { $0 }
            let sum = known.reduce(Int128(0)) { $0 + Int128($1) }
            let mean: EventValue = known.isEmpty ? .null : .float(Double(sum) / Double(known.count))
            let expected: [EventValue] = [
                .int(Int64(known.count)), known.isEmpty ? .null : Int64(exactly: sum).map(EventValue.int) ?? .null,
                mean,
                known.min().map(EventValue.int) ?? .null, known.max().map(EventValue.int) ?? .null,
            ]
            for (function, value) in zip(chosen, got) {
                #expect(Self.areNear(value, expected[function]), "\(Self.functions[function]), seed \(seed)")
            }
        }
    }

    @Test(arguments: choices)
    func findsExtremesOfFloats(chosen: [Int]) throws {
        for seed in 0..<8 as Range<UInt64> {
            var random = SeededRandom(seed &+ 77)
            let values = (0..<Int.random(in: 1...6, using: &random)).map { _ in Self.float(&random) }
            let got = try Self.results(chosen, .float, values.map { $0.map(EventValue.float) })
            let known = values.compactMap { $0 }
            let numbers = known.filter { !$0.isNaN }
            let least: EventValue = known.isEmpty ? .null : .float(numbers.min() ?? .nan)
            let most: EventValue =
                known.isEmpty ? .null : .float(numbers.count < known.count ? .nan : numbers.max() ?? .nan)
            for (function, value) in zip(chosen, got) {
                switch function {
                case 0: #expect(value == .int(Int64(known.count)), "seed \(seed)")
                case 3: #expect(Self.areNear(value, least), "\(value) of \(known), seed \(seed)")
                case 4: #expect(Self.areNear(value, most), "\(value) of \(known), seed \(seed)")
                default: break
                }
            }
        }
    }

    @Test func sharesWhatHasTheSameValuesAndFilter() throws {
        let price = Expression.name("price")
        let cheap = try ExpressionParser.parse("price < 10")
        let schema = EventSchema(page: nil, time: "at", attributes: [.init("price", .int), .init("weight", .int)])
        let definition = StreamDefinition(
            name: "a", source: StreamSource(name: "s", schema: schema, delay: 0), key: [], window: Self.window,
            aggregates: [
                Aggregate("n", .count), Aggregate("sum", .sum, of: price), Aggregate("few", .count, where: cheap),
                Aggregate("least", .min, of: price), Aggregate("low", .min, of: price, where: cheap),
                Aggregate("weight", .sum, of: .name("weight")), Aggregate("low_sum", .sum, of: price, where: cheap),
            ])
        #expect(try StreamPlan(definition).sources == [0, 1, 2, 1, 3, 4, 3])
    }

    // MARK: how

    private static func integer(_ random: inout SeededRandom) -> Int64? {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: nil
        case 1: .max
        case 2: .min
        default: .random(in: -50...50, using: &random)
        }
    }

    private static func float(_ random: inout SeededRandom) -> Double? {
        [nil, .nan, .infinity, -.infinity, 0, -2.5, 7].randomElement(using: &random) ?? nil
    }

    /// Of one window that hops, so that its panes are merged.
    private static func results(_ chosen: [Int], _ type: ColumnType, _ values: [EventValue?]) throws -> [EventValue] {
        let texts = TextDictionary()
        let runner = try WindowRunner(
            .hopping(size: 100, slide: 10, offset: 0), chosen.map { (functions[$0], type) },
            sources: chosen.map { _ in 0 }, delay: 0, texts: texts)
        var column = ColumnBuilder(type)
        for value in values { column.append(value ?? .null, texts: texts) }
        let shared = column.finish()
        let batch = WindowBatch(
            times: .of(ints: values.indices.map { Int64($0 * 100 / values.count) }, .time),
            keys: values.map { _ in 1 }, values: chosen.map { _ in shared }, filters: chosen.map { _ in nil }, offset: 0
        )
        let results = runner.process(batch) + runner.advance(to: .max)
        let whole = try #require(results.first { $0.starts[0] == 0 && $0.ends[0] == 100 })
        return whole.aggregates.map { column in
            if case .values(let column) = column { column.value(at: 0, texts: texts) } else { .null }
        }
    }

    private static func areNear(_ left: EventValue, _ right: EventValue) -> Bool {
        guard case .float(let left) = left, case .float(let right) = right else { return left == right }
        return left == right || (left.isNaN && right.isNaN) || abs(left - right) <= 1e-9 * abs(right)
    }
}
