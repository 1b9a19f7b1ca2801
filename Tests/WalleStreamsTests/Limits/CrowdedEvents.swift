@testable import WalleStreams

/// Events of a few keys that come again and again, among those of many that come once.
struct CrowdedEvents {
    struct Key: Hashable {
        var user: Int64
        var shop: Int64
    }

    var times: [Int64] = []
    var keys: [Key] = []

    static let schema = EventSchema(attributes: [.init("user", .int), .init("shop", .int)])
    static let regulars = 30

    /// - Parameter disorder: How far back times go at most.
    init(_ count: Int, disorder: Int64 = 0, seed: UInt64) {
        var random = SeededRandom(seed)
        var time: Int64 = 0
        for row in 0..<count {
            time += Int64.random(in: 0...2, using: &random)
            times.append(time - (disorder > 0 ? Int64.random(in: 0...disorder, using: &random) : 0))
            let isRegular = Int.random(in: 0..<4, using: &random) == 0
            let user = isRegular ? Int64.random(in: 0..<Int64(Self.regulars), using: &random) : Int64(1000 + row)
            keys.append(Key(user: user, shop: user % 3))
        }
    }

    /// Counts the events of a window, by one column of the key or by two.
    static func definition(
        _ window: WindowKind, columns: Int, limit: Int, delay: Microseconds = 0
    ) -> StreamDefinition {
        var definition = StreamDefinition(
            name: "crowd", source: StreamSource(name: "log", schema: schema, delay: delay),
            key: columns == 1 ? ["user"] : ["user", "shop"], window: window,
            aggregates: [Aggregate("events", .count)])
        definition.mostGroups = limit
        return definition
    }

    func batch(_ from: Int, _ count: Int, _ texts: TextDictionary) -> EventBatch {
        let rows = from..<from + count
        let times = Column.of(ints: Array(self.times[rows]), .time)
        var names = ColumnBuilder(.text)
        for row in rows { names.append(code: texts.code(of: row % 3 == 0 ? "stay" : "enter")) }
        return EventBatch(
            schema: Self.schema, times: times, events: names.finish(), pages: times.nulls(.text),
            attributes: [
                .of(ints: keys[rows].map(\.user)), .of(ints: keys[rows].map(\.shop)),
            ], texts: texts, offset: Int64(from))
    }

    func values(_ key: Key, columns: Int) -> [EventValue] {
        columns == 1 ? [.int(key.user)] : [.int(key.user), .int(key.shop)]
    }

    var run: ToldRun { ToldRun(batch: batch, count: times.count) }
}

/// What a limit leaves of the rows of a window, by its definition: events one by one, sets of keys.
struct NaiveLimit {
    struct Row: Hashable {
        var key: CrowdedEvents.Key
        var start: Int64
        var end: Int64
        var count: Int64
    }

    var rows: [Row] = []
    var dropped = 0
    var evicted = 0

    /// Windows of `panes` panes each of `width`.
    static func panes(_ events: CrowdedEvents, width: Int64, panes: Int64, limit: Int) -> NaiveLimit {
        var limited = NaiveLimit()
        var counts: [Int64: [CrowdedEvents.Key: Int64]] = [:]
        var full: Set<Int64> = []
        for (time, key) in zip(events.times, events.keys) {
            let pane = (time - (time % width + width) % width) / width
            if counts[pane, default: [:]][key] == nil, counts[pane, default: [:]].count >= limit {
                limited.dropped += 1
                full.insert(pane)
            } else {
                counts[pane, default: [:]][key, default: 0] += 1
            }
        }
        guard let first = counts.keys.min(), let last = counts.keys.max() else { return limited }
        for start in first - panes + 1...last {
            let inside = start..<start + panes
            var window: [CrowdedEvents.Key: Int64] = [:]
            for pane in inside { window.merge(counts[pane] ?? [:]) { $0 + $1 } }
            for (key, count) in window {
                if inside.contains(where: { full.contains($0) && counts[$0]?[key] == nil }) {
                    limited.evicted += 1
                } else {
                    limited.rows.append(
                        Row(key: key, start: start * width, end: (start + panes) * width, count: count))
                }
            }
        }
        return limited
    }

    /// Of events in the order of time, without a delay.
    static func sessions(_ events: CrowdedEvents, gap: Int64, limit: Int) -> NaiveLimit {
        struct Session {
            var row: Row
            var last: Int64
            var opened: Int
        }
        var limited = NaiveLimit()
        var open: [CrowdedEvents.Key: Session] = [:]
        var closedTime = Int64.min
        for (place, (time, key)) in zip(events.times, events.keys).enumerated() {
            for session in open.values where session.last + gap + 1 <= time {
                limited.rows.append(session.row)
                open[session.row.key] = nil
            }
            if open[key] == nil {
                guard time > closedTime else {
                    limited.dropped += 1
                    continue
                }
                if open.count == limit, let next = open.values.min(by: { ($0.last, $0.opened) < ($1.last, $1.opened) })
                {
                    limited.rows.append(next.row)
                    limited.evicted += 1
                    closedTime = max(closedTime, next.last)
                    open[next.row.key] = nil
                }
                open[key] = Session(row: Row(key: key, start: time, end: 0, count: 0), last: time, opened: place)
            }
            open[key]?.row.count += 1
            open[key]?.row.end = time + gap
            open[key]?.last = time
        }
        limited.rows += open.values.map(\.row)
        return limited
    }

    /// Of events in the order of time, none of which are of the same time.
    static func over(_ events: CrowdedEvents, size: Int64, limit: Int) -> NaiveLimit {
        var limited = NaiveLimit()
        var known: [CrowdedEvents.Key: [(time: Int64, place: Int)]] = [:]
        for (place, (time, key)) in zip(events.times, events.keys).enumerated() {
            for (key, history) in known where (history.last?.time ?? .min) < time - size { known[key] = nil }
            if known[key] == nil, known.count == limit {
                let quietest = known.min {
                    ($0.value.last?.time ?? 0, $0.value.last?.place ?? 0)
                        < ($1.value.last?.time ?? 0, $1.value.last?.place ?? 0)
                }
                if let quietest { known[quietest.key] = nil }
                limited.evicted += 1
            }
            known[key, default: []].removeAll { $0.time < time - size }
            known[key, default: []].append((time, place))
            let count = Int64(known[key]?.count ?? 0)
            limited.rows.append(Row(key: key, start: time, end: time, count: count))
        }
        return limited
    }
}
