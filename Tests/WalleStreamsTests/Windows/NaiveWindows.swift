@testable import WalleStreams

/// One event of a test.
struct NaiveEvent: Hashable {
    var time: Int64
    var key: UInt64
    /// Nil for null.
    var value: Double?
    var keeps = true
    var row = 0

    /// Some enter, some leave, whatever their windows are.
    var mark: UInt8 { [0, 1, 0, 0, 2, 0, 1, 0, 2, 0, 0][row &* 7919 % 11] }
}

/// Where the rows of a window come from, told by the definition alone: every event is looked at for every window.
struct NaiveWindows {
    struct Row: Hashable {
        var key: UInt64
        var start: Int64
        var end: Int64
    }

    var window: WindowKind
    var delay: Int64
    var lateness: Int64

    /// The events of each row as the stream last tells it, in the order they came; and how many were too late.
    func rows(_ events: [NaiveEvent]) -> (rows: [Row: [NaiveEvent]], late: Int) {
        switch window {
        case .session(let gap): sessions(events, gap)
        default: panes(events)
        }
    }

    private func panes(_ events: [NaiveEvent]) -> (rows: [Row: [NaiveEvent]], late: Int) {
        var rows: [Row: [NaiveEvent]] = [:]
        var late = 0
        var watermark = Int64.min
        for event in events {
            if event.keeps {
                let open = bounds(event.time).filter { watermark == .min || $0.end + lateness > watermark }
                if open.isEmpty { late += 1 }
                for (start, end) in open {
                    rows[Row(key: event.key, start: start, end: end), default: []].append(event)
                }
            }
            watermark = max(watermark, event.time - delay)
        }
        return (rows, late)
    }

    private func floor(_ time: Int64, _ width: Int64, _ origin: Int64) -> Int64 {
        let rest = (time - origin) % width
        return time - (rest < 0 ? rest + width : rest)
    }

    private func bounds(_ time: Int64) -> [(start: Int64, end: Int64)] {
        switch window {
        case .tumbling(let size, let offset):
            let start = floor(time, size, offset)
            return [(start, start + size)]
        case .hopping(let size, let slide, let offset):
            let last = floor(time, slide, offset)
            return (0..<size / slide).map { (last - $0 * slide, last - $0 * slide + size) }
        case .cumulating(let size, let step, let offset):
            let start = floor(time, size, offset)
            return (1...size / step).map { (start, start + $0 * step) }.filter { time < $0.1 }
        default: return []
        }
    }

    private func sessions(_ events: [NaiveEvent], _ gap: Int64) -> (rows: [Row: [NaiveEvent]], late: Int) {
        var ended: [Row: [NaiveEvent]] = [:]
        var open: [UInt64: [[NaiveEvent]]] = [:]
        var late = 0
        var watermark = Int64.min
        func times(_ session: [NaiveEvent]) -> (Int64, Int64) {
            let times = session.map(\.time)
            return (times.min() ?? 0, times.max() ?? 0)
        }
        func row(_ key: UInt64, _ session: [NaiveEvent]) -> Row {
            Row(key: key, start: times(session).0, end: times(session).1 + gap)
        }
        for event in events {
            if event.keeps {
                var sessions = open[event.key] ?? []
                let near = sessions.filter { event.time >= times($0).0 - gap && event.time <= times($0).1 + gap }
                if near.isEmpty, watermark != .min, event.time + gap + lateness < watermark {
                    late += 1
                } else {
                    sessions.removeAll { near.contains($0) }
                    sessions.append(near.flatMap { $0 } + [event])
                    open[event.key] = sessions
                }
            }
            watermark = max(watermark, event.time - delay)
            for (key, sessions) in open {
                let gone = sessions.filter { times($0).1 + gap + lateness < watermark }
                for session in gone { ended[row(key, session)] = session.sorted { $0.row < $1.row } }
                open[key] = sessions.filter { !gone.contains($0) }
            }
        }
        for (key, sessions) in open {
            for session in sessions { ended[row(key, session)] = session.sorted { $0.row < $1.row } }
        }
        return (ended, late)
    }
}

/// The value of an aggregate over values in the order they came, by its definition.
func naive(_ function: AggregateFunction, _ events: [NaiveEvent]) -> [EventValue] {
    let present = events.filter { $0.value != nil }
    let values = present.compactMap(\.value)
    let ordered = present.sorted { ($0.time, $0.row) < ($1.time, $1.row) }.compactMap(\.value)
    func one(_ value: Double?) -> [EventValue] { [value.map(EventValue.float) ?? .null] }
    switch function {
    case .count: return [.int(Int64(values.count))]
    case .sum: return one(values.isEmpty ? nil : values.reduce(0, +))
    case .mean: return one(values.isEmpty ? nil : values.reduce(0, +) / Double(values.count))
    case .variance, .standardDeviation:
        guard values.count > 1 else { return [.null] }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1)
        return one(function == .variance ? variance : variance.squareRoot())
    case .min: return one(values.min())
    case .max: return one(values.max())
    case .first: return one(ordered.first)
    case .last: return one(ordered.last)
    case .lastFew(let count): return ordered.suffix(count).map(EventValue.float)
    case .distinct, .approximateDistinct: return [.int(Int64(Set(values).count))]
    case .top(let count):
        let counts = Dictionary(grouping: ordered) { $0 }.mapValues(\.count)
        let firsts = Dictionary(ordered.enumerated().map { ($1, $0) }) { first, _ in first }
        let sorted = counts.sorted { ($1.value, firsts[$0.key] ?? 0) < ($0.value, firsts[$1.key] ?? 0) }
        return sorted.prefix(count).flatMap { [.float($0.key), .int(Int64($0.value))] }
    case .quantile(let quantile):
        guard !values.isEmpty else { return [.null] }
        let sorted = values.sorted()
        let rank = quantile * Double(sorted.count - 1)
        let (low, part) = (Int(rank), rank - rank.rounded(.down))
        return one(sorted[low] + (sorted[min(low + 1, sorted.count - 1)] - sorted[low]) * part)
    case .concatenation: return [.null]
    }
}
