/// What one stream of a chain does with the events, or rows, that come to it.
enum StreamStage {
    /// Nothing but choosing them.
    case events
    case windows(WindowRunner)
    case updates(any UpdateOperator)

    init(_ definition: StreamDefinition, _ plan: StreamPlan, _ texts: TextDictionary) throws(StreamError) {
        let delay = definition.upstreamDelay
        let windowDelay = delay.addingClamped(definition.upstreamHaste)
        switch definition.form {
        case .events: self = .events
        case .windows:
            self = .windows(
                try WindowRunner(
                    definition.window, plan.functions, sources: plan.sources, delay: windowDelay,
                    lateness: definition.lateness,
                    emission: definition.emission, mostGroups: definition.mostGroups, texts: texts))
        case .groups:
            self = .updates(
                try GroupUpdates(
                    plan.functions, sources: plan.sources, definition.life(delay), emission: definition.emission,
                    texts: texts))
        case .ranks, .windowRanks:
            guard let rank = definition.rank else { preconditionFailure("a rank") }
            let layout = RankLayout(
                zip(plan.order, rank.order).map { ($0.type, $1.descending) }, tieBreak: plan.tieBreak.map(\.type),
                values: plan.selected.map { plan.scope.type(at: $0) }, texts: texts)
            if definition.form == .ranks {
                let takesBack = definition.upstream?.changesRows ?? false
                self = .updates(RankUpdates(layout, rank, definition.life(delay), takesBack: takesBack))
            } else {
                let shape = try PaneShape(definition.window)
                let windows = RankWindows(layout, rank, shape, GroupLimit(definition.mostGroups))
                self = .windows(WindowRunner(windows, delay: windowDelay))
            }
        }
    }

    /// What its operator is given of each event: what is aggregated, or what decides about a rank and the values that are
    /// selected, and where rows bring their windows the bounds of these.
    static func values(_ definition: StreamDefinition, _ plan: StreamPlan) throws(StreamError) -> [CheckedExpression?] {
        guard definition.rank != nil else { return plan.arguments }
        let selected = plan.selected.map { CheckedExpression(.column($0), plan.scope.type(at: $0)) }
        var bounds: [CheckedExpression] = []
        if definition.window == .upstream {
            for name in ["window_start", "window_end"] {
                bounds.append(try CheckedExpression(.name(name), in: plan.scope))
            }
        }
        return plan.order + plan.tieBreak + selected + bounds
    }

    func process(_ batch: WindowBatch) -> [WindowResults] {
        switch self {
        case .events: []
        case .windows(let windows): windows.process(batch)
        case .updates(let updates): updates.process(batch)
        }
    }

    func advance(to time: Int64) -> [WindowResults] {
        switch self {
        case .events: break
        case .windows(let windows): return windows.advance(to: time)
        case .updates(let updates): updates.life.advance(to: time)
        }
        return []
    }

    var lateCount: Int { if case .windows(let windows) = self { windows.lateCount } else { 0 } }
    var outsideCount: Int { if case .windows(let windows) = self { windows.outsideCount } else { 0 } }
    var life: GroupLife? { if case .updates(let updates) = self { updates.life } else { nil } }

    /// Events that were left out, as there were too many groups.
    var droppedCount: Int {
        switch self {
        case .events: 0
        case .windows(let windows): windows.droppedCount
        case .updates(let updates): updates.life.droppedCount
        }
    }

    /// Groups that were given up before their time, as there were too many.
    var evictedCount: Int { if case .windows(let windows) = self { windows.evictedCount } else { 0 } }

    /// Tells every key that it holds.
    ///
    /// - Returns: Whether it can tell.
    func forEachKey(_ body: (UInt64) -> Void) -> Bool {
        switch self {
        case .events: return true
        case .windows(let windows): return windows.forEachKey(body)
        case .updates(let updates): updates.forEachKey(body)
        }
        return true
    }

    var watermark: Int64 {
        switch self {
        case .events: .min
        case .windows(let windows): windows.watermark
        case .updates(let updates): updates.life.watermark
        }
    }

    var byteCount: Int {
        switch self {
        case .events: 0
        case .windows(let windows): windows.byteCount
        case .updates(let updates): updates.byteCount
        }
    }

    func record(_ recorder: StateRecorder) {
        switch self {
        case .events: break
        case .windows(let windows): windows.record(recorder)
        case .updates(let updates): updates.record(recorder)
        }
    }

    func restore(_ state: SavedState) throws(StreamError) {
        switch self {
        case .events: break
        case .windows(let windows): try windows.restore(state)
        case .updates(let updates): try updates.restore(state)
        }
    }
}

extension StreamDefinition {
    /// How far out of order comes what the stream reads.
    fileprivate var upstreamDelay: Microseconds {
        guard let upstream else { return source.delay }
        switch upstream.form {
        case .windows: return upstream.lateness
        case .windowRanks: return 0
        case .events: return upstream.upstreamDelay
        case .groups, .ranks: return source.delay
        }
    }

    /// How far ahead of others rows may come: a session that is closed early ends later than the watermark.
    fileprivate var upstreamHaste: Microseconds {
        switch upstream?.form {
        case .windows:
            guard let upstream, case .session(let gap) = upstream.window else { return 0 }
            return gap.addingClamped(upstream.upstreamDelay)
        case .events: return upstream?.upstreamHaste ?? 0
        case .windowRanks, .groups, .ranks, nil: return 0
        }
    }

    fileprivate func life(_ delay: Microseconds) -> GroupLife {
        GroupLife(timeToLive: timeToLive, most: mostGroups, delay: delay)
    }
}
