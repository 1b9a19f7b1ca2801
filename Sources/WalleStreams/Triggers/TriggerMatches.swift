/// Matches of conditions, in the order in which they were found.
package struct TriggerMatches: Sendable {
    /// The condition of each, as it was named when it was added.
    package private(set) var conditions: [Int] = []
    /// Their keys, times and events. What variables are called: `TriggerIndex.variables(of:)`.
    package private(set) var matches = PatternMatches()

    package init() {}

    package var count: Int { conditions.count }
    package var isEmpty: Bool { conditions.isEmpty }

    package mutating func removeAll() {
        conditions.removeAll(keepingCapacity: true)
        matches.removeAll()
    }

    mutating func append(condition: Int, key: Int64, time: Int64, count: Int) {
        conditions.append(condition)
        matches.append(key: key, time: time, count: count)
    }

    /// An event of the last match, counted from its end.
    mutating func set(fromEnd index: Int, row: Int64, variable: UInt16, time: Int64) {
        matches.set(fromEnd: index, row: row, variable: variable, time: time)
    }

    /// Takes what a matcher finds as matches of a condition.
    mutating func collect(condition: Int, _ find: (inout PatternMatches) -> Void) {
        find(&matches)
        while conditions.count < matches.count { conditions.append(condition) }
    }
}
