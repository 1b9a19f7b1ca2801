internal import Foundation

/// What a run of an area found, as JSON and as a table.
struct Report: Codable, Sendable {
    var area: String
    var environment: Environment
    var results: [Measurement]
    /// Benchmarks that did not end well, by name.
    var failures: [String: String]

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(self)
    }

    func table() -> String {
        let header = ["measurement", "value", "unit", "peer", "peer value", "ratio", "target", "met"]
        let rows = results.map { result in
            [
                result.name, Figure.text(result.value), result.unit, result.peer ?? "–",
                result.peer == nil ? "–" : result.peerValue.map { Figure.text($0) } ?? "never",
                Figure.text(result.ratio), result.target ?? "–", result.met.map { $0 ? "yes" : "NO" } ?? "–",
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        var lines = environment.lines + ["", line(header), line(widths.map { String(repeating: "─", count: $0) })]
        for (result, row) in zip(results, rows) {
            lines.append(line(row))
            if let note = result.note { lines.append("    " + note) }
        }
        lines += failures.sorted { $0.key < $1.key }.map { "\($0.key) FAILED: \($0.value)" }
        return lines.joined(separator: "\n")
    }
}
