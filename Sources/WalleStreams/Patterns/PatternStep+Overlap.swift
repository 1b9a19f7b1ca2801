extension PatternStep {
    /// Whether no event passes both, as far as their names tell; conditions are not looked into.
    func excludes(_ other: PatternStep) -> Bool {
        event.excludes(other.event) || (page ?? .any).excludes(other.page ?? .any)
    }

    /// Whether every event passes.
    var acceptsAll: Bool { event == .any && page ?? .any == .any && predicate == nil }
}

extension NameTest {
    /// Whether no name passes both. Of two names with stars the beginnings and the ends are compared.
    fileprivate func excludes(_ other: NameTest) -> Bool {
        switch (self, other) {
        case (.any, _), (_, .any): return false
        case (.exactly(let name), .exactly(let another)): return name != another
        case (.exactly(let name), .wildcard), (.wildcard, .exactly(let name)):
            let pattern = if case .exactly = self { other } else { self }
            return Array(name.utf8).withUnsafeBytes { !pattern.accepts($0) }
        case (.wildcard(let parts), .wildcard(let others)):
            return Self.differ(parts[0].utf8, others[0].utf8)
                || Self.differ(parts[parts.count - 1].utf8.reversed(), others[others.count - 1].utf8.reversed())
        }
    }

    /// Whether they have different bytes at a place that both have.
    private static func differ(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Bool {
        zip(left, right).contains { $0 != $1 }
    }
}
