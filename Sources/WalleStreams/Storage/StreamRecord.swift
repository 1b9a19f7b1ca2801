internal import GRDB

/// What the store holds of one stream, and how a checkpoint changes it. Who gives no rows has no table.
final class StreamRecord {
    let store: StreamStore
    let source: SourceRecord
    let table: ResultTable?
    private(set) var id: Int64 = 0
    /// Where it began in the source.
    private let began: Int64
    /// The place in the source up to which everything is stored.
    private(set) var position: Int64 = 0
    /// Rows that were given so far.
    private(set) var rowCount: Int64 = 0
    /// What they will be when the transaction is committed.
    private var next: (position: Int64, rowCount: Int64)?

    /// What one transaction writes.
    struct Checkpoint {
        var position: Int64
        var watermark: Int64
        var rows: [StreamRows] = []
        var changes: StateChanges
        var deadLetters: [BadLine] = []
        var counters: [String: Int64] = [:]
    }

    /// Finds the stream in the store, or makes it.
    ///
    /// - Parameters:
    ///   - identity: What the state depends on, a line a part.
    ///   - position: Where a new one begins in the source.
    /// - Throws: `.definition` when it is there with another definition; `.storage`.
    init(
        _ name: String, identity: [String], _ table: ResultTable?, _ source: SourceRecord, from position: Int64 = 0,
        in store: StreamStore
    ) throws(StreamError) {
        (self.store, self.source, self.table) = (store, source, table)
        if let found = try store.read({ try Self.find(name, $0) }) {
            try Self.check(found.identity, identity)
            (id, began, self.position, rowCount) = (found.id, found.began, found.position, found.rowCount)
        } else {
            (began, self.position) = (position, position)
            id = try store.write { database in
                try database.execute(
                    sql: "INSERT INTO walle_streams (name, source, definition, began, position) VALUES (?, ?, ?, ?, ?)",
                    arguments: [name, source.id, identity.joined(separator: "\n"), position, position])
                let id = database.lastInsertedRowID
                try table?.create(database)
                return id
            }
        }
    }

    private typealias Found = (id: Int64, identity: String, began: Int64, position: Int64, rowCount: Int64)

    private static func find(_ name: String, _ database: Database) throws -> Found? {
        var found: Found?
        let statement = try SQLStatement(
            "SELECT id, definition, began, position, row_count FROM walle_streams WHERE name = ?", database)
        statement.bind(1, name)
        try statement.forEachRow { found = ($0.int(0), $0.text(1), $0.int(2), $0.int(3), $0.int(4)) }
        return found
    }

    private static func check(_ identity: String, _ new: [String]) throws(StreamError) {
        // A text in a definition may have several lines.
        func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
        try StateIdentity.check(
            lines(identity), lines(new.joined(separator: "\n")),
            remedy: "Put it back, give the stream another name, or remove the stored one, which then begins anew.")
    }

    // MARK: restoring

    /// The state as it was last committed; nil when none ever was.
    ///
    /// - Throws: `.storage` for one that is damaged.
    func state() throws(StreamError) -> SavedState? {
        let blocks = try store.read { try self.blocks($0) }
        if !blocks.isEmpty { return try SavedState(blocks) }
        guard position == began, rowCount == 0 else { throw StateFormat.damaged("there is none") }
        return nil
    }

    private func blocks(_ database: Database) throws -> [StateBlock] {
        var blocks: [StateBlock] = []
        let statement = try SQLStatement(
            "SELECT kind, id, block, bytes FROM walle_state WHERE stream = ? ORDER BY kind, id, block", database)
        statement.bind(1, id)
        try statement.forEachRow { row in
            guard let item = StateItem(code: row.int(0), id: row.int(1)) else {
                throw StateFormat.damaged("a block of kind \(row.int(0))")
            }
            blocks.append(StateBlock(item: item, index: Int(row.int(2)), bytes: row.bytes(3)))
        }
        return blocks
    }

    // MARK: checkpoints

    /// Writes a checkpoint, behind the texts of its source.
    func write(_ checkpoint: Checkpoint, _ database: Database) throws {
        var counters = checkpoint.counters
        var rowCount = rowCount
        if let table {
            var writer = ResultWriter(table, source.texts, database, nextRow: rowCount)
            for rows in checkpoint.rows { try writer.write(rows) }
            counters["retracted"] = writer.retractedCount
            rowCount = writer.nextRow
        }
        try write(checkpoint.changes, database)
        try write(checkpoint.deadLetters, database)
        try add(counters, database)
        try retain(checkpoint.watermark, database)
        let statement = try SQLStatement(
            "UPDATE walle_streams SET position = ?, row_count = ? WHERE id = ?", database)
        for (index, value) in [checkpoint.position, rowCount, id].enumerated() {
            statement.bind(Int32(index) + 1, value)
        }
        try statement.run()
        next = (checkpoint.position, rowCount)
    }

    /// What was written is committed.
    func commit() {
        if let next { (position, rowCount) = next }
        next = nil
    }

    func rollBack() { next = nil }
}
