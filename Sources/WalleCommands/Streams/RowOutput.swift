internal import Foundation
internal import WallePython
internal import WalleStreams

/// Writes rows of a stream for people, as a table, or for programs, as JSON lines.
struct RowOutput {
    private let columns: StreamColumns
    private let texts: TextDictionary
    private let format: OutputFormat
    private let console: Console
    private var table: Table
    /// With a colon behind it, as it stands in a line of JSON.
    private let names: [String]

    init(_ columns: StreamColumns, texts: TextDictionary, format: OutputFormat, console: Console) {
        self.columns = columns
        self.texts = texts
        self.format = format
        self.console = console
        let titles = (columns.changesRows ? ["change"] : []) + columns.names
        table = Table(titles: titles)
        names = titles.map { JSONText.text(of: .string($0)) + ": " }
    }

    mutating func append(_ rows: StreamRows) {
        for row in 0..<rows.count {
            let change = columns.changesRows ? [Cell.value(.text(rows.results.change(of: row).word))] : []
            let cells = change + rows.values(row, bounds: columns.bounds.count, texts: texts)
            switch format {
            case .json: console.print("{" + zip(names, cells).map { $0 + $1.json }.joined(separator: ", ") + "}")
            case .table: table.add(cells: cells.map(\.text))
            }
        }
    }

    func end() {
        if format == .table { console.print(table.text) }
    }
}

extension WindowResults.Change {
    /// For people and programs.
    fileprivate var word: String {
        switch self {
        case .insertion: "insertion"
        case .update: "update"
        case .retraction: "retraction"
        }
    }
}

/// A value of a row.
enum Cell {
    case value(EventValue)
    case list([EventValue])
    case counted([ResultColumn.Counted])

    var text: String {
        switch self {
        case .value(let value): Self.text(value)
        case .list(let values): values.map(Self.text).joined(separator: " ")
        case .counted(let values): values.map { "\(Self.text($0.value)) \($0.count)" }.joined(separator: ", ")
        }
    }

    var json: String {
        switch self {
        case .value(let value): Self.json(value)
        case .list(let values): "[" + values.map(Self.json).joined(separator: ", ") + "]"
        case .counted(let values):
            "[" + values.map { "[\(Self.json($0.value)), \($0.count)]" }.joined(separator: ", ") + "]"
        }
    }

    private static func text(_ value: EventValue) -> String {
        switch value {
        case .null: ""
        case .text(let text): text
        case .time(let time): TimeText.text(time)
        case .float(let value): value.description
        case .int(let value): value.description
        case .bool(let value): value.description
        }
    }

    private static func json(_ value: EventValue) -> String {
        switch value {
        case .null: "null"
        case .text(let text): JSONText.text(of: .string(text))
        case .time(let time): "\"\(TimeText.text(time).replacing(" ", with: "T"))Z\""
        case .float(let value): value.isFinite ? value.description : "null"
        case .int, .bool: text(value)
        }
    }
}

extension StreamRows {
    /// The values of a row in the order of the columns.
    fileprivate func values(_ row: Int, bounds: Int, texts: TextDictionary) -> [Cell] {
        let keys = keys.map { Cell.value($0.value(at: row, texts: texts)) }
        let window = [results.starts[row], results.ends[row]].prefix(bounds).map { Cell.value(.time($0)) }
        return keys + window + results.aggregates.map { $0.cell(row, texts) }
    }
}

extension ResultColumn {
    fileprivate func cell(_ row: Int, _ texts: TextDictionary) -> Cell {
        switch self {
        case .values(let column): .value(column.value(at: row, texts: texts))
        case .texts(let values): .value(values[row].map(EventValue.text) ?? .null)
        case .lists(let lists): .list(lists[row])
        case .counted(let counted): .counted(counted[row])
        }
    }
}
