/// Runs one definition, and those whose rows it reads: batches of events in, rows out. Belongs to one thread at a time.
package final class StreamPipeline: EventProcessor {
    package let definition: StreamDefinition
    /// The columns of its rows.
    package let columns: StreamColumns
    /// Of the stream whose rows it reads; nil when it reads a source.
    private let upstream: StreamPipeline?
    private let filter: EventFilter?
    private let derived: DerivedValues
    private let keyPlaces: [ExpressionScope.Place]
    private let keys: StreamKeys
    private let arguments: SharedEvaluators
    private let filters: SharedEvaluators
    private let selected: [ExpressionScope.Place]
    private let stage: StreamStage
    private let rows: RowBatches
    private let arrivals: ArrivalClock?
    /// The latest time of events that it only chooses.
    private var latest = Int64.min
    private var visits: VisitMarker?

    /// - Parameter external: What computes the derived values that are no expressions.
    /// - Parameter clock: What tells when events arrive, where that is their time: microseconds since 1970 in UTC.
    /// - Throws: `.definition` that names the field of what does not fit.
    package init(
        _ definition: StreamDefinition, texts: TextDictionary, external: ExternalFunction? = nil,
        clock: @escaping @Sendable () -> Microseconds = IngestOptions.systemClock
    ) throws(StreamError) {
        let plan = try StreamPlan(definition)
        self.definition = definition
        columns = plan.columns
        if var stream = definition.upstream {
            // Only what is taken back can be taken out of what is computed from it.
            if stream.changesRows { stream.emission = .retractions }
            upstream = try StreamPipeline(stream, texts: texts, external: external, clock: clock)
            arrivals = nil
        } else {
            upstream = nil
            arrivals = definition.source.clock == .arrival ? ArrivalClock(clock) : nil
        }
        filter = plan.filter.map(EventFilter.init)
        derived = try DerivedValues(definition, plan.derived, external: external)
        keyPlaces = plan.keyPlaces
        let form = definition.form
        keys = StreamKeys(plan.columns.keys.map(\.type), keepsTold: form == .groups || form == .ranks)
        selected = plan.selected
        stage = try StreamStage(definition, plan, texts)
        let values = try StreamStage.values(definition, plan)
        arguments = SharedEvaluators(values)
        filters = SharedEvaluators(
            values.indices.map { plan.filters.indices.contains($0) ? plan.filters[$0] : nil })
        visits = VisitMarker(definition.window)
        rows = RowBatches(plan.rowSchema(definition), definition, texts)
    }

    package var name: String { definition.name }
    package var source: StreamSource { definition.source }
    package var identity: [String] { definition.identity }
    /// Events, and rows of streams on the way, that were too late for any window.
    package var lateCount: Int { stage.lateCount + (upstream?.lateCount ?? 0) }
    /// Events that belonged to no visit.
    package var outsideCount: Int { stage.outsideCount + (upstream?.outsideCount ?? 0) }
    /// Events that were left out, as there were too many groups.
    package var droppedCount: Int { stage.droppedCount + (upstream?.droppedCount ?? 0) }
    /// Groups that were given up before their time, as there were too many.
    package var evictedCount: Int { stage.evictedCount + (upstream?.evictedCount ?? 0) }
    /// Groups that were forgotten, as they had no events for long.
    package var expiredCount: Int { (stage.life?.expiredCount ?? 0) + (upstream?.expiredCount ?? 0) }
    package var lossCounters: [String: Int64] {
        [
            "late": Int64(lateCount), "dropped": Int64(droppedCount), "evicted": Int64(evictedCount),
            "outside": Int64(outsideCount), "expired": Int64(expiredCount),
        ]
    }
    /// Of the source.
    package var watermark: Int64 {
        guard definition.form == .events else {
            return upstream.map { max($0.watermark, stage.watermark) } ?? stage.watermark
        }
        return upstream?.watermark ?? (latest == .min ? .min : latest.addingClamped(-source.delay))
    }
    /// Bytes of state.
    package var byteCount: Int { stage.byteCount + keys.byteCount + (upstream?.byteCount ?? 0) }

    // MARK: events

    /// Adds events, which are of the source's schema, and gives the rows that end with them.
    ///
    /// - Throws: What the external function throws; nothing of the batch is taken then.
    package func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows] {
        var given = try compute(inputs(batch))
        if let promise = upstream?.promise { given += stage.advance(to: promise).map(named) }
        return given
    }

    /// Says that no earlier events will come: of an input that rests, or ended.
    package func advance(to time: Int64) throws(StreamError) -> [StreamRows] {
        guard let upstream else { return stage.advance(to: time).map(named) }
        let given = try compute(upstream.outputs(advancingTo: time))
        return given + stage.advance(to: upstream.promise ?? time).map(named)
    }

    /// What it reads of the events of the source.
    private func inputs(_ batch: EventBatch) throws(StreamError) -> [StreamInput] {
        if let upstream { return try upstream.outputs(batch) }
        let input = StreamInput(batch: arrivals?.stamped(batch) ?? batch)
        if definition.form == .events {
            for row in 0..<batch.count { latest = max(latest, input.batch.times.ints[row]) }
        }
        return [input]
    }

    /// What comes to who reads it is no earlier; nil when that follows from what comes.
    private var promise: Int64? {
        switch definition.form {
        case .windows, .windowRanks:
            stage.watermark == .max ? .max : stage.watermark.addingClamped(-definition.lateness)
        case .events: upstream?.promise
        case .groups, .ranks: nil
        }
    }

    private func outputs(_ batch: EventBatch) throws(StreamError) -> [StreamInput] {
        definition.form == .events ? try projected(inputs(batch)) : try process(batch).map(rows.input)
    }

    private func outputs(advancingTo time: Int64) throws(StreamError) -> [StreamInput] {
        guard definition.form == .events else { return try advance(to: time).map(rows.input) }
        return try projected(upstream?.outputs(advancingTo: time) ?? [])
    }

    // MARK: computing

    private func column(_ place: ExpressionScope.Place, _ batch: EventBatch, _ derived: [Column]) -> Column {
        switch place {
        case .event(let place): batch.column(at: place)
        case .derived(let index): derived[index]
        }
    }

    /// Of the events that the filter keeps, those that were kept before.
    private func kept(_ input: StreamInput, _ derived: [Column]) -> [UInt32]? {
        guard let filter else { return input.kept }
        let found = filter.select(input.batch, derived: derived) { Array($0) }
        guard let before = input.kept else { return found }
        return SortedRows.both(found, before)
    }

    /// The columns of rows of events, and which of them are kept: their times still move watermarks.
    private func projected(_ input: StreamInput) throws(StreamError) -> StreamInput {
        let derived = try derived.columns(input.batch)
        var next = input
        next.kept = kept(input, derived)
        next.batch = EventBatch(
            schema: rows.schema, times: input.batch.times, events: input.batch.times.nulls(.text),
            pages: input.batch.times.nulls(.text),
            attributes: selected.map { column($0, input.batch, derived) }, texts: input.batch.texts,
            offset: input.batch.offset)
        return next
    }

    private func projected(_ inputs: [StreamInput]) throws(StreamError) -> [StreamInput] {
        var projections: [StreamInput] = []
        for input in inputs { projections.append(try projected(input)) }
        return projections
    }

    private func compute(_ inputs: [StreamInput]) throws(StreamError) -> [StreamRows] {
        var rows: [StreamRows] = []
        for input in inputs { rows += try compute(input) }
        return rows
    }

    private func compute(_ input: StreamInput) throws(StreamError) -> [StreamRows] {
        if definition.form == .events { return try projected(input).rows.map { [$0] } ?? [] }
        let batch = input.batch
        let derived = try derived.columns(batch)
        let keyColumns = keyPlaces.map { column($0, batch, derived) }
        keys.forget(stage.forEachKey)
        var events = WindowBatch(
            times: batch.times, keys: keys.numbers(keyColumns, count: batch.count), kept: kept(input, derived),
            values: arguments.evaluate(batch, derived: derived), filters: filters.evaluate(batch, derived: derived),
            offset: batch.offset, retracts: input.retracts)
        events.marks = visits?.marks(batch)
        return stage.process(events).map(named)
    }

    private func named(_ results: WindowResults) -> StreamRows {
        StreamRows(keys: keys.columns(results.keys), results: results)
    }

    // MARK: saving

    package func changes(_ recorder: StateRecorder) -> StateChanges {
        recorder.record { recorder in record(recorder) }
    }

    private func record(_ recorder: StateRecorder) {
        keys.record(recorder)
        stage.record(recorder)
        if let arrivals { recorder.write(StateItem(.pipeline)) { arrivals.write(to: &$0) } }
        if definition.form == .events { recorder.write(StateItem(.pipeline, 2)) { $0.write(latest) } }
        guard let upstream else { return }
        recorder.stage += 1
        recorder.write(StateItem(.pipeline, 1)) { upstream.rows.write(to: &$0) }
        upstream.record(recorder)
    }

    package func restore(_ state: SavedState) throws(StreamError) -> StateRecorder {
        state.stage = 0
        try take(state)
        return StateRecorder(state)
    }

    private func take(_ state: SavedState) throws(StreamError) {
        try keys.restore(state)
        try stage.restore(state)
        if let arrivals {
            try state.read(StateItem(.pipeline)) { reader throws(StreamError) in try arrivals.read(from: &reader) }
        }
        if definition.form == .events {
            latest = try state.read(StateItem(.pipeline, 2)) { reader throws(StreamError) in try reader.read() }
        }
        guard let upstream else { return }
        state.stage += 1
        try state.read(StateItem(.pipeline, 1)) { reader throws(StreamError) in try upstream.rows.read(from: &reader) }
        try upstream.take(state)
    }
}

/// Rows that a stream gives together.
package struct StreamRows: Sendable {
    /// A column for each name of the key.
    package var keys: [Column]
    package var results: WindowResults

    package var count: Int { results.count }
}

/// What the columns of a stream's rows are called. Between those of the key and of the values stand the bounds of the
/// window, `window_start` and `window_end`, or, where a row is of an event, its time; rows of groups without a window have
/// neither.
package struct StreamColumns: Hashable, Sendable {
    package var keys: [EventSchema.Attribute]
    package var bounds: [String]
    /// Aggregates, or the number of a row and the values that are selected.
    package var aggregates: [String]
    /// Of each aggregate the type of its values; nil for lists.
    package var types: [ColumnType?]
    /// Whether a key may have several rows of the same bounds, which are thus not named by both.
    package var numbersRows: Bool
    /// Whether a row that is taken back has the name that it was given with.
    package var isNamed = true
    /// Whether later events replace rows that were given, so that a row says what it does.
    package var changesRows = false

    package var names: [String] { keys.map(\.name) + bounds + aggregates }
}
