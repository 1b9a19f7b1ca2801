import Walle

/// The whole show: load, run everything at once, end, report.
struct Demo {
    let stream: Clickstream
    let packages: String
    let length: Duration
    let screen: Screen
    /// How many seconds of the log pass in one; nil: so many that it is played once.
    let speed: Double?
    /// A file for what streams give.
    let store: String

    /// The tasks that are loaded at the start, and how many VMs they get; `next-action-1.1` comes by a swap.
    static let tasks: [(name: String, instances: Int?)] = [
        ("next-action", nil), ("anomaly", nil), ("session-stats", enoughForAllCores), ("funnel", enoughForAllCores),
        ("purchase", nil), ("nudge", nil), ("trends", nil), ("runaway", nil), ("hungry", nil),
    ]

    /// Two tasks have this many VMs each, so that together they can take every core.
    private static let enoughForAllCores = max(4, (MachineUsage.cores + 1) / 2)

    /// How long answers are waited for after the end. Far longer than any limit: what is open then is lost.
    static let patience = Duration.seconds(60)

    func run() async throws -> Report {
        var configuration = HostConfiguration()
        try Replay.configure(&configuration, packages: packages, store: store)
        let host = try TaskHost(configuration: configuration)
        let atStart = Report.Memory.now(host)
        let log = EventLog()
        let events = host.events
        let following = Task { [screen] in await log.follow(events, on: screen) }
        for (task, instances) in Self.tasks { try await host.load("\(packages)/\(task)", instances: instances) }
        let stage = Stage(
            host: host, screen: screen, packages: packages, length: length,
            replay: Replay(stream, length: length, speed: speed))
        let warm = Report.Memory.now(host)
        let begin = MachineUsage.now()
        await play(stage)
        let end = MachineUsage.now()
        await waitForCondemned(stage, log)
        check(stage)
        let plot = await draw(stage)
        let tasks = host.status.tasks
        let atEnd = Report.Memory.now(host)
        await shutdown(stage, log)
        following.cancel()
        return Report(
            accounts: stage.ledger.accounts, tasks: tasks, counts: log.counts, findings: stage.findings.totals,
            replay: stage.replay.progress, stream: host.eventStatus, plot: plot, surprises: stage.ledger.surprises,
            begin: begin, end: end, memoryAtStart: atStart, memoryWarm: warm,
            memoryAtEnd: atEnd, residentAfterShutdown: MachineUsage.residentBytes)
    }

    /// Runs everything until time is over and the last run is answered.
    private func play(_ stage: Stage) async {
        let feeds = Feed.all(stream, on: stage)
        let show = Task {
            var view = LiveView(stage)
            await view.show()
        }
        let work = Task {
            await withTaskGroup { group in
                for feed in feeds { group.addTask { await feed.play(until: stage) } }
                group.addTask { await stage.replay.play(on: stage) }
                group.addTask { await Scene.playAll(on: stage) }
            }
        }
        // Not by awaiting the work: a lost run would never come back.
        try? await Task.sleep(until: stage.end)
        if !(await happens(within: Self.patience, { stage.isOver })) {
            stage.ledger.note("a scene did not end")
            stage.curtain.fall()
        }
        if await happens(within: Self.patience, { stage.ledger.open == 0 }) { await work.value }
        await show.value
    }

    private func draw(_ stage: Stage) async -> String? {
        do { return try await stage.replay.plot(stage.host) } catch {
            stage.ledger.note("trends: \(error)")
            return nil
        }
    }

    /// A C call ends by itself; that its VM then ends too belongs to the show.
    private func waitForCondemned(_ stage: Stage, _ log: EventLog) async {
        let came = await happens(within: Self.patience) { log.counts.released == log.counts.condemned }
        if !came { stage.ledger.note("a condemned VM did not come back within \(Text.duration(Self.patience))") }
    }

    /// The host's own count must be the callers'. It begins anew with a version.
    private func check(_ stage: Stage) {
        let accounts = stage.ledger.accounts
        for task in stage.host.status.tasks where task.name != "next-action" {
            let answered = accounts[task.name]?.answered ?? 0
            if task.runs != answered {
                stage.ledger.note("\(task.name): the host counts \(task.runs) runs and the callers \(answered) answers")
            }
        }
    }

    /// Ends the host and waits for its VMs to be gone, so that what memory is left behind can be seen.
    private func shutdown(_ stage: Stage, _ log: EventLog) async {
        Task { await stage.host.shutdown() }
        let ended = await happens(within: Self.patience) {
            log.counts.hasEnded && stage.host.status.virtualMachines == 0
        }
        if !ended { stage.ledger.note("the host did not shut down within \(Text.duration(Self.patience))") }
    }

    /// Waits for a condition; false when it does not come true in time.
    private func happens(within patience: Duration, _ condition: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + patience
        while !condition() {
            if .now >= end { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}
