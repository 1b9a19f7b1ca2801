/// Runs one pattern: batches of events in, a row a match out.
///
/// A row has the key, the times of the first and the last event of the match, the step that each of its events was taken
/// for, and the places of the events in the stream.
package final class PatternPipeline: EventProcessor {
    package let definition: PatternDefinition
    package let columns: StreamColumns
    private let filter: EventFilter?
    private let keyPlaces: [ExpressionScope.Place]
    private let keys: StreamKeys
    private let matcher: PatternMatcher
    private let tests: PatternTests
    private let predicates: PredicateColumns
    private var order: EventOrder
    private let texts: TextDictionary

    /// - Throws: `.definition` that names the field of what does not fit.
    package init(_ definition: PatternDefinition, texts: TextDictionary) throws(StreamError) {
        self.definition = definition
        self.texts = texts
        let scope = ExpressionScope(definition.source.schema)
        do throws(StreamError) {
            filter = try definition.filter.map { expression throws(StreamError) in
                EventFilter(try CheckedExpression(condition: expression, in: scope))
            }
        } catch { throw error.at("where") }
        do { keyPlaces = try StreamPlan.places(definition.key, scope) } catch { throw error.at("key") }
        let keyColumns = zip(definition.key, keyPlaces).map { EventSchema.Attribute($0, scope.type(at: $1)) }
        columns = StreamColumns(
            keys: keyColumns, bounds: PatternDefinition.matchBounds, aggregates: PatternDefinition.matchColumns,
            types: [nil, nil], numbersRows: true)
        keys = StreamKeys(keyColumns.map(\.type))
        let program = try PatternProgram(definition.pattern)
        matcher = PatternMatcher(program, limits: PatternMatcher.Limits(keys: definition.mostGroups))
        tests = PatternTests(program)
        predicates = PredicateColumns(definition.source.schema)
        order = EventOrder(delay: definition.source.delay)
    }

    package var name: String { definition.name }
    package var source: StreamSource { definition.source }
    package var identity: [String] { definition.identity }
    package var lateCount: Int { order.lateCount }
    package var watermark: Int64 { order.watermark }
    package var byteCount: Int { order.byteCount + keys.byteCount + matcher.byteCount }
    package var droppedCount: Int { 0 }
    /// Partial matches that a limit dropped: matches may be missing.
    package var evictedCount: Int { matcher.counters.dropped }

    package func process(_ batch: EventBatch) throws(StreamError) -> [StreamRows] {
        let kept = filter?.select(batch) { Array($0) }
        return try match(try order.add(batch, kept))
    }

    package func advance(to time: Int64) throws(StreamError) -> [StreamRows] {
        let ordered = order.advance(to: time)
        return try match(ordered)
    }

    private func match(_ ordered: EventOrder.Ordered?) throws(StreamError) -> [StreamRows] {
        var matches = PatternMatches()
        if let ordered {
            let batch = ordered.batch
            try matcher.take(
                batch, keys: keyColumn(batch), rows: Column(ints: ordered.places), tests: tests,
                predicates: predicates, into: &matches)
        }
        matcher.advance(watermark: order.watermark, into: &matches)
        return matches.isEmpty ? [] : [rows(matches)]
    }

    /// Nil for one sequence of all events.
    private func keyColumn(_ batch: EventBatch) -> Column? {
        guard !keyPlaces.isEmpty else { return nil }
        let columns = keyPlaces.map { place in
            guard case .event(let place) = place else { preconditionFailure("patterns derive no values") }
            return batch.column(at: place)
        }
        keys.forget { body in
            matcher.forEachKey { body(UInt64(bitPattern: $0)) }
            return true
        }
        return Column(ints: keys.numbers(columns, count: batch.count).map(Int64.init(bitPattern:)))
    }

    private func rows(_ matches: PatternMatches) -> StreamRows {
        let ranges = (0..<matches.count).map(matches.events)
        let numbers = matches.keys.map(UInt64.init(bitPattern:))
        let names = ranges.map { $0.map { EventValue.text(matcher.program.variables[Int(matches.variables[$0])]) } }
        let places = ranges.map { matches.rows[$0].map(EventValue.int) }
        return StreamRows(
            keys: keys.columns(numbers),
            results: WindowResults(
                keys: numbers, starts: ranges.map { matches.eventTimes[$0.lowerBound] },
                ends: ranges.map { matches.eventTimes[$0.upperBound - 1] }, change: .insertion,
                revisions: [UInt32](repeating: 0, count: matches.count),
                aggregates: [.lists(names), .lists(places)]))
    }

    // MARK: saving

    package func changes(_ recorder: StateRecorder) -> StateChanges {
        recorder.record { recorder in
            keys.record(recorder)
            order.record(recorder)
            matcher.record(recorder)
        }
    }

    package func restore(_ state: SavedState) throws(StreamError) -> StateRecorder {
        try keys.restore(state)
        try order.restore(state, definition.source.schema, texts)
        try matcher.restore(state)
        return StateRecorder(state)
    }
}

extension Column {
    fileprivate init(ints: [Int64]) {
        var column = ColumnBuilder(.int, capacity: ints.count)
        for value in ints { column.append(int: value) }
        self = column.finish()
    }
}
