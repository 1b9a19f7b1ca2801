internal import GRDB

/// The tables of event logs.
enum LogTables {
    static let definition = """
        CREATE TABLE walle_logs (
            source INTEGER PRIMARY KEY REFERENCES walle_sources, position INTEGER NOT NULL, latest INTEGER NOT NULL,
            events INTEGER NOT NULL DEFAULT 0, segments INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
            dropped_events INTEGER NOT NULL DEFAULT 0, dropped_segments INTEGER NOT NULL DEFAULT 0,
            dropped_bytes INTEGER NOT NULL DEFAULT 0, skipped_events INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE walle_log_schemas (
            id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES walle_logs ON DELETE CASCADE,
            attributes TEXT NOT NULL);
        CREATE TABLE walle_log_segments (
            id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES walle_logs ON DELETE CASCADE,
            schema INTEGER NOT NULL, is_open INTEGER NOT NULL, event TEXT, first_time INTEGER NOT NULL,
            last_time INTEGER NOT NULL, first_place INTEGER NOT NULL, count INTEGER NOT NULL, size INTEGER NOT NULL,
            bytes BLOB NOT NULL);
        CREATE INDEX walle_log_of_event ON walle_log_segments (source, event, last_time);
        CREATE INDEX walle_log_of_time ON walle_log_segments (source, last_time);
        CREATE INDEX walle_log_open ON walle_log_segments (source, schema) WHERE is_open;
        """

    private static let entry = "id, schema, first_time, last_time, first_place, count, size"

    static func entry(_ row: SQLRow, from column: Int32 = 0) -> LogEntry {
        LogEntry(
            id: row.int(column), schema: row.int(column + 1), firstTime: row.int(column + 2),
            lastTime: row.int(column + 3), firstPlace: row.int(column + 4), count: Int(row.int(column + 5)),
            byteCount: Int(row.int(column + 6)))
    }

    typealias Found = (position: Int64, latest: Int64, counters: EventLog.Counters)

    static func find(_ source: Int64, _ database: Database) throws -> Found? {
        var found: Found?
        let statement = try SQLStatement(
            """
            SELECT position, latest, events, segments, bytes, dropped_events, dropped_segments, dropped_bytes,
                skipped_events
            FROM walle_logs WHERE source = ?
            """, database)
        statement.bind(1, source)
        try statement.forEachRow { row in
            let counters = EventLog.Counters(
                events: row.int(2), segments: row.int(3), bytes: row.int(4), droppedEvents: row.int(5),
                droppedSegments: row.int(6), droppedBytes: row.int(7), skippedEvents: row.int(8))
            found = (row.int(0), row.int(1), counters)
        }
        return found
    }

    static func insert(_ source: Int64, _ position: Int64, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO walle_logs (source, position, latest) VALUES (?, ?, ?)",
            arguments: [source, position, Int64.min])
    }

    /// Writes what a transaction changed.
    ///
    /// - Throws: `.storage` when somebody else has written the log.
    static func update(
        _ source: SourceRecord, _ staged: EventLog.Staged, from position: Int64, _ database: Database
    ) throws {
        let statement = try SQLStatement(
            """
            UPDATE walle_logs SET position = ?, latest = ?, events = ?, segments = ?, bytes = ?, dropped_events = ?,
                dropped_segments = ?, dropped_bytes = ?, skipped_events = ?
            WHERE source = ? AND position = ?
            """, database)
        let counters = staged.counters
        let values = [
            staged.position, staged.latest, counters.events, counters.segments, counters.bytes, counters.droppedEvents,
            counters.droppedSegments, counters.droppedBytes, counters.skippedEvents, source.id, position,
        ]
        for (index, value) in values.enumerated() { statement.bind(Int32(index) + 1, value) }
        try statement.run()
        guard database.changesCount == 1 else {
            throw StreamError(
                .storage, "somebody else has written the event log of \"\(source.name)\"",
                remedy: "Run one program that writes the log, and open it anew.")
        }
    }

    // MARK: schemas

    private static func text(_ attributes: [EventSchema.Attribute]) -> String {
        attributes.map { "\($0.type.rawValue) \($0.name)" }.joined(separator: "\n")
    }

    static func schemas(_ source: Int64, _ database: Database) throws -> [Int64: [EventSchema.Attribute]] {
        var schemas: [Int64: [EventSchema.Attribute]] = [:]
        let statement = try SQLStatement("SELECT id, attributes FROM walle_log_schemas WHERE source = ?", database)
        statement.bind(1, source)
        try statement.forEachRow { row in
            schemas[row.int(0)] = try row.text(1).split(separator: "\n").map { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                guard parts.count == 2, let type = ColumnType(rawValue: String(parts[0])) else {
                    throw StateFormat.damaged("an attribute of the event log is \"\(line)\"")
                }
                return EventSchema.Attribute(String(parts[1]), type)
            }
        }
        return schemas
    }

    /// The number of a schema, a new one if there is none.
    static func number(
        of attributes: [EventSchema.Attribute], _ source: Int64, _ schemas: inout [Int64: [EventSchema.Attribute]],
        _ database: Database
    ) throws -> Int64 {
        if let known = schemas.first(where: { $0.value == attributes }) { return known.key }
        try database.execute(
            sql: "INSERT INTO walle_log_schemas (source, attributes) VALUES (?, ?)",
            arguments: [source, text(attributes)])
        schemas[database.lastInsertedRowID] = attributes
        return database.lastInsertedRowID
    }

    // MARK: segments

    /// Segments that may be merged, in their order, with their names.
    static func open(
        _ source: Int64, _ schema: Int64, _ database: Database
    ) throws -> [(name: String?, entry: LogEntry)] {
        var found: [(String?, LogEntry)] = []
        let statement = try SQLStatement(
            "SELECT event, \(entry) FROM walle_log_segments WHERE source = ? AND schema = ? AND is_open ORDER BY id",
            database)
        statement.bind(1, source)
        statement.bind(2, schema)
        try statement.forEachRow { row in
            found.append((row.isNull(0) ? nil : row.text(0), entry(row, from: 1)))
        }
        return found
    }

    /// Segments with events of a name, or of several, in a span, by their first times.
    static func entries(
        _ source: Int64, _ name: String, _ times: Range<Int64>, _ database: Database
    ) throws -> [(isMixed: Bool, entry: LogEntry)] {
        var found: [(Bool, LogEntry)] = []
        let statement = try SQLStatement(
            """
            SELECT 0, \(entry) FROM walle_log_segments
            WHERE source = ?1 AND event = ?2 AND last_time >= ?3 AND first_time < ?4
            UNION ALL SELECT 1, \(entry) FROM walle_log_segments
            WHERE source = ?1 AND event IS NULL AND last_time >= ?3 AND first_time < ?4
            """, database)
        statement.bind(1, source)
        statement.bind(2, name)
        statement.bind(3, times.lowerBound)
        statement.bind(4, times.upperBound)
        try statement.forEachRow { found.append(($0.int(0) != 0, entry($0, from: 1))) }
        return found.sorted { ($0.1.firstTime, $0.1.id) < ($1.1.firstTime, $1.1.id) }
    }

    /// The bytes of a segment, with padding behind; nil when it is there no more.
    static func bytes(_ id: Int64, _ database: Database) throws -> [UInt8]? {
        var bytes: [UInt8]?
        let statement = try SQLStatement("SELECT bytes FROM walle_log_segments WHERE id = ?", database)
        statement.bind(1, id)
        try statement.forEachRow { bytes = $0.bytes(0, padding: PackedReader.padding) }
        return bytes
    }
}
