// The names of columns, which are known before the types of columns are.
extension StreamDefinition {
    /// What it reads of the events of its source, each once, in the order in which it names them.
    package var sourceNames: [String] {
        if let upstream { return upstream.sourceNames }
        var names = NameList()
        for value in derived {
            names.add(value.value)
            names.derived.insert(value.name)
        }
        names.add(filter)
        names.add(key)
        for aggregate in aggregates {
            names.add(aggregate.argument)
            names.add(aggregate.filter)
        }
        for term in rank?.order ?? [] { names.add(term.value) }
        names.add(select)
        return names.names
    }

    /// The columns of its rows.
    package var columnNames: [String] {
        key + bounds + aggregates.map(\.name) + [rank?.column].compactMap { $0 } + select
    }
}

extension PatternDefinition {
    /// What it reads of the events of its source, each once.
    package var sourceNames: [String] {
        var names = NameList()
        names.add(filter)
        names.add(key)
        for predicate in pattern.predicates { names.add(predicate.expression) }
        return names.names
    }

    /// The columns of its rows.
    package var columnNames: [String] { key + Self.matchBounds + Self.matchColumns }

    static let matchBounds = ["match_start", "match_end"]
    static let matchColumns = ["events", "rows"]
}

/// Gathers names, each once.
private struct NameList {
    var names: [String] = []
    /// Of values that are derived, and thus no columns.
    var derived: Set<String> = []

    mutating func add(_ names: [String]) {
        for name in names where !derived.contains(name) && !self.names.contains(name) { self.names.append(name) }
    }

    mutating func add(_ expression: Expression?) { add(expression?.names ?? []) }

    mutating func add(_ value: DerivedValue) {
        switch value {
        case .expression(let expression): add(expression)
        case .external(_, let arguments): for argument in arguments { add(argument) }
        }
    }
}

extension Expression {
    /// The names of values of the event, as often as they are there.
    fileprivate var names: [String] {
        switch self {
        case .name(let name): [name]
        case .literal: []
        case .negated(let value), .not(let value), .isNull(let value), .isOne(let value, _), .like(let value, _),
            .cast(let value, _):
            value.names
        case .binary(_, let left, let right): left.names + right.names
        case .cases(let branches, let otherwise):
            branches.flatMap { $0.condition.names + $0.result.names } + (otherwise?.names ?? [])
        case .call(_, let arguments): arguments.flatMap(\.names)
        }
    }
}
