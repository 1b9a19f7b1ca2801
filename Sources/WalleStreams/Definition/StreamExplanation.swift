internal import WalleText

/// What a stream computes, in words.
package struct StreamExplanation {
    package let lines: [String]

    /// - Throws: `.definition` for what does not fit.
    package init(_ definition: StreamDefinition) throws(StreamError) {
        let plan = try StreamPlan(definition)
        let source = definition.source
        var lines = ["\(definition.name): events of \(source.name)"]
        lines.append("  time       \(source.schema.time), up to \(Self.span(source.delay)) out of order")
        if let idle = source.idle { lines.append("  idle       the watermark goes on after \(Self.span(idle))") }
        if let filter = definition.filter { lines.append("  where      \(filter.text)") }
        for (value, checked) in zip(definition.derived, plan.derived) {
            lines.append("  let        \(value.name) \(checked.type.rawValue) = \(value.value.text)")
        }
        let keys = plan.columns.keys.map { "\($0.name) \($0.type.rawValue)" }.joined(separator: ", ")
        lines.append("  key        \(keys.isEmpty ? "none: one group of all" : keys)")
        lines.append("  window     \(Self.text(definition.window))")
        if definition.lateness > 0 { lines.append("  lateness   \(Self.span(definition.lateness))") }
        for (aggregate, function) in zip(definition.aggregates, plan.functions) {
            let argument = aggregate.argument?.text ?? ""
            let type = aggregate.function.result(of: function.type)?.rawValue ?? "list"
            let filter = aggregate.filter.map { " where \($0.text)" } ?? ""
            lines.append("  aggregate  \(aggregate.name) \(type) = \(aggregate.function.name)(\(argument))\(filter)")
        }
        self.lines = lines
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
        }
    }

    private static func shifted(_ offset: Microseconds) -> String {
        offset == 0 ? "" : ", from \(span(offset)) on"
    }

    private static func span(_ span: Microseconds) -> String { Quantity.text(.microseconds(span)) }
}
