internal import Foundation
internal import WalleStreams

/// Rows as a stream tells them, as JSON lines for a peer: the columns, and `_sign`, 1 for a row that is given and −1 for
/// one that is taken back. Times are microseconds.
struct ToldRows {
    private let columns: StreamColumns
    private let texts: TextDictionary

    init(_ columns: StreamColumns, _ texts: TextDictionary) {
        (self.columns, self.texts) = (columns, texts)
    }

    func write(_ rows: [StreamRows], to path: String) throws {
        var lines = ""
        for part in rows {
            for row in 0..<part.count {
                let sign = part.results.change(of: row) == .retraction ? -1 : 1
                let cells = zip(columns.names, values(part, row)).map { "\"\($0)\":\(json($1))" }
                lines += "{\(cells.joined(separator: ",")),\"_sign\":\(sign)}\n"
            }
        }
        try lines.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// In the order of the columns.
    func values(_ rows: StreamRows, _ row: Int) -> [EventValue] {
        let keys = rows.keys.map { $0.value(at: row, texts: texts) }
        let bounds = [rows.results.starts[row], rows.results.ends[row]].prefix(columns.bounds.count)
        return keys + bounds.map(EventValue.time) + rows.results.aggregates.map { value($0, row) }
    }

    private func value(_ column: ResultColumn, _ row: Int) -> EventValue {
        switch column {
        case .values(let column): column.value(at: row, texts: texts)
        case .texts(let texts): texts[row].map(EventValue.text) ?? .null
        case .lists(let lists): .text("[\(lists[row].map(json).joined(separator: ","))]")
        case .counted(let counted): .text("\(counted[row])")
        }
    }

    private func json(_ value: EventValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value), .time(let value): "\(value)"
        case .float(let value): value.isFinite ? "\(value)" : "null"
        case .text(let text): quoted(text)
        }
    }

    /// Texts of the benchmarks have no control characters.
    private func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
