internal import Logging
internal import Synchronization
internal import WalleStreams

/// Takes the events of a host, one sender at a time, and starts what they trigger.
///
/// A sender's thread does all of the work up to the start of a run: no other thread has to be woken but the VM's.
final class EventIntake: Sendable {
    private struct State: ~Copyable {
        let engine: EventEngine
        /// What each trigger of the engine starts.
        var targets: [Int: Target] = [:]
        /// When the last event came, and the latest time of an event then.
        var arrival: (clock: ContinuousClock.Instant, latest: Int64)?
        /// Whether time goes on by itself: from the first event on.
        var isTicking = false
        /// The host has shut down.
        var hasEnded = false
        var lastCheckpoint = ContinuousClock.now
        /// Why the store could not be written the last time.
        var failure: StreamError?
    }

    struct Target: Sendable {
        var task: String
        var name: String
        var trigger: TaskTrigger?
    }

    private let configuration: EventConfiguration
    private let logger: Logger
    private let state: Mutex<State>
    private let rows: RowHub
    let runs: TriggeredRuns

    /// - Parameter host: Finds the tasks that triggers start.
    /// - Throws: `.storage`; `.definition` for a stream that the store has with another definition.
    init(
        _ configuration: EventConfiguration, _ host: HostReference, _ hub: EventHub, _ logger: Logger
    ) throws(StreamError) {
        self.configuration = configuration
        self.logger = logger
        rows = RowHub(buffer: configuration.rowBuffer)
        runs = TriggeredRuns { run, answer throws(TaskError) in
            guard let controller = try host.value?.controller(run.task) else {
                throw TaskError(.stopped(.shutdown), task: run.task)
            }
            hub.send(
                .triggered(run: run.name, trigger: run.trigger), task: run.task, version: controller.current.version)
            controller.start(run, answer)
        } told: { run, result in
            let version = (try? host.value?.controller(run.task))?.current.version ?? ""
            hub.send(.answered(run: run.name, trigger: run.trigger, result), task: run.task, version: version)
        }
        state = Mutex(State(engine: try configuration.engine()))
    }

    var status: EngineStatus {
        state.withLock { state in
            var status = state.engine.status
            status.storeFailure = state.failure?.description
            return status
        }
    }

    // MARK: triggers

    /// Whether the triggers of a task fit the events of the host.
    ///
    /// - Throws: What does not, by its field in `task.toml`.
    func check(_ triggers: [String: TaskTrigger]) throws(StreamError) {
        try locked { state throws(StreamError) in
            for (name, trigger) in triggers.sorted(by: { $0.key < $1.key }) {
                do throws(StreamError) {
                    try state.engine.check(trigger.definition)
                } catch { throw error.at("triggers.\(name)") }
            }
        }
    }

    /// Makes these the triggers of a task, from the next event on. Those that are as before keep what they have found.
    func set(_ triggers: [String: TaskTrigger], of task: String) throws(StreamError) {
        try locked { state throws(StreamError) in try Self.set(triggers, of: task, &state) }
    }

    private static func set(
        _ triggers: [String: TaskTrigger], of task: String, _ state: inout State
    ) throws(StreamError) {
        var new = triggers
        for (id, target) in state.targets where target.task == task {
            if new[target.name] == target.trigger {
                new[target.name] = nil
            } else {
                state.engine.remove(trigger: id)
                state.targets[id] = nil
            }
        }
        for (name, trigger) in new.sorted(by: { $0.key < $1.key }) {
            let target = Target(task: task, name: name, trigger: trigger)
            var id = target.id
            while state.targets[id] != nil { id &+= 1 }
            do { try state.engine.add(trigger.definition, id: id) } catch { throw error.at("triggers.\(name)") }
            state.targets[id] = target
        }
    }

    /// Starts the runs of a task that were not done when the store was last open.
    func resume(_ task: String) {
        state.withLock { state in
            let left = state.engine.outbox?.take { Target(text: $0).task == task } ?? []
            for entry in left {
                let target = Target(text: entry.target)
                runs.add(TriggeredRun(entry.match, target, named: entry.name, schema: configuration.schema))
            }
        }
    }

    /// Removes the triggers of a task that is taken off the host.
    ///
    /// - Returns: How many runs that they asked for will never start.
    func removeTriggers(of task: String) -> Int {
        try? set([:], of: task)
        return runs.drop(task)
    }

    // MARK: events

