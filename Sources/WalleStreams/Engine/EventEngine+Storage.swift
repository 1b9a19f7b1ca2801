internal import GRDB

/// What the store holds of an engine beside its streams and triggers: the place in the source, and events that are held.
final class SavedEngine {
    let store: StreamStore
    let source: SourceRecord
    let outbox: Outbox
    let log: EventLog?
    var part: SavedPart
    var record: StreamRecord { part.record }

    init(
        _ source: StreamSource, in store: StreamStore, logging options: EventLog.Options?
    ) throws(StreamError) {
        self.store = store
        self.source = try SourceRecord(source.name, in: store)
        let names = source.schema.names + source.schema.attributes.map(\.type.rawValue)
        let record = try StreamRecord(
            "(engine of \(source.name))", identity: ["columns \(names.joined(separator: " "))"], nil, self.source,
            in: store)
        part = SavedPart(record: record)
        outbox = try Outbox(self.source, in: store)
        log =
            if let options {
                try EventLog(source, self.source, from: record.position, in: store, options)
            } else { nil }
        // It may have been off for a while.
        log?.skip(to: record.position)
    }
}

/// A stream or pattern of an engine, in its store if it has one.
enum EngineProcessor {
    case fleeting(any EventProcessor)
    case stored(StoredProcessor)

    init(_ processor: any EventProcessor, _ engine: SavedEngine?, from position: Int64) throws(StreamError) {
        guard let engine else {
            self = .fleeting(processor)
            return
        }
        let stored = try StoredProcessor(processor, engine.source, from: position, in: engine.store)
        // It may have been away for a while.
        stored.skip(to: position)
        self = .stored(stored)
    }

    var processor: any EventProcessor {
        switch self {
        case .fleeting(let processor): processor
        case .stored(let stored): stored.processor
        }
    }

    func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows] {
        switch self {
        case .fleeting(let processor): try processor.process(batch)
        case .stored(let stored): try stored.process(batch)
        }
    }

    func advance(to time: Int64) throws(StreamError) -> [StreamRows] {
        switch self {
        case .fleeting(let processor): try processor.advance(to: time)
        case .stored(let stored): try stored.advance(to: time)
        }
    }
}

extension EventEngine {
    /// What comes before this place need never come again; without a store that is what was taken.
    package var committed: Int64 { saved?.record.position ?? position }

    /// Matches whose tasks are not done; nil without a store.
    package var outbox: Outbox? { saved?.outbox }

    private var storedProcessors: [StoredProcessor] {
        processors.compactMap { if case .stored(let stored) = $0 { stored } else { nil } }
    }

    /// Rows that wait to be written.
    package var pendingRowCount: Int { storedProcessors.reduce(0) { $0 + $1.pendingRowCount } }

    func restore() throws(StreamError) {
        guard let saved, let state = try saved.record.state() else { return }
        position = saved.record.position
        let time = try state.read(StateItem(.runner)) { reader throws(StreamError) in
            try reader.readBool() ? try reader.read(Int64.self) : nil
        }
        latest = time
        try held.restore(state)
        saved.part.recorder = StateRecorder(state)
    }

    /// Before anything is taken: opens triggers that are new, and sees that there is room for rows.
    func makeReady() throws(StreamError) {
        guard let saved else { return }
        for group in groups where !group.isOpen { try group.open(saved.source, from: position, in: saved.store) }
        if pendingRowCount >= limits.pendingRows { try checkpoint() }
    }

    /// Writes everything that is new, in one transaction.
    ///
    /// - Throws: `.storage`. Everything is kept in memory then, and the next call writes it.
    package func checkpoint() throws(StreamError) {
        guard let saved, hasChanges || saved.outbox.hasChanges else { return }
        let log = saved.log.map { [$0] } ?? []
        try saved.store.commit([saved.source] + storedProcessors + groups + log + [saved.outbox, self])
        hasChanges = false
    }

    /// The events of some names in a span of time, without its end: those of a name in the order of their times.
    ///
    /// - Throws: `.storage` without a log, and for one that cannot be read.
    package func loggedEvents(
        _ names: [String], in times: Range<Int64>, _ body: (LoggedEvents) throws(StreamError) -> Void
    ) throws(StreamError) {
        guard let log = saved?.log else {
            throw StreamError(
                .storage, "the events are not kept", remedy: "Give the store of the events a log: EventStore.log.")
        }
        try log.read(events: names, in: times, body)
    }

    /// The store with everything that the streams gave: to be queried, on any thread.
    ///
    /// - Throws: `.storage` when what is new cannot be written, and without a store.
    package func writtenStore() throws(StreamError) -> StreamStore {
        guard let saved else {
            throw StreamError(
                .storage, "there is no store to be asked", remedy: "Give the events of the host a store.")
        }
        try checkpoint()
        return saved.store
    }
}

extension EventEngine: StoredPart {
    func write(_ database: Database) throws {
        try saved?.part.write(position: position, database) { recorder in
            recorder.write(StateItem(.runner)) { writer in
                writer.write(latest != nil)
                if let latest { writer.write(latest) }
            }
            held.record(recorder)
        }
    }

    func commit() { saved?.part.commit() }
    func rollBack() { saved?.part.rollBack() }
}
