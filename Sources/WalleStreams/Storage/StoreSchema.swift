internal import GRDB

/// The tables beside those of rows.
enum StoreSchema {
    /// Marks a file as a store of streams.
    private static let application: Int32 = 0x5753_5453
    /// Another when the tables of one release are not those of the next.
    static let version = 2

    static func prepare(_ database: Database) throws {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if application == Self.application, version == Self.version { return }
        guard count == 0 else { throw refusal(application, version) }
        try database.execute(sql: tables(application: Self.application, version: Self.version))
    }

    private static func refusal(_ application: Int32, _ version: Int) -> StreamError {
        guard application == Self.application else {
            return StreamError(.storage, "the file is a database of another program", remedy: "Choose another file.")
        }
        return StreamError(
            .storage, "the store is of version \(version), this release reads version \(Self.version)",
            remedy: "Choose another file and replay the events into it, or use the release that wrote this one.")
    }

    private static func tables(application: Int32, version: Int) -> String {
        """
        CREATE TABLE walle_sources (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, text_count INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE walle_texts (
            source INTEGER NOT NULL REFERENCES walle_sources ON DELETE CASCADE, first INTEGER NOT NULL,
            bytes BLOB NOT NULL, PRIMARY KEY (source, first));
        CREATE TABLE walle_streams (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, source INTEGER NOT NULL REFERENCES walle_sources,
            definition TEXT NOT NULL, began INTEGER NOT NULL, position INTEGER NOT NULL, row_count INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE walle_state (
            stream INTEGER NOT NULL REFERENCES walle_streams ON DELETE CASCADE, kind INTEGER NOT NULL,
            id INTEGER NOT NULL, block INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (stream, kind, id, block));
        CREATE TABLE walle_counters (
            stream INTEGER NOT NULL REFERENCES walle_streams ON DELETE CASCADE, name TEXT NOT NULL,
            value INTEGER NOT NULL, PRIMARY KEY (stream, name)) WITHOUT ROWID;
        CREATE TABLE walle_dead_letters (
            id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES walle_streams ON DELETE CASCADE,
            line INTEGER NOT NULL, position INTEGER NOT NULL, column INTEGER NOT NULL, reason TEXT NOT NULL,
            sample BLOB NOT NULL);
        CREATE INDEX walle_dead_letters_of ON walle_dead_letters (stream, id);
        CREATE TABLE walle_outbox (
            id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES walle_sources ON DELETE CASCADE,
            name TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE (source, name));
        \(LogTables.definition)
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(version);
        """
    }
}