    /// Takes events, all of them or, when it throws, none.
    ///
    /// - Parameter place: Of the first among all events of the host; those that were taken already are left out. Nil: they
    ///   are new.
    /// - Returns: Their places.
    func send(_ events: [Event], at place: Int64?) throws(StreamError) -> Range<Int64> {
        guard runs.count < configuration.triggeredRuns else {
            throw StreamError(
                .limit, "\(runs.count) runs that triggers asked for wait for their tasks, as many as may be",
                remedy: "Send the events again later, give the tasks more instances, or raise triggeredRuns.")
        }
        let now = ContinuousClock.now
        return try locked { state throws(StreamError) in
            let first = try Self.first(place, state)
            let known = min(Int(state.engine.position - first), events.count)
            if known < events.count { take(try state.engine.take(Array(events.dropFirst(known))), &state) }
            noteArrival(at: now, &state)
            return first..<first + Int64(events.count)
        }
    }

    /// The place of the first event of a sender.
    private static func first(_ place: Int64?, _ state: borrowing State) throws(StreamError) -> Int64 {
        if state.hasEnded {
            throw StreamError(
                .input, "the host has shut down",
                remedy: "Send the events to the next one: from the first that is not committed on.")
        }
        let first = place ?? state.engine.position
        guard first <= state.engine.position else {
            throw StreamError(
                .input, "the events from \(state.engine.position) to \(first) are missing",
                remedy: "Send them again from \(state.engine.position) on.")
        }
        return first
    }

    private func noteArrival(at now: ContinuousClock.Instant, _ state: inout State) {
        if let latest = state.engine.latest { state.arrival = (now, latest) }
        startTicking(&state)
    }

    /// Rows and matches, under the lock, so that the runs of two senders start in the order of their events.
    private func take(_ output: EngineOutput, _ state: inout State) {
        for match in output.matches {
            guard let target = state.targets[match.trigger] else { continue }
            let run = TriggeredRun(match, target, schema: configuration.schema)
            state.engine.outbox?.add(Outbox.Entry(name: run.name, target: target.text, match: match))
            runs.add(run)
        }
        for (stream, batches) in output.rows where rows.isRead(stream) {
            guard let columns = state.engine.columns(of: stream) else { continue }
            for batch in batches {
                rows.send(StreamRow.rows(batch, columns, of: stream, state.engine.texts), of: stream)
            }
        }
    }

    // MARK: files

    /// Whether few enough triggered runs wait for more events to be taken.
    var hasRoom: Bool { runs.count < configuration.triggeredRuns }

    /// Begins with a file of events.
    func open(_ path: String, _ unit: EventTimeUnit, at place: Int64?) throws(StreamError) -> EventFile {
        var options = IngestOptions()
        options.timeUnit = unit
        options.futureBound = configuration.mostAhead.map(\.microseconds)
        options.mostFreeBytes = configuration.freeBytes
        // So that few runs are asked for before the next look at how many wait.
        options.batchRows = 1024
        return try locked { state throws(StreamError) in
            let first = try Self.first(place, state)
            let (engine, limits) = (state.engine, state.engine.limits)
            (options.mostTexts, options.mostTextBytes) = (limits.texts, limits.textBytes)
            return try EventFile(
                path, engine.source, engine.texts, options, first: first, isAgain: place != nil)
        }
    }

    /// Takes the events of a block of a file, whose texts are those of the engine: nobody else may use these meanwhile.
    func take(_ block: UnsafeRawBufferPointer, of file: EventFile) throws(StreamError) {
        let now = ContinuousClock.now
        try locked { state throws(StreamError) in
            _ = try Self.first(nil, state)
            try file.input.read(block) { batch throws(StreamError) in try take(batch, of: file, &state) }
            noteArrival(at: now, &state)
        }
        file.noteBadLines()
    }

    /// Takes what is left of a file that has been read.
    func finish(_ file: EventFile) throws(StreamError) -> SentFile {
        try locked { state throws(StreamError) in
            _ = try Self.first(nil, state)
            try file.input.finish { batch throws(StreamError) in try take(batch, of: file, &state) }
        }
        file.noteBadLines()
        return file.sent
    }

    private func take(_ batch: EventBatch, of file: EventFile, _ state: inout State) throws(StreamError) {
        let first = file.isAgain ? batch.offset : state.engine.position
        let new = file.isAgain ? try batch.rest(from: state.engine.position) : batch
        if let new { take(try state.engine.take(new), &state) }
        file.sent.events = (file.sent.events.isEmpty ? first : file.sent.events.lowerBound)..<first + Int64(batch.count)
    }

