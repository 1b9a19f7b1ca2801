internal import GRDB

/// A file of SQLite with the rows, the state and the place in their source of any number of streams.
///
/// A checkpoint is one transaction: after a crash the rows, the state and the place are those of one moment. One
/// process writes at a time, others may read meanwhile.
package final class StreamStore: Sendable {
    package let path: String
    package let options: StoreOptions
    private let queue: DatabaseQueue

    /// Opens a file, or makes it.
    ///
    /// - Throws: `.storage` for a file that is damaged, locked, not writable or another program's.
    package init(path: String, _ options: StoreOptions = StoreOptions()) throws(StreamError) {
        self.path = path
        self.options = options
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(Double(options.busyMilliseconds) / 1000)
        configuration.prepareDatabase { database in
            // Only a new file takes it: fewer and larger pages for blocks of state and rows that come by the thousand.
            try database.execute(sql: "PRAGMA page_size = 16384")
            try database.execute(sql: "PRAGMA synchronous = \(options.synchronous.rawValue)")
            if let most = options.mostFileBytes {
                let size = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
                _ = try Int64.fetchOne(database, sql: "PRAGMA max_page_count = \(max(1, most / size))")
            }
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { try StoreSchema.prepare($0) }
        } catch { throw StoreFailure.error(error, path) }
    }

    /// Writes in one transaction: all of it, or nothing when it throws.
    func write<Result>(_ body: (Database) throws -> Result) throws(StreamError) -> Result {
        do { return try queue.write(body) } catch { throw StoreFailure.error(error, path) }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(StreamError) -> Result {
        do { return try queue.read(body) } catch { throw StoreFailure.error(error, path) }
    }

    /// The rows of a query as SQLite holds them, of what is committed.
    ///
    /// - Parameter values: What stands for the question marks of the statement, in their order.
    /// - Throws: `.storage` for a statement that is wrong, or would write, or has another number of question marks.
    package func query(_ sql: String, _ values: [EventValue] = []) throws(StreamError) -> StoredRows {
        try read { database in
            var rows = StoredRows()
            let statement = try SQLStatement(sql, database)
            guard statement.parameterCount == values.count else {
                throw StreamError(
                    .storage, "the query has \(statement.parameterCount) question marks and \(values.count) values",
                    remedy: "Give a value for each.")
            }
            for (index, value) in values.enumerated() { statement.bind(Int32(index) + 1, value) }
            rows.names = statement.names
            try statement.forEachRow { rows.rows.append($0.values) }
            return rows
        }
    }

    /// Removes a stream with its rows and its state, and a source that no other reads. Neither may be open.
    package func remove(_ name: String) throws(StreamError) {
        try write { database in
            try database.execute(sql: "DELETE FROM walle_streams WHERE name = ?", arguments: [name])
            guard database.changesCount > 0 else { return }
            try database.execute(sql: "DROP TABLE IF EXISTS \(ResultTable.quoted(name))")
            try database.execute(
                sql:
                    "DELETE FROM walle_sources WHERE id NOT IN (SELECT source FROM walle_streams UNION SELECT source FROM walle_logs)"
            )
        }
    }

    /// Removes the event log of a source, which may not be open.
    package func removeLog(of source: String) throws(StreamError) {
        try write { database in
            try database.execute(
                sql: "DELETE FROM walle_logs WHERE source = (SELECT id FROM walle_sources WHERE name = ?)",
                arguments: [source])
        }
    }

    /// What was counted for a stream: events, rows, late events and others, by name.
    package func counters(of stream: String) throws(StreamError) -> [String: Int64] {
        try read { database in
            var counters: [String: Int64] = [:]
            let statement = try SQLStatement(
                "SELECT c.name, c.value FROM walle_counters c JOIN walle_streams s ON s.id = c.stream WHERE s.name = ?",
                database)
            statement.bind(1, stream)
            try statement.forEachRow { counters[$0.text(0)] = $0.int(1) }
            return counters
        }
    }
}

/// What a query gives.
package struct StoredRows: Sendable, Hashable {
    package var names: [String] = []
    package var rows: [[EventValue]] = []
}
