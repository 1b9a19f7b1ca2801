/// Which windows a pane belongs to.
struct PaneShape: Sendable {
    let grid: PaneGrid
    private let kind: Kind

    private enum Kind: Sendable {
        case single
        /// As many panes as `size`, a window from every one on.
        case hopping(size: Int64, slide: Int64)
        /// From each multiple of `size` on, a window to the end of every pane.
        case cumulating(size: Int64, step: Int64, outer: PaneGrid)
    }

    /// From `start` to just before `end`.
    struct Window: Hashable, Sendable {
        var start: Int64
        var end: Int64
    }

    /// Nil for windows that depend on the events themselves.
    ///
    /// - Throws: `.definition` for spans that do not divide, or an unknown time zone.
    init?(_ window: WindowKind) throws(StreamError) {
        switch window {
        case .tumbling(let size, let offset):
            grid = PaneGrid(width: try Self.positive(size, "size"), origin: offset)
            kind = .single
        case .calendar(let unit, let zone):
            grid = try PaneGrid(unit, zone: zone)
            kind = .single
        case .hopping(let size, let slide, let offset):
            try Self.check(size, dividedBy: slide, "slide")
            grid = PaneGrid(width: slide, origin: offset)
            kind = .hopping(size: size, slide: slide)
        case .cumulating(let size, let step, let offset):
            try Self.check(size, dividedBy: step, "step")
            grid = PaneGrid(width: step, origin: offset)
            kind = .cumulating(size: size, step: step, outer: PaneGrid(width: size, origin: offset))
        case .session, .over, .unbounded, .upstream, .visit: return nil
        }
    }

    static func positive(_ span: Microseconds, _ field: String) throws(StreamError) -> Microseconds {
        guard span > 0 else {
            throw StreamError(
                .definition, field: "window.\(field)", "\(span) µs is no span of time",
                remedy: "Write one above zero, such as \"10s\".")
        }
        return span
    }

    /// A window has at most so many panes, each of which has a table of its own.
    static let mostPanes: Int64 = 100_000

    private static func check(_ size: Microseconds, dividedBy part: Microseconds, _ field: String) throws(StreamError) {
        _ = try positive(size, "size")
        _ = try positive(part, field)
        guard size % part == 0, size / part <= mostPanes else {
            throw StreamError(
                .definition, field: "window.\(field)", "\(part) µs does not divide the size of \(size) µs in parts",
                remedy: "Choose one that goes into the size without a rest, at most \(mostPanes) times.")
        }
    }

    func merger(_ layout: AggregateLayout) -> PaneMerger {
        switch kind {
        case .single: PaneMerger(.none, layout)
        case .hopping(let size, let slide): PaneMerger(.sliding(panes: Int(size / slide)), layout)
        case .cumulating: PaneMerger(.running, layout)
        }
    }

    /// The end of the first window that a pane belongs to.
    func firstEnd(_ pane: Int64) -> Int64 { grid.end(of: pane) }

    /// The end of the last window that a pane belongs to.
    func lastEnd(_ pane: Int64) -> Int64 {
        switch kind {
        case .single: grid.end(of: pane)
        case .hopping(let size, _): pane.addingClamped(size)
        case .cumulating(_, _, let outer): outer.end(of: outer.start(of: pane))
        }
    }

    /// The end of the window that ends next after another.
    func end(after end: Int64) -> Int64 { grid.end(of: end) }

    func start(ofWindowEnding end: Int64) -> Int64 {
        switch kind {
        case .single: grid.start(of: end - 1)
        case .hopping(let size, _): end - size
        case .cumulating(_, _, let outer): outer.start(of: end - 1)
        }
    }

    /// By their ends.
    func windows(containing pane: Int64) -> [Window] {
        var windows: [Window] = []
        var end = firstEnd(pane)
        let last = lastEnd(pane)
        while end <= last {
            windows.append(Window(start: start(ofWindowEnding: end), end: end))
            end = self.end(after: end)
        }
        return windows
    }
}
