internal import GRDB

/// What the store holds of one stream, and how a checkpoint changes it.
final class StreamRecord {
    private let store: StreamStore
    private let definition: StreamDefinition
    private let table: ResultTable
    private let isOver: Bool
    private var id: Int64 = 0
    /// The place in the source up to which everything is stored.
    private(set) var position: Int64 = 0
    /// Rows that were given so far.
    private(set) var rowCount: Int64 = 0
    /// Texts of the dictionary that are stored.
    private(set) var textCount = 0

    /// What one transaction writes.
    struct Checkpoint {
        var position: Int64
        var watermark: Int64
        var rows: [StreamRows]
        var changes: StateChanges
        var deadLetters: [BadLine]
        var counters: [String: Int64]
    }

    /// Finds the stream in the store, or makes it.
    ///
    /// - Throws: `.definition` when it is there with another definition; `.storage`.
    init(_ definition: StreamDefinition, in store: StreamStore) throws(StreamError) {
        self.store = store
        self.definition = definition
        table = try ResultTable(definition)
        isOver = if case .over = definition.window { true } else { false }
        let identity = definition.identity.joined(separator: "\n")
        let found = try store.read { try Self.find(definition.name, $0) }
        if let found {
            try Self.check(found.identity, definition)
            (id, position, rowCount) = (found.id, found.position, found.rowCount)
        } else {
            id = try store.write { database in
                try database.execute(
                    sql: "INSERT INTO walle_streams (name, definition) VALUES (?, ?)",
                    arguments: [definition.name, identity])
                let id = database.lastInsertedRowID
                try self.table.create(database)
                return id
            }
        }
    }

    private typealias Found = (id: Int64, identity: String, position: Int64, rowCount: Int64)

    private static func find(_ name: String, _ database: Database) throws -> Found? {
        var found: Found?
        let statement = try SQLStatement(
            "SELECT id, definition, position, row_count FROM walle_streams WHERE name = ?", database)
        statement.bind(1, name)
        try statement.forEachRow { found = ($0.int(0), $0.text(1), $0.int(2), $0.int(3)) }
        return found
    }

    private static func check(_ identity: String, _ definition: StreamDefinition) throws(StreamError) {
        let (old, new) = (identity.split(separator: "\n").map(String.init), definition.identity)
        guard old.joined() != new.joined() else { return }
        let was = old.first { !new.contains($0) } ?? "in another order"
        let field = was.prefix { $0 != " " }
        throw StreamError(
            .definition, field: String(field), "the stored state is of another definition: it was \(was)",
            remedy: "Put it back, give the stream another name, or remove the stored one, which then begins anew.")
    }

    // MARK: restoring

    /// Gives the texts to a dictionary that has none, and the state; nil when the stream is new.
    func restore(_ texts: TextDictionary) throws(StreamError) -> SavedState? {
        let (segments, blocks) = try store.read { ([try self.segments($0)], try self.blocks($0)) }
        for (first, bytes) in segments.joined() {
            guard first == texts.count else { throw StateFormat.damaged("texts from \(texts.count) on are missing") }
            let block = StateBlock(item: StateItem(.keys, -1), index: first, bytes: bytes)
            var reader = try BlockReader(block)
            try texts.read(from: &reader)
            try reader.finish()
        }
        textCount = texts.count
        return blocks.isEmpty ? nil : try SavedState(blocks)
    }

