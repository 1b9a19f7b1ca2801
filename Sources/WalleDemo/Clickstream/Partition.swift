/// The events of some users in the order of time, replayed without end.
struct Partition: Sendable {
    let number: Int
    let events: [ClickEvent]
    /// How much later each replay is than the one before, in seconds.
    let span: Double

    static let batchEvents = 250

    var batchesPerReplay: Int { (events.count + Self.batchEvents - 1) / Self.batchEvents }

    /// All events of one user belong to one partition.
    static func split(_ stream: Clickstream, into count: Int) -> [Partition] {
        var parts = Array(repeating: [ClickEvent](), count: count)
        for event in stream.events { parts[hash(event.user) % count].append(event) }
        return parts.enumerated().filter { !$0.element.isEmpty }.map { number, events in
            Partition(number: number, events: events, span: stream.span)
        }
    }

    /// The batch of a number counted from 0 through all replays.
    func batch(_ number: Int) -> PartitionBatch {
        let (replay, place) = number.quotientAndRemainder(dividingBy: batchesPerReplay)
        let begin = place * Self.batchEvents
        var batch = Array(events[begin..<min(begin + Self.batchEvents, events.count)])
        for index in batch.indices { batch[index].time += Double(replay) * span }
        return PartitionBatch(partition: self.number, events: batch)
    }

    private static func hash(_ user: String) -> Int {
        user.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
    }
}

extension Clickstream {
    /// Batches of about `events` events with all events of each user in them.
    func wholeUsers(ofAbout count: Int) -> [[ClickEvent]] {
        var users: [String: [ClickEvent]] = [:]
        var order: [String] = []
        for event in events {
            if users[event.user] == nil { order.append(event.user) }
            users[event.user, default: []].append(event)
        }
        var batches: [[ClickEvent]] = []
        for user in order {
            if batches.last.map({ $0.count >= count }) ?? true { batches.append([]) }
            batches[batches.count - 1] += users[user] ?? []
        }
        return batches
    }
}
