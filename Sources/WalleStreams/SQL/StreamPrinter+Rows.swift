/// Rows of events, of groups without a window, and those that stand first.
extension StreamPrinter {
    static let number = "walle_number"
    static let most = "walle_most"

    /// What the events are read from.
    var origin: String { dialect.name(definition.upstream?.name ?? definition.source.name) }

    private func select(_ columns: [String], _ from: String) -> String {
        "SELECT\n\(columns.joined(separator: ",\n").indented)\nFROM \(from)"
    }

    /// The values of each event.
    func chosen() -> String {
        select([time] + definition.select.map(dialect.name), relation("events"))
    }

    mutating func groups(isRead: Bool) -> String {
        let time = isRead ? ["max(\(time)) AS \(time)"] : []
        let query = select(keys + time + aggregates(over: nil), relation("events"))
        // Without events there is no group, also of all events.
        return query + (keys.isEmpty ? "\nHAVING count(*) > 0" : "\nGROUP BY \(keys.joined(separator: ", "))")
    }

    // MARK: ranks

    mutating func ranked(isRead: Bool) -> String {
        guard let rank = definition.rank else { return "" }
        let isWindowed = definition.form == .windowRanks
        let bounds = isWindowed ? ["window_start", "window_end"] : [time]
        var columns = keys + bounds
        if isRead, isWindowed {
            columns.append(dialect == .flink ? "window_time" : "\(lastMoment(before: "window_end")) AS window_time")
        }
        if let column = rank.column { columns.append("\(Self.number) AS \(dialect.name(column))") }
        columns += definition.select.map(dialect.name)
        let relation = relation(isWindowed && definition.makesWindows ? "windows" : "events")
        if dialect == .flink, rank.ties { return joined(rank, relation, columns) }
        let partition = keys + (isWindowed ? bounds : [])
        let by = partition.isEmpty ? "" : "PARTITION BY \(partition.joined(separator: ", ")) "
        let order = order(rank).joined(separator: ", ")
        let present = plan.order.map { "\(text($0, "rank.by", operand: true)) IS NOT NULL" }.joined(separator: " AND ")
        return select(
            columns,
            """
            (
              SELECT *, \(rank.ties ? "rank" : "row_number")() OVER (\(by)ORDER BY \(order)) AS \(Self.number)
              FROM \(relation)
              WHERE \(present)
            ) AS ranked
            WHERE \(Self.number) <= \(rank.first)
            """)
    }

    private mutating func order(_ rank: StreamDefinition.Rank) -> [String] {
        var terms = zip(plan.order, rank.order).map { term, part in
            text(term, "rank.by") + (part.descending ? " DESC" : "")
        }
        if rank.ties { return terms }
        terms += plan.tieBreak.map { text($0, "rank.by") + (dialect == .flink ? "" : " NULLS LAST") }
        guard plan.tieBreak.isEmpty else { return terms }
        if let upstream = definition.upstream, upstream.form != .events {
            refuse(
                "rank.by", "the order in which rows of \(upstream.name) came",
                remedy: "Rank rows of a source, or of windows or groups.")
        }
        // Flink ranks in the order of arrival.
        return terms + (dialect == .flink ? [] : [Self.arrival])
    }

    /// Flink numbers rows of windows one by one only. Those that are equal to the first are found by the largest value.
    private mutating func joined(_ rank: StreamDefinition.Rank, _ relation: String, _ columns: [String]) -> String {
        guard rank.first == 1, plan.order.count == 1, keys.isEmpty, rank.column == nil else {
            refuse(
                "rank.ties", "equal rows of a window under one number",
                remedy: "Leave ties out; or rank by one value, with first = 1 and key = false.")
            return ""
        }
        let value = text(plan.order[0], "rank.by")
        let function = rank.order[0].descending ? "max" : "min"
        // Both sides have bounds.
        let shared: Set = ["window_start", "window_end"]
        return select(
            columns.map { shared.contains($0) ? "ranked.\($0)" : $0 },
            """
            (SELECT *, \(value) AS \(Self.number) FROM \(relation)) AS ranked
            JOIN (
              SELECT window_start, window_end, \(function)(\(value)) AS \(Self.most)
              FROM \(relation)
              GROUP BY window_start, window_end
            ) AS extremes
            ON ranked.window_start = extremes.window_start AND ranked.window_end = extremes.window_end
              AND ranked.\(Self.number) = extremes.\(Self.most)
            """)
    }
}

extension StreamDefinition {
    /// Whether it has windows that its events do not bring.
    var makesWindows: Bool { window != .unbounded && window != .upstream }
}
