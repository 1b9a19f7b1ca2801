// What parts of a definition go together: what does not is refused with the field.
extension StreamDefinition {
    /// Rows that stand first in a group, and columns of a row of an event.
    static let mostFirst = 10_000
    static let mostSelected = 48
    /// Streams that read one another.
    static let mostChained = 16

    /// - Throws: `.definition` that names the field.
    func check() throws(StreamError) {
        try checkParts()
        try checkWindow()
        if let rank { try check(rank) }
        try checkChain()
    }

    private func wrong(_ field: String, _ message: String, _ remedy: String) -> StreamError {
        StreamError(.definition, field: field, message, remedy: remedy)
    }

    private func checkParts() throws(StreamError) {
        if aggregates.isEmpty, select.isEmpty {
            throw rank == nil
                ? wrong(
                    "aggregate", "there is none", "Write aggregate = { views = \"count()\" }, or select = [\"user\"].")
                : wrong("select", "there is none", "Name the values that a row has: select = [\"user\", \"price\"].")
        }
        if !aggregates.isEmpty, !select.isEmpty {
            throw wrong(
                "select", "rows of aggregates have no values of an event",
                "Put the value into the key, or aggregate it: last(price).")
        }
        if !aggregates.isEmpty, rank != nil {
            throw wrong(
                "rank", "it ranks events, not aggregates", "Rank in a stream of its own, whose source is this one.")
        }
        guard select.count <= Self.mostSelected else {
            throw wrong("select", "\(select.count) values", "Select at most \(Self.mostSelected).")
        }
        guard form != .events || key.isEmpty else {
            throw wrong("key", "rows of single events have no key", "Leave it out, and select the values.")
        }
    }

    private func checkWindow() throws(StreamError) {
        if form == .events, window != .unbounded {
            throw wrong("window", "rows of single events have no window", "Leave it out, or aggregate or rank.")
        }
        if case .visit = window, upstream != nil {
            throw wrong("window", "the rows of another stream have no names of events", "Read a source.")
        }
        if window == .upstream, !(upstream?.hasWindowBounds ?? false) {
            throw wrong(
                "window", "its source has no windows", "Read a stream with windows, or write one of another kind.")
        }
        if window == .upstream, rank == nil {
            throw wrong(
                "window", "aggregates over the windows of another stream",
                "Write window = false and key = [\"window_start\", \"window_end\"].")
        }
        if window == .unbounded || rank != nil, lateness != 0 {
            throw wrong("lateness", "its rows have none", "Leave it out, and give the source a longer delay.")
        }
        if window != .unbounded || form == .events {
            if timeToLive != nil { throw wrong("ttl", "only groups without a window live on", "Leave it out.") }
        }
        if form == .events, mostGroups != Self.mostGroups {
            throw wrong("limit", "rows of single events are of no group", "Leave it out.")
        }
        guard mostGroups >= 1, timeToLive ?? 1 > 0 else {
            throw wrong(mostGroups < 1 ? "limit" : "ttl", "nothing could be remembered", "Write one above zero.")
        }
    }

    private func check(_ rank: Rank) throws(StreamError) {
        guard !rank.order.isEmpty else {
            throw wrong("rank.by", "there is none", "Write by = \"price desc\".")
        }
        guard (1...Self.mostFirst).contains(rank.first) else {
            throw wrong("rank.first", "\(rank.first) rows", "Write how many, from 1 to \(Self.mostFirst).")
        }
        switch window {
        case .session, .over, .visit:
            throw wrong(
                "window", "rows are ranked in windows by time only", "Take one that is tumbling, hopping or so.")
        default: break
        }
        guard !rank.ties || window != .unbounded else {
            throw wrong("rank.ties", "equal rows without end", "Give it a window, or leave ties out.")
        }
    }

    private func checkChain() throws(StreamError) {
        guard let upstream else { return }
        var (length, next) = (1, upstream.upstream)
        while let stream = next { (length, next) = (length + 1, stream.upstream) }
        guard length < Self.mostChained else {
            throw wrong("source", "more than \(Self.mostChained) streams in a row", "Compute more in one stream.")
        }
        guard upstream.changesRows else { return }
        if form == .windows || form == .windowRanks {
            throw wrong(
                "source", "rows of \(upstream.name) change, and a window takes none back",
                upstream.window == .unbounded ? "Write window = false." : "Set lateness = \"0s\" in \(upstream.name).")
        }
        if form != .events, let part = upstream.inexact {
            throw wrong(
                "source", "rows of \(part) change, and a float that is computed again may differ in its last bits",
                "Set lateness = \"0s\" in \(part), or aggregate integers.")
        }
    }

    /// The name of the stream whose rows, taken back, may not be what they were to the last bit.
    private var inexact: String? {
        guard form == .windows, lateness > 0 else { return form == .events ? upstream?.inexact : nil }
        let isInexact = aggregates.contains { aggregate in
            switch aggregate.function {
            case .sum, .mean, .variance, .standardDeviation, .quantile: true
            default: false
            }
        }
        return isInexact ? name : nil
    }

    /// Whether an aggregate can take back what it was given.
    func check(_ aggregate: Aggregate, of type: ColumnType?) throws(StreamError) {
        guard form == .groups, upstream?.changesRows ?? false else { return }
        switch (aggregate.function, type) {
        case (.count, _), (.sum, .int), (.mean, .int): return
        default:
            throw StreamError(
                .definition,
                "rows of its source change, and \(aggregate.function.name)() cannot take back what it was given",
                remedy: "Take count, or sum and mean of integers; or rank, which takes rows back.")
        }
    }
}
