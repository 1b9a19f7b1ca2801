internal import WalleText

/// What a stream computes, in words.
package struct StreamExplanation {
    package let lines: [String]

    /// - Throws: `.definition` for what does not fit.
    package init(_ definition: StreamDefinition) throws(StreamError) {
        let plan = try StreamPlan(definition)
        let source = definition.source
        var lines: [String] = []
        if let upstream = definition.upstream {
            lines.append("\(definition.name): rows of \(upstream.name)")
            lines.append("  time       \(upstream.rowTime)")
        } else {
            lines.append("\(definition.name): events of \(source.name)")
            lines.append("  time       \(Self.time(source))")
            if let idle = source.idle { lines.append("  idle       the watermark goes on after \(Self.span(idle))") }
        }
        if let filter = definition.filter { lines.append("  where      \(filter.text)") }
        for (value, checked) in zip(definition.derived, plan.derived) {
            lines.append("  let        \(value.name) \(checked.type.rawValue) = \(value.value.text)")
        }
        if definition.form != .events { lines += Self.groups(definition, plan) }
        for (aggregate, function) in zip(definition.aggregates, plan.functions) {
            let argument = aggregate.argument?.text ?? ""
            let type = aggregate.function.result(of: function.type)?.rawValue ?? "list"
            let filter = aggregate.filter.map { " where \($0.text)" } ?? ""
            lines.append("  aggregate  \(aggregate.name) \(type) = \(aggregate.function.name)(\(argument))\(filter)")
        }
        if let rank = definition.rank { lines.append("  rank       \(Self.text(rank))") }
        for (name, type) in zip(plan.columns.aggregates, plan.columns.types).suffix(definition.select.count) {
            lines.append("  select     \(name) \(type?.rawValue ?? "list")")
        }
        self.lines = lines
    }

    private static func time(_ source: StreamSource) -> String {
        switch source.clock {
        case .event: "\(source.schema.time), up to \(span(source.delay)) out of order"
        case .arrival: "\(source.schema.time), when an event arrives"
        }
    }

    /// Which events belong together.
    private static func groups(_ definition: StreamDefinition, _ plan: StreamPlan) -> [String] {
        let keys = plan.columns.keys.map { "\($0.name) \($0.type.rawValue)" }.joined(separator: ", ")
        var lines = ["  key        \(keys.isEmpty ? "none: one group of all" : keys)"]
        lines.append("  window     \(text(definition.window))")
        if definition.lateness > 0 { lines.append("  lateness   \(span(definition.lateness))") }
        if definition.window == .unbounded {
            let life = definition.timeToLive.map { ", each until it rests for \(span($0))" } ?? ""
            lines.append("  limit      \(definition.mostGroups) groups\(life)")
        } else if definition.mostGroups != StreamDefinition.mostGroups {
            lines.append("  limit      \(definition.mostGroups) groups")
        }
        return lines
    }

    private static func text(_ rank: StreamDefinition.Rank) -> String {
        let order = rank.order.map { $0.value.text + ($0.descending ? " desc" : "") }.joined(separator: ", ")
        let number = rank.column.map { ", numbered as \($0)" } ?? ""
        return "the first \(rank.first) by \(order)\(rank.ties ? ", and their equals" : "")\(number)"
    }

    private static func text(_ window: WindowKind) -> String {
        switch window {
        case .tumbling(let size, let offset): "\(span(size)), side by side\(shifted(offset))"
        case .hopping(let size, let slide, let offset): "\(span(size)), one every \(span(slide))\(shifted(offset))"
        case .cumulating(let size, let step, let offset):
            "\(span(step)) more each time, up to \(span(size))\(shifted(offset))"
        case .session(let gap): "sessions, which end after a gap of more than \(span(gap))"
        case .over(let size): "of each event, back over \(span(size))"
        case .calendar(let unit, let zone): "a \(unit.rawValue) in \(zone)"
        case .unbounded: "none: each event changes the rows of its group"
        case .upstream: "that of the rows it reads"
        case .visit(let timeout, let enter, let exit):
            "visits, from \(enter) to \(exit) or until no event came for \(span(timeout))"
        }
    }

    private static func shifted(_ offset: Microseconds) -> String {
        offset == 0 ? "" : ", from \(span(offset)) on"
    }

    private static func span(_ span: Microseconds) -> String { Quantity.text(.microseconds(span)) }
}
