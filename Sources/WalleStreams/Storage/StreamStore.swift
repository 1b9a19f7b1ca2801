internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// A file of SQLite with the rows, the state and the place in their source of any number of streams.
///
/// A checkpoint is one transaction: after a crash the rows, the state and the place are those of one moment. One
/// process writes at a time, others may read meanwhile.
package final class StreamStore: Sendable {
    package let path: String
    package let options: StoreOptions
    private let queue: DatabaseQueue
    /// For queries, which may take long and must not hold up what writes; opened by the first.
    private let reader = Mutex<DatabaseQueue?>(nil)

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

    /// The rows of a query as SQLite holds them, of what is committed. Any thread; others may write meanwhile.
    ///
    /// - Parameters:
    ///   - values: What stands for the question marks of the statement, in their order.
    ///   - isStopped: Asked now and then: ends the query.
    /// - Throws: `.storage` for a statement that is wrong, or would write, or has another number of question marks, and for
    ///   a query that is stopped; `.limit` for too many rows.
    package func query(
        _ sql: String, _ values: [EventValue] = [], isStopped: () -> Bool = { false }
    ) throws(StreamError) -> StoredRows {
        let queue = try queryQueue()
        return try withoutActuallyEscaping(isStopped) { isStopped throws(StreamError) in
            do {
                return try queue.read { database in
                    try Progress.watched(database, isStopped) {
                        try Self.rows(sql, values, database, most: options.mostQueryRows)
                    }
                }
            } catch { throw StoreFailure.error(error, path) }
        }
    }

    private func queryQueue() throws(StreamError) -> DatabaseQueue {
        do {
            return try reader.withLock { reader in
                if let reader { return reader }
                var configuration = Configuration()
                configuration.readonly = true
                configuration.busyMode = .timeout(Double(options.busyMilliseconds) / 1000)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                reader = queue
                return queue
            }
        } catch { throw StoreFailure.error(error, path) }
    }

    private static func rows(
        _ sql: String, _ values: [EventValue], _ database: Database, most: Int
    ) throws -> StoredRows {
        var rows = StoredRows()
        let statement = try SQLStatement(sql, database)
        guard statement.parameterCount == values.count else {
            throw StreamError(
                .storage, "the query has \(statement.parameterCount) question marks and \(values.count) values",
                remedy: "Give a value for each.")
        }
        for (index, value) in values.enumerated() { statement.bind(Int32(index) + 1, value) }
        rows.names = statement.names
        try statement.forEachRow { row in
            guard rows.rows.count < most else {
                throw StreamError(
                    .limit, "the query gives more than \(most) rows",
                    remedy: "Let SQL add them up, or ask for a part with WHERE and LIMIT.")
            }
            rows.rows.append(row.values)
        }
        return rows
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

/// Asks while a statement runs whether it shall go on.
private enum Progress {
    /// Of SQLite's virtual machine: some tens of microseconds.
    private static let instructions: Int32 = 10_000

    static func watched<Result>(
        _ database: Database, _ isStopped: @escaping () -> Bool, _ body: () throws -> Result
    ) throws -> Result {
        var isStopped = isStopped
        return try withUnsafeMutablePointer(to: &isStopped) { asked in
            sqlite3_progress_handler(
                database.sqliteConnection, instructions,
                { context in
                    let isStopped = context.unsafelyUnwrapped.assumingMemoryBound(to: (() -> Bool).self)
                    return isStopped.pointee() ? 1 : 0
                }, asked)
            defer { sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil) }
            return try body()
        }
    }
}

/// What a query gives.
package struct StoredRows: Sendable, Hashable {
    package var names: [String] = []
    package var rows: [[EventValue]] = []
}
