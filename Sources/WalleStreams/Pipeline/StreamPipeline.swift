/// Runs one definition: batches of events in, rows of windows out. Belongs to one thread at a time.
package final class StreamPipeline: EventProcessor {
    package let definition: StreamDefinition
    /// The columns of its rows.
    package let columns: StreamColumns
    private let filter: EventFilter?
    private let derived: DerivedValues
    private let keyPlaces: [ExpressionScope.Place]
    private let keys: StreamKeys
    private let arguments: [ExpressionEvaluator?]
    private let filters: [ExpressionEvaluator?]
    private let windows: WindowRunner

    /// - Parameter external: What computes the derived values that are no expressions.
    /// - Throws: `.definition` that names the field of what does not fit.
    package init(
        _ definition: StreamDefinition, texts: TextDictionary, external: ExternalFunction? = nil
    ) throws(StreamError) {
        let plan = try StreamPlan(definition)
        self.definition = definition
        columns = plan.columns
        filter = plan.filter.map(EventFilter.init)
        derived = try DerivedValues(definition, plan.derived, external: external)
        keyPlaces = plan.keyPlaces
        keys = StreamKeys(plan.columns.keys.map(\.type))
        arguments = plan.arguments.map { $0.map(ExpressionEvaluator.init) }
        filters = plan.filters.map { $0.map(ExpressionEvaluator.init) }
        windows = try WindowRunner(
            definition.window, plan.functions, delay: definition.source.delay, lateness: definition.lateness,
            emission: definition.emission, texts: texts)
    }

    package var name: String { definition.name }
    package var source: StreamSource { definition.source }
    package var identity: [String] { definition.identity }
    /// Events that were too late for any window.
    package var lateCount: Int { windows.lateCount }
    package var watermark: Int64 { windows.watermark }
    /// Bytes of state.
    package var byteCount: Int { windows.byteCount + keys.byteCount }

    /// Adds events, which are of the source's schema, and gives the rows that end with them.
    ///
    /// - Throws: What the external function throws; nothing of the batch is taken then.
    package func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows] {
        let values = try derived.columns(batch)
        let keyColumns = keyPlaces.map { place in
            switch place {
            case .event(let place): batch.column(at: place)
            case .derived(let index): values[index]
            }
        }
        let input = WindowBatch(
            times: batch.times, keys: keys.numbers(keyColumns, count: batch.count),
            kept: filter?.select(batch, derived: values) { Array($0) },
            values: arguments.map { $0?.evaluate(batch, derived: values) },
            filters: filters.map { $0?.evaluate(batch, derived: values) }, offset: batch.offset)
        return windows.process(input).map(rows)
    }

    /// Says that no earlier events will come: of an input that rests, or ended.
    package func advance(to time: Int64) -> [StreamRows] { windows.advance(to: time).map(rows) }

    // MARK: saving

    package func changes(_ recorder: StateRecorder) -> StateChanges {
        recorder.record { recorder in
            keys.record(recorder)
            windows.record(recorder)
        }
    }

    package func restore(_ state: SavedState) throws(StreamError) -> StateRecorder {
        try keys.restore(state)
        try windows.restore(state)
        return StateRecorder(state)
    }

    private func rows(_ results: WindowResults) -> StreamRows {
        StreamRows(keys: keys.columns(results.keys), results: results)
    }
}

/// Rows that a stream gives together.
package struct StreamRows: Sendable {
    /// A column for each name of the key.
    package var keys: [Column]
    package var results: WindowResults

    package var count: Int { results.count }
}

/// What the columns of a stream's rows are called. Between those of the key and of the aggregates stand the bounds of the
/// window, `window_start` and `window_end`, or, where a row is of an event, its time.
package struct StreamColumns: Hashable, Sendable {
    package var keys: [EventSchema.Attribute]
    package var bounds: [String]
    package var aggregates: [String]
    /// Of each aggregate the type of its values; nil for lists.
    package var types: [ColumnType?]
    /// Whether a key may have several rows of the same bounds, which are thus not named by both.
    package var numbersRows: Bool

    package var names: [String] { keys.map(\.name) + bounds + aggregates }
}
