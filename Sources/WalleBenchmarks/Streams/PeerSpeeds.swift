internal import Foundation
internal import WalleStreams

/// The stored path beside stream processors of Python: tumbling windows over a thousand text keys, rows compared.
struct PeerSpeeds {
    let plan: Plan
    let folder: String

    private static let keys = 1000
    private static let window = WindowKind.tumbling(size: 10 * StoredRun.second, offset: 0)

    /// What PyFlink and bytewax are asked alike.
    private func request(_ count: Int, _ path: String) -> PeerProcess.Request {
        let events = StoredBenchmark.events
        return [
            "count": .integer(count), "keys": .integer(events.keys), "per_second": .integer(events.eventsPerSecond),
            "disorder": .integer(events.disorder), "start": .integer(Int(StreamEvents.start)), "path": .text(path),
        ]
    }

    func flink(_ interpreter: String) throws -> [Measurement] {
        let peer = try PeerProcess("flink", interpreter: interpreter)
        let version = try peer.ask("version", as: String.self)
        let count = plan.count(5_000_000)
        let path = folder + "/flink.csv"
        let run = StoredRun(window: Self.window, events: StoredBenchmark.events)
        var request = request(count, path)
        request["statements"] = .text(try run.definition.sql(.flink).joined(separator: ";;"))
        request["source"] = .text(run.definition.source.name)
        request["small"] = .integer(count / 10)
        let costs: [Double] = try peer.ask("speed", request)
        let theirs = try rows(path) { fields in
            guard let end = TimeText.microseconds(fields[2]) else { return nil }
            return (fields[0], end, fields[3...].map(String.init))
        }
        return try measure("PyFlink \(version)", count, costs, theirs, atLeast: 10)
    }

    func bytewax(_ interpreter: String) throws -> [Measurement] {
        let peer = try PeerProcess("dataflow", interpreter: interpreter)
        let version = try peer.ask("version", as: String.self)
        let count = plan.count(500_000)
        let path = folder + "/bytewax.csv"
        let costs: [Double] = try peer.ask("speed", request(count, path))
        let theirs = try rows(path) { fields in
            guard let window = Int64(fields[1]) else { return nil }
            return (fields[0], StreamEvents.start + (window + 1) * 10 * StoredRun.second, fields[2...].map(String.init))
        }
        return try measure("bytewax \(version)", count, costs, theirs, atLeast: 20)
    }
}

// MARK: rows

extension PeerSpeeds {
    private struct Window: Hashable {
        var key: String
        var end: Int64
    }

    private func rows(
        _ path: String, _ row: ([Substring]) -> (Substring, Int64, [String])?
    ) throws -> [Window: [Double]] {
        var rows: [Window: [Double]] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: ",").map { $0.drop { $0 == "\"" }.prefix { $0 != "\"" } }
            guard let (key, end, values) = row(fields) else { throw BenchmarkError("no row: \(line)") }
            rows[Window(key: String(key), end: end)] = values.compactMap(Double.init)
        }
        return rows
    }

    /// Ours for as many events, in turn with nothing: a peer has a minute of its own.
    private func measure(
        _ peer: String, _ count: Int, _ costs: [Double], _ theirs: [Window: [Double]], atLeast: Double
    ) throws -> [Measurement] {
        let run = StoredRun(window: Self.window, events: StoredBenchmark.events)
        let exact = try run.run(count, exactly: true)
        try compare(peer, exact.table, theirs)
        var speeds = Samples()
        for _ in 0..<plan.rounds {
            speeds.add(Double(StoredRun.events(5_000_000)) / (try run.run(5_000_000)).seconds / 1e6)
        }
        let (clock, processor) = (1 / costs[0], 1 / costs[1])
        let best = max(clock, processor)
        let note =
            "\(peer): \(Figure.text(clock)) by the clock, \(Figure.text(processor)) by processor time, \(count) events, "
            + "once; \(theirs.count) rows are equal"
        return [
            Measurement(
                "tumbling 10 s, 1,000 text keys, stored", speeds.median, "M events/s", peer: .init(peer, best),
                note: note),
            Measurement("as a multiple of \(peer)", speeds.median / best, "×", target: .atLeast(atLeast)),
        ]
    }

    private func compare(_ peer: String, _ ours: [[EventValue]], _ theirs: [Window: [Double]]) throws {
        try BenchmarkError.check(ours.count == theirs.count, "\(peer) gives \(theirs.count) rows, ours \(ours.count)")
        for row in ours {
            guard case .text(let key) = row[0], case .int(let end) = row[1] else { throw BenchmarkError("no row") }
            let values = row[2...].map(\.number)
            let other = theirs[Window(key: key, end: end)] ?? []
            let isEqual =
                values.count == other.count && zip(values, other).allSatisfy { abs($0 - $1) <= 1e-9 * abs($0) }
            try BenchmarkError.check(isEqual, "\(key) until \(end): \(peer) has \(other), ours \(values)")
        }
    }
}

extension EventValue {
    fileprivate var number: Double {
        switch self {
        case .int(let value), .time(let value): Double(value)
        case .float(let value): value
        default: .nan
        }
    }
}
