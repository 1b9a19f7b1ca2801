/// What a host does with the events of one source: triggers look at them as they come, streams and patterns compute rows.
///
/// Events have places, counted from zero in the order in which they were taken. With a store an engine goes on where the last
/// checkpoint was: the events from there on have to come again, and what they made is made once. An engine belongs to one
/// thread at a time.
package final class EventEngine {
    package struct Limits: Sendable {
        package var triggers = TriggerIndex.Limits()
        /// Memory for events that may become part of a match. Of a match that began before them only places and steps are
        /// told.
        package var heldBytes = 256 << 20
        /// An event further ahead of the clock is refused: it would make all others late.
        package var futureBound: Microseconds? = 86_400_000_000
        /// Distinct texts, and their memory; another new one is null, and an event that has one as its name is refused.
        package var texts = 1 << 24
        package var textBytes = 1 << 30
        /// Of the attributes that an event has beside the schema's; when there are more, these are left out.
        package var freeBytes = 16 << 10
        /// While the store cannot be written, at most so many rows are kept; then no events are taken.
        package var pendingRows = 2_000_000

        package init() {}

        fileprivate var builder: EventBatchBuilder.Limits {
            var limits = EventBatchBuilder.Limits()
            (limits.freeBytes, limits.texts, limits.textBytes) = (freeBytes, texts, textBytes)
            return limits
        }
    }

    package struct Counters: Hashable, Sendable {
        /// Values that were null because they were of another type than the attribute.
        package var unfit = 0
        /// Texts that were null because there were too many different ones.
        package var crowded = 0
        /// Free attributes of events that were left out, as they had too many bytes.
        package var leftOut = 0
    }

    package let source: StreamSource
    package let texts: TextDictionary
    package let limits: Limits
    package private(set) var counters = Counters()
    /// The place of the next event.
    package internal(set) var position: Int64 = 0
    /// The latest time of an event, or to which time went on without any; nil before the first.
    package internal(set) var latest: Int64?
    var groups: [TriggerGroup] = []
    private var triggers: [Int: (group: TriggerGroup, within: Microseconds)] = [:]
    /// Of all triggers: asked for with every event.
    private var longestWithin: Microseconds = 0
    var processors: [EngineProcessor] = []
    var held: HeldEvents
    /// Nil without a store.
    let saved: SavedEngine?
    /// Something happened since the last checkpoint.
    var hasChanges = false

    /// - Parameters:
    ///   - store: Keeps rows, state and places; nil for an engine that forgets everything with its end.
    ///   - log: How the store keeps all events as they came; nil: it does not.
    /// - Throws: `.storage`.
    package init(
        _ source: StreamSource, _ limits: Limits = Limits(), in store: StreamStore? = nil,
        logging log: EventLog.Options? = nil
    ) throws(StreamError) {
        self.source = source
        self.limits = limits
        held = HeldEvents(source.schema, mostBytes: limits.heldBytes)
        saved = if let store { try SavedEngine(source, in: store, logging: log) } else { nil }
        texts = saved?.source.texts ?? TextDictionary()
        try restore()
    }

    // MARK: triggers

    /// Adds a trigger, which sees the events from the next on.
    ///
    /// - Parameter id: A name for it that no other has.
    /// - Throws: `.definition` that names the field of what does not fit the events; `.limit`.
    package func add(_ trigger: TriggerDefinition, id: Int) throws(StreamError) {
        let places = try trigger.places(in: source.schema)
        let known = groups.first { $0.key == trigger.key }
        let group =
            known
            ?? TriggerGroup(
                key: trigger.key, places: places, schema: source.schema, texts: texts, limits: limits.triggers)
        try group.index.add(trigger.pattern, id: id)
        if known == nil { groups.append(group) }
        triggers[id] = (group, trigger.pattern.within)
        longestWithin = max(longestWithin, trigger.pattern.within)
    }

    /// Whether a trigger fits the events.
    ///
    /// - Throws: As `add`.
    package func check(_ trigger: TriggerDefinition) throws(StreamError) {
        _ = try trigger.places(in: source.schema)
        try trigger.pattern.validate()
    }

    /// Removes a trigger and what it has found in part.
    package func remove(trigger id: Int) {
        guard let (group, within) = triggers.removeValue(forKey: id) else { return }
        if within == longestWithin { longestWithin = triggers.values.map(\.within).max() ?? 0 }
        group.index.remove(id: id)
    }

    // MARK: streams and patterns

    /// Adds a stream or a pattern, which sees the events from the next on, or goes on where the store has it.
    ///
    /// - Parameter processor: Of the engine's source and with its texts, before its first event.
    /// - Throws: `.definition` for another than is stored under this name, or a name that is taken; `.storage`.
    package func add(_ processor: any EventProcessor) throws(StreamError) {
        guard !processors.contains(where: { $0.processor.name == processor.name }) else {
            throw StreamError(
                .definition, field: "name", "there is a stream named \"\(processor.name)\" already",
                remedy: "Choose another name, or remove the other first.")
        }
        processors.append(try EngineProcessor(processor, saved, from: position))
    }

    /// The columns of a stream or pattern; nil when there is none of this name.
    package func columns(of stream: String) -> StreamColumns? {
        processors.first { $0.processor.name == stream }?.processor.columns
    }

    /// Removes a stream or a pattern; what the store has of it stays there.
    package func remove(stream name: String) { processors.removeAll { $0.processor.name == name } }

    // MARK: events

    /// Takes events, all of them or, when it throws, none.
    ///
    /// - Throws: `.input` for a time that cannot be right, `.limit` for more texts than there may be.
    package func take(_ events: [Event]) throws(StreamError) -> EngineOutput {
        try check(events)
        var builder = EventBatchBuilder(
            schema: source.schema, texts: texts, capacity: events.count, offset: position,
            limits: limits.builder)
        for event in events {
            let misfits = builder.append(event)
            counters.unfit += misfits.unfit
            counters.crowded += misfits.crowded
            counters.leftOut += misfits.leftOut
        }
        return try take(builder.finish())
    }

    /// Takes a batch with the engine's texts.
    package func take(_ batch: EventBatch) throws(StreamError) -> EngineOutput {
        precondition(batch.texts === texts, "events with the texts of the engine")
        try makeReady()
        var batch = batch
        batch.offset = position
        try saved?.log?.append(batch)
        var noted: [UInt32] = []
        var found: [TriggerGroup.Found] = []
        for group in groups where group.index.count > 0 {
            found += try group.take(batch) { noted = Self.union(noted, $0) }
        }
        hasChanges = true
        position += Int64(batch.count)
        for row in 0..<batch.count { latest = max(latest ?? .min, batch.times.ints[row]) }
        if !noted.isEmpty { held.hold(batch, noted) }
        // Nothing is computed of them.
        batch.free = nil
        var output = EngineOutput(matches: found.map(match))
        output.matches += forget()
        for processor in processors { output.add(try processor.process(batch), of: processor.processor.name) }
        return output
    }

    /// Says that no earlier events will come: of a source that rests.
    package func advance(to time: Int64) throws(StreamError) -> EngineOutput {
        try makeReady()
        hasChanges = true
        latest = max(latest ?? .min, time.addingClamped(source.delay))
        var output = EngineOutput()
        for group in groups { output.matches += group.advance(watermark: time, texts).map(match) }
        for processor in processors { output.add(try processor.advance(to: time), of: processor.processor.name) }
        return output
    }

    /// Tells the matches that waited for a time that has passed, as far as events are concerned.
    package func settle() throws(StreamError) -> EngineOutput {
        guard let latest, !groups.isEmpty else { return EngineOutput() }
        try makeReady()
        let matches = groups.flatMap { $0.advance(watermark: latest, texts) }.map(match)
        if !matches.isEmpty { hasChanges = true }
        return EngineOutput(matches: matches)
    }

    /// Lets go of events that are too old for any match, once the matches that waited are told.
    private func forget() -> [TriggeredMatch] {
        guard let latest, case let bound = latest.addingClamped(-longestWithin), held.hasEvents(before: bound) else {
            return []
        }
        let matches = groups.flatMap { $0.advance(watermark: latest, texts) }.map(match)
        held.forget(before: bound)
        return matches
    }

    private func match(_ found: TriggerGroup.Found) -> TriggeredMatch {
        TriggeredMatch(
            trigger: found.trigger, key: found.key, time: found.time,
            events: found.events.map { place, step in
                TriggeredMatch.Part(place: place, step: step, event: held.event(at: place, texts))
            })
    }

    private func check(_ events: [Event]) throws(StreamError) {
        if let bound = limits.futureBound {
            let last = IngestOptions.systemClock().addingClamped(bound)
            if let event = events.first(where: { $0.time > last }) {
                throw StreamError(
                    .input, field: source.schema.time,
                    "the event \"\(event.name)\" is of \(TimeText.text(event.time)), in the future",
                    remedy: "Give its time in microseconds since 1970 in UTC, and see that the clock is right.")
            }
        }
        let hasRoom = texts.count < limits.texts && texts.byteCount < limits.textBytes
        if !hasRoom, let event = events.first(where: { texts.existing($0.name) == nil }) {
            throw StreamError(
                .limit, field: source.schema.event,
                "there is no room for the name \"\(event.name)\": there are \(texts.count) different texts in "
                    + "\(texts.byteCount) bytes, as many as may be",
                remedy: "Declare no columns for texts that do not repeat, send them as numbers, or raise the limit.")
        }
    }

    /// Of two ascending lists without their duplicates.
    private static func union(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        if left.isEmpty { return right }
        var both: [UInt32] = []
        both.reserveCapacity(left.count + right.count)
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            let takesLeft = j == right.count || (i < left.count && left[i] <= right[j])
            let next = takesLeft ? left[i] : right[j]
            if both.last != next { both.append(next) }
            if takesLeft { i += 1 } else { j += 1 }
        }
        return both
    }

    /// How the engine is doing.
    package var status: EngineStatus {
        EngineStatus(
            events: position, latest: latest, committed: committed, pendingRows: pendingRowCount,
            triggers: triggers.count,
            matches: groups.reduce(0) { $0 + $1.index.counters.matches },
            droppedPartialMatches: groups.reduce(0) { $0 + $1.index.counters.dropped },
            droppedKeys: groups.reduce(0) { $0 + $1.index.counters.droppedKeys },
            disordered: groups.reduce(0) { $0 + $1.index.counters.disordered },
            late: processors.reduce(0) { $0 + $1.processor.lateCount },
            dropped: processors.reduce(0) { $0 + $1.processor.droppedCount },
            evicted: processors.reduce(0) { $0 + $1.processor.evictedCount },
            unfit: counters.unfit, crowded: counters.crowded, leftOut: counters.leftOut,
            forgotten: held.forgotten, texts: texts.count, bytes: held.byteCount + texts.byteCount)
    }
}
