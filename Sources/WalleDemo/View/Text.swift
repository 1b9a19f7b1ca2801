import Foundation

/// Numbers as people read them.
enum Text {
    /// As in `12,345`.
    static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits[...]] + groups).joined(separator: ",")
    }

    /// As in `4.1 ms`.
    static func duration(_ duration: Duration) -> String {
        let seconds = seconds(duration)
        if seconds >= 1 { return number(seconds) + " s" }
        if seconds >= 1e-3 { return number(seconds * 1e3) + " ms" }
        return number(seconds * 1e6) + " µs"
    }

    /// As in `64 MB`, with decimal prefixes.
    static func bytes(_ bytes: Int) -> String {
        bytes >= 1_000_000_000 ? number(Double(bytes) / 1e9) + " GB" : number(Double(bytes) / 1e6) + " MB"
    }

    /// As in `48.2 %`.
    static func percent(_ share: Double) -> String { number(share * 100) + " %" }

    /// Three digits that matter.
    static func number(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

/// A table with aligned columns: text to the left, numbers to the right.
struct TextTable {
    struct Column {
        var title: String
        var isNumber = true
    }
    let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ row: [String]) {
        precondition(row.count == columns.count, "a row has a cell for each column")
        rows.append(row)
    }

    var lines: [String] {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return [line(titles, widths), rule] + rows.map { line($0, widths) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        zip(zip(cells, widths), columns).map { pair, column in
            column.isNumber ? Text.right(pair.0, pair.1) : Text.left(pair.0, pair.1)
        }.joined(separator: "  ")
    }
}
