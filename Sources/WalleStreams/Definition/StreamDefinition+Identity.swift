extension StreamDefinition {
    /// What a saved state depends on, a line a part: a state goes on only under a definition with the same lines.
    ///
    /// The names of aggregates are among them, as they name the columns of the rows that are stored with the state; how
    /// long a source may idle is not.
    package var identity: [String] {
        var lines = origin.identity
        lines.append("where = \(filter?.text ?? "")")
        lines += derived.map { "let.\($0.name) = \($0.value.text)" }
        lines.append("key = \(key.joined(separator: ", "))")
        lines.append("window = \(window.identity)")
        lines.append("lateness = \(lateness)")
        lines.append("emission = \(emission.rawValue)")
        lines += aggregates.map { aggregate in
            let filter = aggregate.filter.map { " where \($0.text)" } ?? ""
            return
                "aggregate.\(aggregate.name) = \(aggregate.function.identity)(\(aggregate.argument?.text ?? ""))\(filter)"
        }
        return lines + formIdentity
    }

    /// Of what a definition of windows does not have.
    private var formIdentity: [String] {
        var lines = select.map { "select = \($0)" }
        if let rank {
            lines += rank.order.map { "rank.by = \($0.value.text)\($0.descending ? " desc" : "")" }
            lines.append("rank.first = \(rank.first)")
            lines.append("rank.ties = \(rank.ties)")
            lines.append("rank.as = \(rank.column ?? "")")
        }
        if window == .unbounded, form != .events {
            lines.append("ttl = \(timeToLive.map(String.init) ?? "")")
            lines.append("limit = \(mostGroups)")
        } else if mostGroups != Self.mostGroups {
            lines.append("limit = \(mostGroups)")
        }
        return lines
    }
}

extension StreamDefinition.Origin {
    fileprivate var identity: [String] {
        switch self {
        case .source(let source): source.identity
        case .stream(let stream): stream.identity.map { "\(stream.name).\($0)" }
        }
    }
}

extension PatternDefinition {
    /// As that of a stream.
    package var identity: [String] {
        let limit = mostGroups == StreamDefinition.mostGroups ? [] : ["limit = \(mostGroups)"]
        return source.identity + [
            "where = \(filter?.text ?? "")", "key = \(key.joined(separator: ", "))", "pattern = \(pattern.text)",
            "within = \(pattern.within)", "contiguity = \(pattern.contiguity.rawValue)", "skip = \(pattern.skip)",
        ] + limit
    }
}

extension StreamSource {
    /// What the states of all that read it depend on.
    package var identity: [String] {
        var lines = ["source = \(name)", "source.delay = \(delay)"]
        if clock != .event { lines.append("source.clock = \(clock.rawValue)") }
        lines.append("source.event = \(schema.event)")
        lines.append("source.page = \(schema.page ?? "")")
        lines.append("source.time = \(schema.time)")
        return lines + schema.attributes.map { "source.columns.\($0.name) = \($0.type.rawValue)" }
    }
}

extension WindowKind {
    fileprivate var identity: String {
        switch self {
        case .tumbling(let size, let offset): "tumbling \(size) \(offset)"
        case .hopping(let size, let slide, let offset): "hopping \(size) \(slide) \(offset)"
        case .cumulating(let size, let step, let offset): "cumulating \(size) \(step) \(offset)"
        case .session(let gap): "session \(gap)"
        case .over(let size): "over \(size)"
        case .calendar(let unit, let zone): "calendar \(unit.rawValue) \(zone)"
        case .unbounded: "none"
        case .upstream: "source"
        case .visit(let timeout, let enter, let exit):
            "visit \(timeout) \(enter.debugDescription) \(exit.debugDescription)"
        }
    }
}

extension AggregateFunction {
    fileprivate var identity: String {
        switch self {
        case .lastFew(let count): "\(name) \(count) "
        case .top(let count): "\(name) \(count) "
        case .quantile(let quantile): "\(name) \(quantile) "
        case .concatenation(let separator): "\(name) \(separator.debugDescription) "
        default: name
        }
    }
}
