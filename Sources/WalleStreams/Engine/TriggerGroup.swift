internal import GRDB
internal import WalleMemory

/// The triggers of one key, which share an index. With a store it goes on where it was saved, from its first event on: its
/// triggers must have been added by then.
final class TriggerGroup: StoredPart {
    let key: [String]
    let index: TriggerIndex
    private let places: [EventSchema.Place]
    let keys: StreamKeys
    private let predicates: PredicateColumns
    private var found = TriggerMatches()
    private var saved: SavedPart?
    /// The place in the source of the next event.
    private var position: Int64 = 0

    init(
        key: [String], places: [EventSchema.Place], schema: EventSchema, texts: TextDictionary,
        limits: TriggerIndex.Limits
    ) {
        self.key = key
        self.places = places
        keys = StreamKeys(places.map(schema.type))
        index = TriggerIndex(schema: schema, texts: texts, limits: limits)
        index.notesRows = true
        predicates = PredicateColumns(schema)
    }

    /// What a trigger has found.
    struct Found {
        var trigger: Int
        var key: [EventValue]
        var time: Int64
        /// Of each event the place in the stream, and the step that it was taken for.
        var events: [(place: Int64, step: String)]
    }

    /// Looks at events, the places of which follow each other.
    ///
    /// - Parameter note: Gets the rows that may become part of a match, ascending, before the matches are read.
    func take(_ batch: EventBatch, note: ([UInt32]) -> Void) throws(StreamError) -> [Found] {
        index.notedRows.removeAll(keepingCapacity: true)
        position = batch.offset + Int64(batch.count)
        try index.take(batch, keys: keyColumn(batch), predicates: predicates, into: &found)
        if !index.notedRows.isEmpty { note(index.notedRows) }
        return matches(batch.texts)
    }

    func advance(watermark: Int64, _ texts: TextDictionary) -> [Found] {
        index.advance(watermark: watermark, into: &found)
        return matches(texts)
    }

    // MARK: saving

    var isOpen: Bool { saved != nil }

    /// Goes on where the store has it, before its first event.
    ///
    /// - Throws: `.storage`.
    func open(_ source: SourceRecord, from position: Int64, in store: StreamStore) throws(StreamError) {
        let types = places.map { index.schema.type(at: $0).rawValue }
        let record = try StreamRecord(
            "(triggers \(key.joined(separator: ", ")))", identity: ["key \(types)"], nil, source, from: position,
            in: store)
        var recorder = StateRecorder()
        if let state = try record.state() {
            try keys.restore(state)
            recorder = try index.restore(state)
        }
        saved = SavedPart(record: record, recorder: recorder)
        self.position = position
    }

    func write(_ database: Database) throws {
        try saved?.write(position: position, database) { recorder in
            keys.record(recorder)
            index.record(recorder)
        }
    }

    func commit() { saved?.commit() }
    func rollBack() { saved?.rollBack() }

    private func keyColumn(_ batch: EventBatch) -> Column? {
        guard !places.isEmpty else { return nil }
        keys.forget { body in
            index.forEachKey { body(UInt64(bitPattern: $0)) }
            return true
        }
        return Column(words: keys.numbers(places.map(batch.column), count: batch.count))
    }

    private func matches(_ texts: TextDictionary) -> [Found] {
        guard !found.isEmpty else { return [] }
        defer { found.removeAll() }
        let matches = found.matches
        let columns = keys.columns(matches.keys.map(UInt64.init(bitPattern:)))
        return found.conditions.enumerated().map { match, trigger in
            let variables = index.variables(of: trigger)
            return Found(
                trigger: trigger, key: columns.map { $0.value(at: match, texts: texts) }, time: matches.times[match],
                events: matches.events(of: match).map { (matches.rows[$0], variables[Int(matches.variables[$0])]) })
        }
    }
}

extension Column {
    /// Integers by their bits.
    init(words: [UInt64]) {
        self.init(uninitialized: .int, count: words.count)
        words.withUnsafeBytes { values.bytes.copyMemory(from: $0) }
    }
}
