/// Merges the panes of windows that end one after the other.
struct PaneMerger {
    enum Way {
        /// A window is one pane.
        case none
        /// A window is so many panes, and the next drops the first of them.
        case sliding(panes: Int)
        /// A window is the one before and one more pane, until it begins anew.
        case running
    }

    private let way: Way
    let layout: AggregateLayout
    /// An earlier pane has changed: what was merged of it must be merged anew.
    var isStale = false
    /// Of the panes that the last turn-over saw: from each of them on to the last, all merged. The oldest is the last element.
    var front: [(start: Int64, table: GroupTable)] = []
    /// All panes since, merged.
    var back: GroupTable?
    /// The window that `back` is of, when it runs; where it begins.
    var runningStart: Int64?
    /// The end of the last pane that was merged.
    var mergedEnd = Int64.min

    /// Up to so many panes are merged anew for every window, which costs less than two stacks.
    private static let fewPanes = 4

    init(_ way: Way, _ layout: AggregateLayout) {
        self.way = way
        self.layout = layout
    }

    var byteCount: Int { tables.reduce(0) { $0 + $1.byteCount } }
    /// What was merged.
    var tables: [GroupTable] { front.map(\.table) + [back].compactMap { $0 } }

    /// The groups of a window that ends later than all before; nil when it has no events. Valid until the next call.
    mutating func table(of window: PaneShape.Window, _ panes: [PaneWindows.Pane], _ shape: PaneShape) -> GroupTable? {
        let inside = panes[panes.firstIndex(from: window.start)..<panes.firstIndex(from: window.end)]
        switch way {
        case .none: return inside.first?.table
        case .sliding(let count) where count <= Self.fewPanes: return merged(inside.map(\.table))
        case .sliding: return slide(window, inside)
        case .running: return run(window, inside)
        }
    }

    private func merged(_ tables: [GroupTable]) -> GroupTable? {
        if tables.count <= 1 { return tables.first }
        let all = layout.table(capacity: tables.map(\.count).max() ?? 0)
        for table in tables { layout.merge(table, into: all) }
        return all
    }

    private mutating func slide(_ window: PaneShape.Window, _ panes: ArraySlice<PaneWindows.Pane>) -> GroupTable? {
        while let oldest = front.last, oldest.start < window.start { front.removeLast() }
        if isStale || front.isEmpty {
            turnOver(panes)
        } else {
            mergeNew(panes)
        }
        mergedEnd = window.end
        guard let suffix = front.last else { return back }
        guard let back else { return suffix.table }
        guard suffix.start == window.start else { return merged([suffix.table, back]) }
        // No later window begins as early as this suffix, which may therefore change.
        front.removeLast()
        layout.merge(back, into: suffix.table)
        return suffix.table
    }

    /// Merges every pane with those after it.
    private mutating func turnOver(_ panes: ArraySlice<PaneWindows.Pane>) {
        (front, back, isStale) = ([], nil, false)
        for pane in panes.reversed() {
            let table = layout.table(capacity: front.last?.table.count ?? pane.table.count)
            if let later = front.last?.table { layout.merge(later, into: table) }
            layout.merge(pane.table, into: table)
            front.append((pane.start, table))
        }
    }

    private mutating func run(_ window: PaneShape.Window, _ panes: ArraySlice<PaneWindows.Pane>) -> GroupTable? {
        if isStale || runningStart != window.start {
            back = nil
            (runningStart, mergedEnd, isStale) = (window.start, window.start, false)
        }
        mergeNew(panes)
        mergedEnd = window.end
        return back
    }

    /// Adds the panes that no window had yet to the running table.
    private mutating func mergeNew(_ panes: ArraySlice<PaneWindows.Pane>) {
        for pane in panes where pane.start >= mergedEnd {
            let table = back ?? layout.table(capacity: pane.table.count)
            layout.merge(pane.table, into: table)
            back = table
        }
    }
}

extension [PaneWindows.Pane] {
    /// The index of the first pane that begins at a time or later; the panes are in the order of their starts.
    func firstIndex(from start: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
