internal import GRDB
internal import GRDBSQLite

/// A prepared statement, bound value by value: what is written by the million has no room for a box a value.
struct SQLStatement {
    private let statement: OpaquePointer

    init(_ sql: String, _ database: Database) throws {
        statement = try database.cachedStatement(sql: sql).sqliteStatement
        reset()
    }

    private func reset() {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    // MARK: binding, from index 1 on

    @inline(__always) func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(statement, index, value) }
    @inline(__always) func bind(_ index: Int32, _ value: Double) { sqlite3_bind_double(statement, index, value) }
    @inline(__always) func bindNull(_ index: Int32) { sqlite3_bind_null(statement, index) }

    /// Text in UTF-8 that stays where it is until the next `run`.
    @inline(__always) func bind(text: UnsafeRawBufferPointer, _ index: Int32) {
        // Without an address the value would be null.
        guard let start = text.baseAddress, text.count > 0 else {
            sqlite3_bind_text(statement, index, "", 0, nil)
            return
        }
        let characters = start.assumingMemoryBound(to: CChar.self)
        sqlite3_bind_text64(statement, index, characters, UInt64(text.count), nil, UInt8(SQLITE_UTF8))
    }

    /// A text that is copied.
    func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 {
            let characters = UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text64(statement, index, characters, UInt64($0.count), Self.copied, UInt8(SQLITE_UTF8))
        }
    }

    func bind(_ index: Int32, _ value: [UInt8]) {
        value.withUnsafeBytes {
            _ = sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), Self.copied)
        }
    }

    func bind(_ index: Int32, _ value: EventValue) {
        switch value {
        case .null: bindNull(index)
        case .bool(let value): bind(index, Int64(value ? 1 : 0))
        case .int(let value), .time(let value): bind(index, value)
        case .float(let value): bind(index, value)
        case .text(let value): bind(index, value)
        }
    }

    /// How many values it waits for.
    var parameterCount: Int { Int(sqlite3_bind_parameter_count(statement)) }

    /// Bytes that stay where they are until the next `run`.
    func bind(bytes: UnsafeRawBufferPointer, _ index: Int32) {
        sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), nil)
    }

    /// Tells SQLite to copy what it is given.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: running

    /// Of the columns of its rows.
    var names: [String] {
        (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
    }

    /// Runs the statement, which gives no rows, with what is bound; the bindings stay.
    @inline(__always) func run() throws {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw failure(code) }
    }

    /// Runs the statement and gives each of its rows.
    func forEachRow(_ body: (SQLRow) throws -> Void) throws {
        defer { reset() }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try body(SQLRow(statement: statement))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = sqlite3_errmsg(sqlite3_db_handle(statement)).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}

/// The row that a statement is at.
struct SQLRow {
    fileprivate let statement: OpaquePointer

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    /// With so many zeros behind.
    func bytes(_ column: Int32, padding: Int) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(statement, column))
        let start = sqlite3_column_blob(statement, column)
        return [UInt8](unsafeUninitializedCapacity: count + padding) { bytes, filled in
            if let start { UnsafeMutableRawBufferPointer(bytes).copyMemory(from: .init(start: start, count: count)) }
            bytes[count...].update(repeating: 0)
            filled = count + padding
        }
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        // With its length, as it may hold zeros.
        guard let start = sqlite3_column_text(statement, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// As SQLite holds it: bools and times are integers.
    func value(_ column: Int32) -> EventValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: .int(int(column))
        case SQLITE_FLOAT: .float(sqlite3_column_double(statement, column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .text(String(decoding: bytes(column), as: UTF8.self))
        default: .null
        }
    }

    var values: [EventValue] { (0..<sqlite3_column_count(statement)).map(value) }
}
