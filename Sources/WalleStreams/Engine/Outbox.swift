internal import GRDB

/// Matches whose tasks are not done yet, in the store: after a crash or an end they start again, under the same names.
///
/// Belongs to one thread at a time.
package final class Outbox: StoredPart {
    package struct Entry: Sendable, Hashable {
        /// The same for the same match.
        package var name: String
        /// What the match starts.
        package var target: String
        package var match: TriggeredMatch

        package init(name: String, target: String, match: TriggeredMatch) {
            self.name = name
            self.target = target
            self.match = match
        }
    }

    private let source: SourceRecord
    /// What was not done when the store was opened.
    private var left: [Entry]
    /// In the order in which it happened: an entry that was added, or the name of one that is done.
    private var changes: [Change] = []

    private enum Change {
        case added(Entry)
        case done(String)
    }

    /// - Throws: `.storage` for entries that are damaged.
    init(_ source: SourceRecord, in store: StreamStore) throws(StreamError) {
        self.source = source
        let id = source.id
        let rows = try store.read { database in
            var rows: [(String, [UInt8])] = []
            let statement = try SQLStatement(
                "SELECT name, bytes FROM walle_outbox WHERE source = ? ORDER BY id", database)
            statement.bind(1, id)
            try statement.forEachRow { rows.append(($0.text(0), $0.bytes(1))) }
            return rows
        }
        left = []
        for (name, bytes) in rows { left.append(try Entry(name, bytes)) }
    }

    /// What was not done when the store was opened, of targets that `isWanted`. Each is given once.
    package func take(where isWanted: (String) -> Bool) -> [Entry] {
        let taken = left.filter { isWanted($0.target) }
        left.removeAll { isWanted($0.target) }
        return taken
    }

    package func add(_ entry: Entry) { changes.append(.added(entry)) }
    package func done(_ name: String) { changes.append(.done(name)) }

    // MARK: checkpoints

    var hasChanges: Bool { !changes.isEmpty }

    func write(_ database: Database) throws {
        // Most entries are done before they were ever written.
        var added: [String: Entry] = [:]
        var (order, removed): ([String], [String]) = ([], [])
        for change in changes {
            switch change {
            case .added(let entry):
                if added.updateValue(entry, forKey: entry.name) == nil { order.append(entry.name) }
            case .done(let name):
                if added.removeValue(forKey: name) == nil { removed.append(name) }
            }
        }
        let deletion = try SQLStatement("DELETE FROM walle_outbox WHERE source = ? AND name = ?", database)
        for name in removed {
            deletion.bind(1, source.id)
            deletion.bind(2, name)
            try deletion.run()
        }
        let insertion = try SQLStatement(
            "INSERT OR IGNORE INTO walle_outbox (source, name, bytes) VALUES (?, ?, ?)", database)
        for case let entry? in order.map({ added[$0] }) {
            insertion.bind(1, source.id)
            insertion.bind(2, entry.name)
            insertion.bind(3, entry.bytes)
            try insertion.run()
        }
    }

    func commit() { changes = [] }
    func rollBack() {}
}

// MARK: bytes

extension Outbox.Entry {
    private static let item = StateItem(.held, -1)

    fileprivate var bytes: [UInt8] {
        var writer = BlockWriter()
        writer.write(text: target)
        writer.write(match.trigger)
        writer.write(match.time)
        writer.write(match.key.count)
        for value in match.key { writer.write(value) }
        writer.write(match.events.count)
        for part in match.events {
            writer.write(part.place)
            writer.write(text: part.step)
            writer.write(part.event != nil)
            if let event = part.event { writer.write(event) }
        }
        return writer.finish(Self.item, 0).bytes
    }

    fileprivate init(_ name: String, _ bytes: [UInt8]) throws(StreamError) {
        var reader = try BlockReader(StateBlock(item: Self.item, index: 0, bytes: bytes))
        let target = try reader.readText()
        var match = TriggeredMatch(trigger: try reader.read(), key: [], time: try reader.read(), events: [])
        for _ in 0..<(try reader.readCount()) { match.key.append(try reader.readValue()) }
        for _ in 0..<(try reader.readCount()) {
            let (place, step): (Int64, String) = (try reader.read(), try reader.readText())
            let event = try reader.readBool() ? try reader.readEvent() : nil
            match.events.append(TriggeredMatch.Part(place: place, step: step, event: event))
        }
        try reader.finish()
        self.init(name: name, target: target, match: match)
    }
}

extension BlockWriter {
    fileprivate mutating func write(_ event: Event) {
        write(text: event.name)
        write(event.page != nil)
        if let page = event.page { write(text: page) }
        write(event.time)
        write(event.attributes.count)
        for (name, value) in event.attributes.sorted(by: { $0.key < $1.key }) {
            write(text: name)
            write(value)
        }
    }

    fileprivate mutating func write(_ value: EventValue) {
        switch value {
        case .null: write(UInt8(0))
        case .bool(let value):
            write(UInt8(1))
            write(value)
        case .int(let value):
            write(UInt8(2))
            write(value)
        case .float(let value):
            write(UInt8(3))
            write(value)
        case .text(let value):
            write(UInt8(4))
            write(text: value)
        case .time(let value):
            write(UInt8(5))
            write(value)
        }
    }
}

extension BlockReader {
    fileprivate mutating func readEvent() throws(StreamError) -> Event {
        let name = try readText()
        let page = try readBool() ? try readText() : nil
        var event = Event(name, page: page, time: try read())
        for _ in 0..<(try readCount()) {
            let name = try readText()
            event.attributes[name] = try readValue()
        }
        return event
    }

    fileprivate mutating func readValue() throws(StreamError) -> EventValue {
        switch try read(UInt8.self) {
        case 0: .null
        case 1: .bool(try readBool())
        case 2: .int(try read())
        case 3: .float(try readDouble())
        case 4: .text(try readText())
        case 5: .time(try read())
        case let kind: throw StateFormat.damaged("a value of kind \(kind)")
        }
    }
}