    private func segments(_ database: Database) throws -> [(first: Int, bytes: [UInt8])] {
        var segments: [(Int, [UInt8])] = []
        let statement = try SQLStatement(
            "SELECT first, bytes FROM walle_texts WHERE stream = ? ORDER BY first", database)
        statement.bind(1, id)
        try statement.forEachRow { segments.append((Int($0.int(0)), $0.bytes(1))) }
        return segments
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

    /// Writes a checkpoint with the texts that are new in the dictionary.
    func commit(_ checkpoint: Checkpoint, _ texts: TextDictionary) throws(StreamError) {
        let rowCount = try store.write { database in
            var writer = ResultWriter(self.table, texts, database, nextRow: self.rowCount)
            for rows in checkpoint.rows { try writer.write(rows, isOver: self.isOver) }
            try self.write(texts, database)
            try self.write(checkpoint.changes, database)
            try self.write(checkpoint.deadLetters, database)
            var counters = checkpoint.counters
            counters["retracted"] = writer.retractedCount
            try self.add(counters, database)
            try self.retain(checkpoint.watermark, database)
            let statement = try SQLStatement(
                "UPDATE walle_streams SET position = ?, row_count = ? WHERE id = ?", database)
            statement.bind(1, checkpoint.position)
            statement.bind(2, writer.nextRow)
            statement.bind(3, self.id)
            try statement.run()
            return writer.nextRow
        }
        (position, self.rowCount, textCount) = (checkpoint.position, rowCount, texts.count)
    }

    private func write(_ texts: TextDictionary, _ database: Database) throws {
        guard texts.count > textCount else { return }
        var writer = BlockWriter()
        texts.write(from: textCount, to: &writer)
        let statement = try SQLStatement("INSERT INTO walle_texts VALUES (?, ?, ?)", database)
        statement.bind(1, id)
        statement.bind(2, Int64(textCount))
        statement.bind(3, writer.finish(StateItem(.keys, -1), textCount).bytes)
        try statement.run()
    }

    private func write(_ changes: StateChanges, _ database: Database) throws {
        let insertion = try SQLStatement("INSERT OR REPLACE INTO walle_state VALUES (?, ?, ?, ?, ?)", database)
        for block in changes.written {
            bind(block.item, block.index, insertion)
            insertion.bind(5, block.bytes)
            try insertion.run()
        }
        let deletion = try SQLStatement(
            "DELETE FROM walle_state WHERE stream = ? AND kind = ? AND id = ? AND block >= ?", database)
        for (item, from) in changes.shortened {
            bind(item, from, deletion)
            try deletion.run()
        }
    }

    private func bind(_ item: StateItem, _ index: Int, _ statement: SQLStatement) {
        statement.bind(1, id)
        statement.bind(2, item.code)
        statement.bind(3, item.id)
        statement.bind(4, Int64(index))
    }

    private func write(_ letters: [BadLine], _ database: Database) throws {
        guard !letters.isEmpty else { return }
        let insertion = try SQLStatement("INSERT INTO walle_dead_letters VALUES (NULL, ?, ?, ?, ?, ?, ?)", database)
        for letter in letters.suffix(store.options.mostDeadLetters) {
            insertion.bind(1, id)
            insertion.bind(2, letter.line)
            insertion.bind(3, letter.offset)
            insertion.bind(4, Int64(letter.column))
            insertion.bind(5, "\(letter.reason)")
            insertion.bind(6, letter.sample)
            try insertion.run()
        }
        let deletion = try SQLStatement(
            """
            DELETE FROM walle_dead_letters WHERE stream = ?1 AND id <= (
                SELECT id FROM walle_dead_letters WHERE stream = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
            """, database)
        deletion.bind(1, id)
        deletion.bind(2, Int64(store.options.mostDeadLetters))
        try deletion.run()
    }

    private func add(_ counters: [String: Int64], _ database: Database) throws {
        let statement = try SQLStatement(
            """
            INSERT INTO walle_counters VALUES (?, ?, ?)
            ON CONFLICT (stream, name) DO UPDATE SET value = value + excluded.value
            """, database)
        for (name, value) in counters where value != 0 {
            statement.bind(1, id)
            statement.bind(2, name)
            statement.bind(3, value)
            try statement.run()
        }
    }

    // MARK: retention

    private func retain(_ watermark: Int64, _ database: Database) throws {
        if let time = store.options.retentionTime, watermark != .min, watermark != .max {
            let deletion = try SQLStatement("DELETE FROM \(table.quotedName) WHERE \(table.end) < ?", database)
            deletion.bind(1, watermark.addingClamped(-time))
            try deletion.run()
        }
        if let most = store.options.retentionBytes { try shrink(to: most, database) }
    }

    /// Removes the oldest rows, as large a part of them as the file is too large.
    private func shrink(to most: Int64, _ database: Database) throws {
        func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(database, sql: sql) ?? 0 }
        let pages = try number("PRAGMA page_count") - number("PRAGMA freelist_count")
        let used = try pages * number("PRAGMA page_size")
        guard used > most else { return }
        let rows = try number("SELECT count(*) FROM \(table.quotedName)")
        // A tenth more, so that this is not done every time.
        let removed = min(rows, rows * (used - most) / used + rows / 10)
        let deletion = try SQLStatement(
            """
            DELETE FROM \(table.quotedName) WHERE \(table.end) <= (
                SELECT \(table.end) FROM \(table.quotedName) ORDER BY \(table.end) LIMIT 1 OFFSET ?)
            """, database)
        deletion.bind(1, removed)
        try deletion.run()
    }
}

extension TextDictionary {
    /// Writes the texts from a code on.
    fileprivate func write(from first: Int, to writer: inout BlockWriter) {
        let (bytes, ends) = texts(from: first)
        writer.write(counted: ends.map { UInt64($0) })
        writer.write(counted: bytes)
    }

    fileprivate func read(from reader: inout BlockReader) throws(StreamError) {
        let ends = try reader.readWords()
        let bytes = try reader.readBytes()
        var start = 0
        for end in ends {
            guard let end = Int(exactly: end), start <= end, end <= bytes.count else {
                throw StateFormat.damaged("texts end where they should not")
            }
            let (text, before) = (bytes[bytes.startIndex + start..<bytes.startIndex + end], count)
            guard text.withUnsafeBytes({ Int(code(of: $0)) }) == before else {
                throw StateFormat.damaged("a text is there twice")
            }
            start = end
        }
    }
}
