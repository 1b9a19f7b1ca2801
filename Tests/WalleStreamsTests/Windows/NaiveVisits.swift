@testable import WalleStreams

/// Visits by their definition alone: the events in time are sorted, and each key is gone over from its first to its last.
struct NaiveVisits {
    var timeout: Int64
    var delay: Int64

    struct Visit: Equatable {
        var key: UInt64
        var start: Int64
        var end: Int64
        var events: [NaiveEvent]
    }

    func visits(_ events: [NaiveEvent]) -> (visits: [Visit], late: Int, outside: Int) {
        var watermark = Int64.min
        var (inTime, late): ([NaiveEvent], Int) = ([], 0)
        for event in events {
            if event.keeps {
                if event.time >= watermark { inTime.append(event) } else { late += 1 }
            }
            watermark = max(watermark, event.time - delay)
        }
        var (visits, outside): ([Visit], Int) = ([], 0)
        for (key, events) in Dictionary(grouping: inTime, by: \.key) {
            let (found, dropped) = self.visits(key, events.sorted { ($0.time, $0.row) < ($1.time, $1.row) })
            visits += found
            outside += dropped
        }
        return (visits, late, outside)
    }

    private func visits(_ key: UInt64, _ events: [NaiveEvent]) -> (visits: [Visit], outside: Int) {
        var (visits, outside): ([Visit], Int) = ([], 0)
        var first = 0
        while first < events.count {
            guard events[first].mark == 1 else {
                outside += 1
                first += 1
                continue
            }
            var next = first + 1
            var end: Int64?
            while next < events.count, end == nil {
                if events[next].time - events[next - 1].time > timeout { break }
                if events[next].mark == 1 {
                    end = events[next - 1].time
                    break
                }
                if events[next].mark == 2 { end = events[next].time }
                next += 1
            }
            visits.append(
                Visit(
                    key: key, start: events[first].time, end: end ?? events[next - 1].time + timeout,
                    events: Array(events[first..<next])))
            first = next
        }
        return (visits, outside)
    }
}
