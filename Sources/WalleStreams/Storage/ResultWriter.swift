internal import GRDB

/// Writes rows of a stream to its table.
struct ResultWriter {
    let table: ResultTable
    let texts: TextDictionary
    let database: Database
    /// In `over` windows the number of the next row.
    private(set) var nextRow: Int64
    private(set) var retractedCount: Int64 = 0

    init(_ table: ResultTable, _ texts: TextDictionary, _ database: Database, nextRow: Int64) {
        self.table = table
        self.texts = texts
        self.database = database
        self.nextRow = nextRow
    }

    mutating func write(_ rows: StreamRows, isOver: Bool) throws {
        defer { nextRow += Int64(rows.count) }
        if rows.results.change == .retraction { return try delete(rows) }
        let statement = try SQLStatement(table.insertion, database)
        let values = values(rows, isOver: isOver)
        try rows.results.keys.withUnsafeBufferPointer { keys in
            for row in isOver ? Array(0..<rows.count) : Self.order(rows.results) {
                for (index, value) in values.enumerated() { bind(value, row, Int32(index) + 1, statement) }
                let index = Int32(values.count)
                statement.bind(index + 1, isOver ? nextRow + Int64(row) : Int64(bitPattern: keys[row]))
                statement.bind(index + 2, Int64(rows.results.revisions[row]))
                try statement.run()
            }
        }
    }

    /// Rows of one window by their keys, as the table has them.
    private static func order(_ results: WindowResults) -> [Int] {
        let rows = Array(0..<results.count)
        guard let first = results.ends.first, results.ends.allSatisfy({ $0 == first }) else { return rows }
        return rows.map { (Int64(bitPattern: results.keys[$0]), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func delete(_ rows: StreamRows) throws {
        let statement = try SQLStatement(table.deletion, database)
        for row in 0..<rows.count {
            statement.bind(1, rows.results.ends[row])
            statement.bind(2, rows.results.starts[row])
            statement.bind(3, Int64(bitPattern: rows.results.keys[row]))
            try statement.run()
        }
        retractedCount += Int64(rows.count)
    }

    // MARK: values

    /// What a column of the table gets: a value a row.
    private enum Values {
        case column(Column)
        case ints([Int64])
        case texts([String?])
    }

    private func values(_ rows: StreamRows, isOver: Bool) -> [Values] {
        let bounds: [Values] =
            isOver ? [.ints(rows.results.ends)] : [.ints(rows.results.starts), .ints(rows.results.ends)]
        return rows.keys.map(Values.column) + bounds
            + rows.results.aggregates.map { column in
                switch column {
                case .values(let column): .column(column)
                case .texts(let texts): .texts(texts)
                case .lists(let lists): .texts(lists.map { ResultJSON.text($0) })
                case .counted(let counted): .texts(counted.map { ResultJSON.text($0) })
                }
            }
    }

    @inline(__always)
    private func bind(_ values: Values, _ row: Int, _ index: Int32, _ statement: SQLStatement) {
        switch values {
        case .column(let column): bind(column, row, index, statement)
        case .ints(let values): statement.bind(index, values[row])
        case .texts(let values):
            if let text = values[row] { statement.bind(index, text) } else { statement.bindNull(index) }
        }
    }

    @inline(__always)
    private func bind(_ column: Column, _ row: Int, _ index: Int32, _ statement: SQLStatement) {
        if column.isNull(row) { return statement.bindNull(index) }
        switch column.type {
        case .bool: statement.bind(index, Int64(column.bools[row]))
        case .int, .time: statement.bind(index, column.ints[row])
        case .float: statement.bind(index, column.floats[row])
        case .text: statement.bind(text: texts.text(column.codes[row]), index)
        }
    }
}

/// Lists as JSON: what is no number of JSON is null.
enum ResultJSON {
    static func text(_ values: [EventValue]) -> String {
        var writer = ByteWriter()
        append(values, to: &writer)
        return writer.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Pairs of a value and how often it came.
    static func text(_ counted: [ResultColumn.Counted]) -> String {
        var writer = ByteWriter()
        writer.append("[")
        for (index, entry) in counted.enumerated() {
            if index > 0 { writer.append(",") }
            append([entry.value, .int(entry.count)], to: &writer)
        }
        writer.append("]")
        return writer.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func append(_ values: [EventValue], to writer: inout ByteWriter) {
        writer.append("[")
        for (index, value) in values.enumerated() {
            if index > 0 { writer.append(",") }
            append(value, to: &writer)
        }
        writer.append("]")
    }

    private static func append(_ value: EventValue, to writer: inout ByteWriter) {
        switch value {
        case .bool(let value): writer.append(value ? "true" : "false")
        case .int(let value), .time(let value): writer.append(int: value)
        case .float(let value): writer.append(value.isFinite ? value.description : "null")
        case .text(var value): value.withUTF8 { writer.append(jsonString: UnsafeRawBufferPointer($0)) }
        case .null: writer.append("null")
        }
    }
}
