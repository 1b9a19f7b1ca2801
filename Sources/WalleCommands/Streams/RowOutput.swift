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
            let change = columns.changesRows ? [RowValue.value(.text(rows.results.change(of: row).word))] : []
            let cells = change + rows.values(row, columns, texts)
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

extension RowValue {
    fileprivate var text: String {
        switch self {
        case .value(let value): Self.text(value)
        case .list(let values): values.map(Self.text).joined(separator: " ")
        case .counted(let values): values.map { "\(Self.text($0.value)) \($0.count)" }.joined(separator: ", ")
        }
    }

    fileprivate var json: String {
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