    // MARK: rows

    func rows(of stream: String) throws(StreamError) -> StreamRowSequence {
        let isKnown = state.withLock { $0.engine.columns(of: stream) != nil }
        guard isKnown else {
            throw StreamError(
                .definition, field: stream, "the host has no stream of this name",
                remedy: "Define it in the file that the events are configured with.")
        }
        return rows.subscribe(stream)
    }

    /// The rows of a query of the store, which sees everything that streams gave until now. Events are taken meanwhile.
    func query(
        _ sql: String, _ values: [EventValue], isStopped: () -> Bool
    ) throws(StreamError) -> [[String: Value]] {
        let store = try locked { state throws(StreamError) in try state.engine.writtenStore() }
        let found = try store.query(sql, values, isStopped: isStopped)
        return found.rows.map { row in
            Dictionary(zip(found.names, row.map { Value($0) }), uniquingKeysWith: { first, _ in first })
        }
    }

    func events(_ names: [String], in times: Range<Int64>) throws(StreamError) -> [Event] {
        try locked { state throws(StreamError) in
            var events: [Event] = []
            try state.engine.loggedEvents(names, in: times) { found throws(StreamError) in
                events += (0..<found.count).map { found.batch.event(at: $0) }
            }
            return events
        }
    }

    // MARK: time

    private func startTicking(_ state: inout State) {
        guard !state.isTicking else { return }
        state.isTicking = true
        Task.detached(priority: .utility) { [weak self] in
            // Not held while it sleeps.
            while self?.tick() == true { try? await Task.sleep(for: .milliseconds(100)) }
        }
    }

    /// Tries again what was held up, lets time go on when no events come, and writes what is new.
    ///
    /// - Returns: False when the host has ended.
    private func tick() -> Bool {
        runs.tick()
        return state.withLock { state in
            guard !state.hasEnded else { return false }
            letTimeGoOn(&state)
            forgetDone(&state)
            if let store = configuration.store, state.lastCheckpoint.duration(to: .now) >= store.interval {
                checkpoint(&state)
            }
            return true
        }
    }

    private func letTimeGoOn(_ state: inout State) {
        if let output = try? state.engine.settle() { take(output, &state) }
        guard let idle = configuration.idle, let arrival = state.arrival else { return }
        let rest = arrival.clock.duration(to: .now)
        guard rest >= idle else { return }
        let now =
            configuration.clock == .arrival ? Event.now : arrival.latest.addingClamped(rest.microseconds)
        let time = now.addingClamped(-configuration.delay.microseconds)
        guard let output = try? state.engine.advance(to: time) else { return }
        take(output, &state)
    }

    /// Runs that are done need not be remembered, with a store or without.
    private func forgetDone(_ state: inout State) {
        for name in runs.takeDone() { state.engine.outbox?.done(name) }
    }

    private func checkpoint(_ state: inout State) {
        do throws(StreamError) {
            try state.engine.checkpoint()
            if state.failure != nil { logger.info("the store of events is written again") }
            state.failure = nil
        } catch {
            if state.failure == nil { logger.error("the store of events cannot be written: \(error)") }
            state.failure = error
        }
        state.lastCheckpoint = .now
    }

    /// After the last run: writes what is new and ends the sequences of rows.
    func end() {
        state.withLock { state in
            forgetDone(&state)
            if configuration.store != nil { checkpoint(&state) }
            state.hasEnded = true
        }
        rows.finish()
    }

    private func locked<Result: Sendable>(
        _ body: (inout State) throws(StreamError) -> Result
    ) throws(StreamError) -> Result {
        let result = state.withLock { state -> Swift.Result<Result, StreamError> in
            do throws(StreamError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension EventIntake.Target {
    private static let separator: Character = "/"

    /// As the store names it. The name of a task has no separator.
    var text: String { "\(task)\(Self.separator)\(name)" }

    init(text: String) {
        let parts = text.split(separator: Self.separator, maxSplits: 1).map(String.init)
        self.init(task: parts[0], name: parts.count > 1 ? parts[1] : "")
    }

    /// The same in every process, so that a store finds what it has of the trigger.
    var id: Int { Int(StableHash.of(text.utf8) >> 2) }
}
