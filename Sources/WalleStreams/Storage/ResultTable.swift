internal import GRDB

/// The table of a stream's rows: a column for each part of the key, the bounds of the window and each aggregate, and
/// `_key` and `_revision`.
///
/// A row is named by its window and `_key`, the number of its key, so that writing one again changes nothing; where a key
/// may have several in a window, in `over` windows and of patterns, `_key` is the number of the row, and in rows of events
/// the place of the event in the stream. The end of the window
/// comes first: rows are appended, removed and most often read by time.
/// Times are microseconds, bools 0 or 1, lists JSON; NaN, which SQLite does not have, is null.
struct ResultTable: Sendable {
    let name: String
    let columns: [(name: String, type: String)]
    private let identifiers: [String]
    /// Columns of the bounds of a window: its start and its end, or only the end, or none.
    let boundCount: Int
    /// Whether `_key` counts rows.
    let numbersRows: Bool

    private static let own = ["_key", "_revision"]
    static let prefix = "walle_"

    /// - Throws: `.definition` when two columns, or a table of the store and this, have the same name in SQL.
    init(_ name: String, _ columns: StreamColumns) throws(StreamError) {
        self.name = name
        identifiers = columns.bounds.reversed() + ["_key"]
        boundCount = columns.bounds.count
        numbersRows = columns.numbersRows
        self.columns =
            columns.keys.map { ($0.name, Self.type($0.type)) } + columns.bounds.map { ($0, "INTEGER") }
            + zip(columns.aggregates, columns.types).map { ($0, Self.type($1)) } + Self.own.map { ($0, "INTEGER") }
        try checkNames()
        guard columns.isNamed else {
            throw StreamError(
                .definition, field: "source", "rows that change are stored by their keys, and single values have none",
                remedy: "Store the stream that \(name) reads.")
        }
    }

    private static func type(_ type: ColumnType?) -> String {
        switch type {
        case .bool, .int, .time: "INTEGER"
        case .float: "REAL"
        case .text, nil: "TEXT"
        }
    }

    private func checkNames() throws(StreamError) {
        var seen: Set<String> = []
        for column in columns where !seen.insert(column.name.lowercased()).inserted {
            throw StreamError(
                .definition, field: column.name, "the table of rows has two columns of this name, as SQL reads it",
                remedy:
                    "Choose one that differs in more than capitals, and is not \(Self.own.joined(separator: " or "))."
            )
        }
        let lower = name.lowercased()
        if lower.hasPrefix(Self.prefix) || lower.hasPrefix("sqlite_") {
            throw StreamError(
                .definition, field: "name", "\"\(name)\" is a name of the store's own tables",
                remedy: "Choose one that does not begin with \(Self.prefix) or sqlite_.")
        }
    }

    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    var quotedName: String { Self.quoted(name) }
    /// The column of the end of a window, or of the time of an event; nil where rows are of no time.
    var end: String? { boundCount > 0 ? Self.quoted(identifiers[0]) : nil }

    func create(_ database: Database) throws {
        let columns = columns.map { column in
            "\(Self.quoted(column.name)) \(column.type)" + (identifiers.contains(column.name) ? " NOT NULL" : "")
        }
        let key = identifiers.map(Self.quoted).joined(separator: ", ")
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS \(quotedName) (\(columns.joined(separator: ", ")), PRIMARY KEY (\(key)))
                WITHOUT ROWID
                """)
    }

    var insertion: String {
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        return "INSERT OR REPLACE INTO \(quotedName) VALUES (\(marks))"
    }

    var deletion: String {
        "DELETE FROM \(quotedName) WHERE " + identifiers.map { "\(Self.quoted($0)) = ?" }.joined(separator: " AND ")
    }
}
