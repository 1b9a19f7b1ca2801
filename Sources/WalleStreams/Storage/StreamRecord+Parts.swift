internal import GRDB

// The parts of a checkpoint.
extension StreamRecord {
    func write(_ changes: StateChanges, _ database: Database) throws {
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

    func write(_ letters: [BadLine], _ database: Database) throws {
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

    func add(_ counters: [String: Int64], _ database: Database) throws {
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

    func retain(_ watermark: Int64, _ database: Database) throws {
        guard let table, let end = table.end else { return }
        if let time = store.options.retentionTime, watermark != .min, watermark != .max {
            let deletion = try SQLStatement("DELETE FROM \(table.quotedName) WHERE \(end) < ?", database)
            deletion.bind(1, watermark.addingClamped(-time))
            try deletion.run()
        }
        if let most = store.options.retentionBytes { try shrink(table, end, to: most, database) }
    }

    /// Removes the oldest rows, as large a part of them as the file is too large.
    private func shrink(_ table: ResultTable, _ end: String, to most: Int64, _ database: Database) throws {
        func number(_ sql: String) throws -> Int64 { try Int64.fetchOne(database, sql: sql) ?? 0 }
        let pages = try number("PRAGMA page_count") - number("PRAGMA freelist_count")
        let used = try pages * number("PRAGMA page_size")
        guard used > most else { return }
        let rows = try number("SELECT count(*) FROM \(table.quotedName)")
        // A tenth more, so that this is not done every time.
        let removed = min(rows, rows * (used - most) / used + rows / 10)
        let deletion = try SQLStatement(
            """
            DELETE FROM \(table.quotedName) WHERE \(end) <= (
                SELECT \(end) FROM \(table.quotedName) ORDER BY \(end) LIMIT 1 OFFSET ?)
            """, database)
        deletion.bind(1, removed)
        try deletion.run()
    }
}
