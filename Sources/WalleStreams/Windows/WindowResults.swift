/// Rows that windows give: a column a key, the bounds of the window, a column an aggregate.
package struct WindowResults: Sendable {
    /// What a row does to earlier ones of its key and window.
    package enum Change: UInt8, Sendable {
        /// There was none.
        case insertion
        /// It replaces the one before.
        case update
        /// It takes back the one before, which it repeats.
        case retraction
    }

    /// Of each row the key of its group, as the window was given it.
    package var keys: [UInt64]
    /// Microseconds since 1970 in UTC. Without windows, and in those that look back, both are the time of the event.
    package var starts: [Int64]
    package var ends: [Int64]
    /// The same for all rows, unless `changes` says more.
    package var change: Change
    /// Of each row what it does, where rows differ in it.
    package var changes: [Change]?
    /// How often the rows' groups gave one before: 0 the first time.
    package var revisions: [UInt32]
    /// Of rows of events the places of these in the stream; nil where rows are of groups.
    package var places: [Int64]?
    package var aggregates: [ResultColumn]

    package var count: Int { keys.count }

    package func change(of row: Int) -> Change { changes?[row] ?? change }
}

/// The values of one aggregate, a value a row.
package enum ResultColumn: Sendable {
    /// Values of a type that events have too. Texts are codes of the stream's.
    case values(Column)
    case texts([String?])
    /// The oldest first.
    case lists([[EventValue]])
    /// The most frequent first.
    case counted([[Counted]])

    package struct Counted: Hashable, Sendable {
        package var value: EventValue
        package var count: Int64
    }
}
