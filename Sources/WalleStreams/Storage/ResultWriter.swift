internal import GRDB

/// Writes rows of a stream to its table.
struct ResultWriter {
    let table: ResultTable
    let texts: TextDictionary
    let database: Database
    /// The number of the next row.
    private(set) var nextRow: Int64
    private(set) var retractedCount: Int64 = 0

    init(_ table: ResultTable, _ texts: TextDictionary, _ database: Database, nextRow: Int64) {
        self.table = table
        self.texts = texts
        self.database = database
        self.nextRow = nextRow
    }

    mutating func write(_ rows: StreamRows) throws {
        defer { nextRow += Int64(rows.count) }
        if rows.results.changes != nil { return try apply(rows) }
        if rows.results.change == .retraction { return try delete(rows) }
        guard !table.numbersRows else { return try insert(rows) }
        let order = Self.order(rows.results)
        for first in stride(from: 0, to: order.count, by: Self.partRows) {
            let part = order[first..<min(first + Self.partRows, order.count)]
            try insert(part.withUnsafeBufferPointer(rows.taking))
        }
    }

    /// Rows are put in order so many at a time, a column after the other: each for itself would wait for memory.
    private static let partRows = 2048

    private func insert(_ rows: StreamRows) throws {
        let statement = try SQLStatement(table.insertion, database)
        let values = values(rows)
        defer { withExtendedLifetime(rows) {} }
        for row in 0..<rows.count { try insert(values, rows.results, row, statement) }
    }

    private func insert(
        _ values: [Values], _ results: WindowResults, _ row: Int, _ statement: SQLStatement
    ) throws {
        for (index, value) in values.enumerated() { bind(value, row, Int32(index) + 1, statement) }
        let index = Int32(values.count)
        statement.bind(index + 1, name(results, row))
        statement.bind(index + 2, Int64(results.revisions[row]))
        try statement.run()
    }

    /// What tells a row from others of the same bounds.
    private func name(_ results: WindowResults, _ row: Int) -> Int64 {
        guard table.numbersRows else { return Int64(bitPattern: results.keys[row]) }
        return results.places?[row] ?? nextRow + Int64(row)
    }

    /// Writes and removes rows in the order in which they were told.
    private mutating func apply(_ rows: StreamRows) throws {
        let (insertion, deletion) = (
            try SQLStatement(table.insertion, database), try SQLStatement(table.deletion, database)
        )
        let values = values(rows)
        defer { withExtendedLifetime(rows) {} }
        for row in 0..<rows.count {
            if rows.results.change(of: row) == .retraction {
                try delete(rows.results, row, deletion)
            } else {
                try insert(values, rows.results, row, insertion)
            }
        }
    }

    /// Rows of one window by their keys, as the table has them.
    private static func order(_ results: WindowResults) -> [UInt32] {
        let rows = Array(0..<UInt32(results.count))
        guard let first = results.ends.first, results.ends.allSatisfy({ $0 == first }) else { return rows }
        let keys = results.keys.map { Int64(bitPattern: $0) }
        return rows.map { (keys[Int($0)], $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func delete(_ rows: StreamRows) throws {
        let statement = try SQLStatement(table.deletion, database)
        for row in 0..<rows.count { try delete(rows.results, row, statement) }
    }

    private mutating func delete(_ results: WindowResults, _ row: Int, _ statement: SQLStatement) throws {
        let bounds = [results.ends[row], results.starts[row]].prefix(table.boundCount)
        for (index, value) in (bounds + [name(results, row)]).enumerated() { statement.bind(Int32(index) + 1, value) }
        try statement.run()
        retractedCount += 1
    }

    // MARK: values

    /// What a column of the table gets, a value a row: memory that the rows hold, so that no references are counted.
    private enum Values {
        case ints(UnsafePointer<Int64>, UnsafePointer<UInt64>?)
        case floats(UnsafePointer<Double>, UnsafePointer<UInt64>?)
        case bools(UnsafePointer<UInt8>, UnsafePointer<UInt64>?)
        case codes(UnsafePointer<UInt32>, UnsafePointer<UInt64>?)
        case bounds([Int64])
        case texts([String?])

        init(_ column: Column) {
            let nulls = column.nulls.map { UnsafePointer($0.words) }
            self =
                switch column.type {
                case .bool: .bools(column.bools, nulls)
                case .int, .time: .ints(column.ints, nulls)
                case .float: .floats(column.floats, nulls)
                case .text: .codes(column.codes, nulls)
                }
        }
    }

    private func values(_ rows: StreamRows) -> [Values] {
        let bounds = [.bounds(rows.results.starts), Values.bounds(rows.results.ends)].suffix(table.boundCount)
        return rows.keys.map { Values($0) } + bounds
            + rows.results.aggregates.map { column in
                switch column {
                case .values(let column): Values(column)
                case .texts(let texts): .texts(texts)
                case .lists(let lists): .texts(lists.map { ResultJSON.text($0) })
                case .counted(let counted): .texts(counted.map { ResultJSON.text($0) })
                }
            }
    }

    @inline(__always)
    private func bind(_ values: Values, _ row: Int, _ index: Int32, _ statement: SQLStatement) {
        switch values {
        case .ints(let values, let nulls):
            if isNull(nulls, row) { statement.bindNull(index) } else { statement.bind(index, values[row]) }
        case .floats(let values, let nulls):
            if isNull(nulls, row) { statement.bindNull(index) } else { statement.bind(index, values[row]) }
        case .bools(let values, let nulls):
            if isNull(nulls, row) { statement.bindNull(index) } else { statement.bind(index, Int64(values[row])) }
        case .codes(let values, let nulls):
            if isNull(nulls, row) {
                statement.bindNull(index)
            } else {
                statement.bind(text: texts.text(values[row]), index)
            }
        case .bounds(let values): statement.bind(index, values[row])
        case .texts(let values):
            if let text = values[row] { statement.bind(index, text) } else { statement.bindNull(index) }
        }
    }

    @inline(__always) private func isNull(_ nulls: UnsafePointer<UInt64>?, _ row: Int) -> Bool {
        guard let nulls else { return false }
        return nulls[row >> 6] >> UInt64(row & 63) & 1 != 0
    }
}

extension StreamRows {
    /// Only the rows at the given positions, in that order.
    fileprivate func taking(_ rows: UnsafeBufferPointer<UInt32>) -> StreamRows {
        func take<Value>(_ values: [Value]) -> [Value] { rows.map { values[Int($0)] } }
        var results = results
        results.keys = take(results.keys)
        results.starts = take(results.starts)
        results.ends = take(results.ends)
        results.revisions = take(results.revisions)
        results.aggregates = results.aggregates.map { column in
            switch column {
            case .values(let column): .values(column.taking(rows))
            case .texts(let texts): .texts(take(texts))
            case .lists(let lists): .lists(take(lists))
            case .counted(let counted): .counted(take(counted))
            }
        }
        return StreamRows(keys: keys.map { $0.taking(rows) }, results: results)
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
