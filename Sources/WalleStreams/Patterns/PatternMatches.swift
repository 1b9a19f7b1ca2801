/// Matches side by side, in the order in which they were found.
package struct PatternMatches: Sendable {
    /// The key of each.
    package private(set) var keys: [Int64] = []
    /// When each was certain: the time of the event that decided it, or when `within` had passed.
    package private(set) var times: [Int64] = []
    /// The events of all matches: their places in the stream.
    package private(set) var rows: [Int64] = []
    /// Which variable took each: an index of the program's `variables`.
    package private(set) var variables: [UInt16] = []
    /// When each event was, or was taken to be.
    package private(set) var eventTimes: [Int64] = []
    /// Where the events of each match begin; one more than there are matches.
    private var starts = [0]

    package init() {}

    package var count: Int { keys.count }
    package var isEmpty: Bool { keys.isEmpty }

    /// The range of a match's events in `rows`, `variables` and `eventTimes`.
    package func events(of match: Int) -> Range<Int> { starts[match]..<starts[match + 1] }

    package mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        variables.removeAll(keepingCapacity: true)
        eventTimes.removeAll(keepingCapacity: true)
        starts.removeSubrange(1...)
    }

    /// Room for a match of so many events, which `set` fills.
    mutating func append(key: Int64, time: Int64, count: Int) {
        keys.append(key)
        times.append(time)
        rows.append(contentsOf: repeatElement(0, count: count))
        variables.append(contentsOf: repeatElement(0, count: count))
        eventTimes.append(contentsOf: repeatElement(0, count: count))
        starts.append(rows.count)
    }

    /// An event of the last match, counted from its end.
    mutating func set(fromEnd index: Int, row: Int64, variable: UInt16, time: Int64) {
        let place = rows.count - 1 - index
        (rows[place], variables[place], eventTimes[place]) = (row, variable, time)
    }

    /// Takes the last match back when one since `first` has the same events.
    mutating func removeLastIfKnown(since first: Int) {
        let last = count - 1
        let events = events(of: last)
        let isKnown = (first..<last).contains { match in
            rows[self.events(of: match)] == rows[events] && variables[self.events(of: match)] == variables[events]
        }
        guard isKnown else { return }
        rows.removeLast(events.count)
        variables.removeLast(events.count)
        eventTimes.removeLast(events.count)
        keys.removeLast()
        times.removeLast()
        starts.removeLast()
    }
}
