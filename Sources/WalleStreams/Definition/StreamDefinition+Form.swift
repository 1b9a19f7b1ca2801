extension StreamDefinition {
    /// What the rows of a stream are.
    package enum Form: Hashable, Sendable {
        /// One of each event, with values of it.
        case events
        /// One of each group and window.
        case windows
        /// One of each group, which each of its events changes.
        case groups
        /// Those that stand first in each group and window.
        case windowRanks
        /// Those that stand first in each group, which each of its events may change.
        case ranks
    }

    package var form: Form {
        if rank != nil { return window == .unbounded ? .ranks : .windowRanks }
        if aggregates.isEmpty, !select.isEmpty { return .events }
        return window == .unbounded ? .groups : .windows
    }

    /// Whether a row has the bounds of a window: `window_start` and `window_end`.
    package var hasWindowBounds: Bool {
        switch form {
        case .windows: if case .over = window { false } else { true }
        case .windowRanks: true
        case .events, .groups, .ranks: false
        }
    }

    /// Whether later events replace rows that were given.
    package var changesRows: Bool {
        switch form {
        case .windows: lateness > 0
        case .groups, .ranks: true
        case .windowRanks: false
        case .events: upstream?.changesRows ?? false
        }
    }

    /// The name of the time of a row, for a stream that reads the rows.
    package var rowTime: String {
        hasWindowBounds ? "window_time" : (upstream?.rowTime ?? source.schema.time)
    }
}
