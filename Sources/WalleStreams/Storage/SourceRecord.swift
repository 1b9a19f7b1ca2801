internal import GRDB

/// What the store holds of one source: the texts of its dictionary, whose codes the states of its streams name.
///
/// All streams of a source that are open at once share one record and are committed with it, as a code can mean only one
/// text. Belongs to one thread at a time.
package final class SourceRecord: StoredPart {
    package let name: String
    /// Of the events' texts: batches must be made with it.
    package let texts = TextDictionary()
    private(set) var id: Int64 = 0
    /// Texts that are stored, and those that will be with the transaction.
    private var textCount = 0
    private var nextTextCount = 0

    /// Finds the source in the store, or makes it.
    ///
    /// - Throws: `.storage`.
    package init(_ name: String, in store: StreamStore) throws(StreamError) {
        self.name = name
        if let found = try store.read({ try Self.find(name, $0) }) {
            id = found
            for (first, bytes) in try store.read({ try Self.segments(found, $0) }) { try read(first, bytes) }
        } else {
            id = try store.write { database in
                try database.execute(sql: "INSERT INTO walle_sources (name) VALUES (?)", arguments: [name])
                return database.lastInsertedRowID
            }
        }
        textCount = texts.count
    }

    private static func find(_ name: String, _ database: Database) throws -> Int64? {
        var found: Int64?
        let statement = try SQLStatement("SELECT id FROM walle_sources WHERE name = ?", database)
        statement.bind(1, name)
        try statement.forEachRow { found = $0.int(0) }
        return found
    }

    private static func segments(_ id: Int64, _ database: Database) throws -> [(first: Int, bytes: [UInt8])] {
        var segments: [(Int, [UInt8])] = []
        let statement = try SQLStatement(
            "SELECT first, bytes FROM walle_texts WHERE source = ? ORDER BY first", database)
        statement.bind(1, id)
        try statement.forEachRow { segments.append((Int($0.int(0)), $0.bytes(1))) }
        return segments
    }

    private func read(_ first: Int, _ bytes: [UInt8]) throws(StreamError) {
        guard first == texts.count else { throw StateFormat.damaged("texts from \(texts.count) on are missing") }
        var reader = try BlockReader(StateBlock(item: Self.item, index: first, bytes: bytes))
        try texts.read(from: &reader)
        try reader.finish()
    }

    /// Names the blocks of texts to their checksums.
    private static let item = StateItem(.keys, -1)

    // MARK: checkpoints

    /// Writes the texts that are new in the dictionary.
    func write(_ database: Database) throws {
        nextTextCount = texts.count
        guard nextTextCount > textCount else { return }
        let update = try SQLStatement(
            "UPDATE walle_sources SET text_count = ? WHERE id = ? AND text_count = ?", database)
        for (index, value) in [Int64(nextTextCount), id, Int64(textCount)].enumerated() {
            update.bind(Int32(index) + 1, value)
        }
        try update.run()
        guard database.changesCount == 1 else {
            throw StreamError(
                .storage, "somebody else has added texts to the source \"\(name)\" in the store",
                remedy: "Run all streams of a source in one program, or one after the other.")
        }
        var writer = BlockWriter()
        texts.write(from: textCount, to: &writer)
        let insertion = try SQLStatement("INSERT INTO walle_texts VALUES (?, ?, ?)", database)
        insertion.bind(1, id)
        insertion.bind(2, Int64(textCount))
        insertion.bind(3, writer.finish(Self.item, textCount).bytes)
        try insertion.run()
    }

    func commit() { textCount = nextTextCount }
    func rollBack() {}
}
