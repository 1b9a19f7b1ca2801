internal import Foundation

/// What a run of an area found, as JSON and as a table.
struct Report: Codable, Sendable {
    var area: String
    var environment: Environment
    var results: [Measurement]
    var comparisons: [Comparison]
    var notes: [String]
    /// Benchmarks that did not end well, by name.
    var failures: [String: String]

    init(area: String, environment: Environment) {
        self.area = area
        self.environment = environment
        (results, comparisons, notes, failures) = ([], [], [], [:])
    }

    mutating func add(_ outcome: Outcome) {
        results += outcome.measurements
        comparisons += outcome.comparisons
        notes += outcome.notes
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(self)
    }

    func table() -> String {
        var lines = environment.lines + [""]
        if !comparisons.isEmpty { lines += comparisonLines + [""] }
        lines += measurementLines
        lines += notes
        lines += failures.sorted { $0.key < $1.key }.map { "\($0.key) FAILED: \($0.value)" }
        return lines.joined(separator: "\n")
    }

    private var measurementLines: [String] {
        let header = ["measurement", "value", "unit", "peer", "peer value", "ratio", "target", "met"]
        let rows = results.map { result in
            [
                result.name, Figure.text(result.value), result.unit, result.peer ?? "–",
                result.peer == nil ? "–" : result.peerValue.map { Figure.text($0) } ?? "never",
                Figure.text(result.ratio), result.target ?? "–", result.met.map { $0 ? "yes" : "NO" } ?? "–",
            ]
        }
        let lines = Table.lines(header, rows)
        return lines.prefix(2)
            + zip(results, lines.dropFirst(2)).flatMap { result, line in
                [line] + (result.note.map { ["    " + $0] } ?? [])
            }
    }

    private var comparisonLines: [String] {
        let header = ["operation", "type", "size", "ours, ns", "peer, ns", "its better setting", "times as fast"]
        let rows = comparisons.map { each in
            [
                each.title, each.dtype, each.size, Figure.text(each.nanoseconds), Figure.text(each.peerNanoseconds),
                each.peers.min { $0.value < $1.value }?.key ?? "–", each.problem ?? Figure.text(each.speed),
            ]
        }
        return Table.lines(header, rows)
    }
}
