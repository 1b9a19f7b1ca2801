// Results of groups that are told event after event: one aggregate after the other, each over all events.
extension AggregateLayout {
    /// Adds the values of events to the states of their groups, which lie from `memory` on, and gives a column an
    /// aggregate with what the steps tell.
    ///
    /// - Parameter resultCount: How many results they tell.
    func run(
        _ steps: borrowing RunningSteps, telling resultCount: Int, _ input: AggregateInput,
        on memory: UnsafeMutablePointer<UInt64>
    ) -> [ResultColumn] {
        var columns = [ResultColumn?](repeating: nil, count: results.count)
        for (index, slot) in slots.enumerated() {
            let rows = UnsafeBufferPointer(start: steps.rows, count: steps.count)
            let pass = RunningPass(
                rows: rows, places: steps.places, flags: steps.flags,
                mask: Self.mask(rows, input.values[index]?.nulls, input.filters[index]), base: memory + slot.word,
                resultCount: resultCount, times: input.times, offset: input.offset)
            if case .summary(let summary) = slot.kind, let values = input.values[index] {
                let kinds = slot.aggregates.map { results[$0].kind }
                let told = pass.summary(summary, values, SummaryColumns(kinds, slot.type, count: resultCount))
                for (aggregate, kind) in zip(slot.aggregates, kinds) { columns[aggregate] = told.column(kind) }
            } else {
                columns[slot.aggregates[0]] = run(pass, slot, input.values[index])
            }
        }
        return columns.compactMap { $0 }
    }

    /// Of each event whether it counts; nil: all do.
    private static func mask(
        _ rows: UnsafeBufferPointer<UInt32>, _ nulls: NullMask?, _ filter: Column?
    ) -> [Bool]? {
        guard nulls != nil || filter != nil else { return nil }
        return [Bool](unsafeUninitializedCapacity: rows.count) { mask, count in
            count = rows.count
            if let truths = filter?.bools {
                for index in 0..<count { mask[index] = truths[Int(rows[index])] != 0 }
            } else {
                mask.initialize(repeating: true)
            }
            // A filter that is null is false.
            for words in [nulls, filter?.nulls].compactMap({ $0?.words }) {
                for index in 0..<count {
                    let row = Int(rows[index])
                    mask[index] = mask[index] && words[row >> 6] >> UInt64(row & 63) & 1 == 0
                }
            }
        }
    }

    private func run(_ pass: RunningPass, _ slot: Slot, _ values: Column?) -> ResultColumn {
        guard let values else { return .values(pass.count()) }
        let type = slot.type ?? .int
        return switch slot.kind {
        case .count: .values(pass.count())
        case .variance: .values(pass.floats(VarianceState.self, values, VarianceState.result))
        case .deviation: .values(pass.floats(VarianceState.self, values, VarianceState.deviation))
        case .smallestBool: .values(pass.words(ExtremeState<Smaller<UInt8>>.self, values, type, word: 1))
        case .largestBool: .values(pass.words(ExtremeState<Larger<UInt8>>.self, values, type, word: 1))
        case .smallestText: .values(pass.texts(values, texts) { $0.lexicographicallyPrecedes($1) })
        case .largestText: .values(pass.texts(values, texts) { $1.lexicographicallyPrecedes($0) })
        case .first(let width): .values(pass.ends(Earlier.self, values, type, width))
        case .last(let width): .values(pass.ends(Later.self, values, type, width))
        case .object(let kind): run(pass, kind, slot, values)
        case .summary, .integerSum, .integerMean, .floatSum, .floatMean, .smallestInteger, .largestInteger,
            .smallestFloat, .largestFloat:
            preconditionFailure("numbers have a summary, which is told for all its aggregates")
        }
    }

    private func run(
        _ pass: RunningPass, _ kind: AggregateObject.Kind, _ slot: Slot, _ values: Column
    ) -> ResultColumn {
        switch kind {
        case .distinct: return .values(pass.counts(kind, values) { (object: DistinctValues) in Int64(object.count) })
        case .approximateDistinct:
            return .values(pass.counts(kind, values) { (object: DistinctSketch) in object.count })
        case .quantile(let quantile): return .values(pass.quantiles(kind, values, quantile))
        case .lastFew:
            var lists: [[EventValue]] = []
            pass.objects(kind, values) { state in
                let values = state.object.map { unsafeDowncast($0, to: LatestValues.self).values } ?? []
                lists.append(values.map { value($0, slot.type) })
            }
            return .lists(lists)
        case .top(let most):
            var lists: [[ResultColumn.Counted]] = []
            pass.objects(kind, values) { state in
                let values = state.object.map { unsafeDowncast($0, to: ValueCounts.self).top(most) } ?? []
                lists.append(values.map { .init(value: value($0.value, slot.type), count: $0.count) })
            }
            return .counted(lists)
        case .concatenation(let separator):
            var joined: [String?] = []
            pass.objects(kind, values) { state in
                let values = state.object.map { unsafeDowncast($0, to: LatestValues.self).values }
                joined.append(values.map { $0.map { texts.string(UInt32($0)) }.joined(separator: separator) })
            }
            return .texts(joined)
        }
    }
}

/// The steps of one aggregate.
private struct RunningPass {
    var rows: UnsafeBufferPointer<UInt32>
    var places: UnsafePointer<Int>
    var flags: UnsafePointer<RunningSteps.Flags>
    var mask: [Bool]?
    /// Of the aggregate's state in a row at place zero.
    var base: UnsafeMutablePointer<UInt64>
    var resultCount: Int
    var times: UnsafePointer<Int64>
    var offset: Int64

    typealias State = UnsafeMutablePointer<UInt64>

    @inline(__always) private func moment(_ row: Int) -> Moment {
        Moment(time: times[row], offset: offset + Int64(row))
    }

    @inline(__always)
    private func forEach(add: (State, Int) -> Void, remove: (State, Int) -> Void, tell: (State) -> Void) {
        for index in 0..<rows.count {
            let state = base + places[index]
            let flags = flags[index]
            if flags.contains(.before) { tell(state) }
            if mask?[index] ?? true {
                if flags.contains(.removes) {
                    remove(state, Int(rows[index]))
                } else {
                    add(state, Int(rows[index]))
                }
            }
            if flags.contains(.after) { tell(state) }
        }
    }

    /// Only of aggregates that take values back are there any to take back.
    @inline(__always)
    private func column(
        _ type: ColumnType, add: (State, Int) -> Void, remove: (State, Int) -> Void = { _, _ in },
        tell: (inout ToldColumn, State) -> Void
    ) -> Column {
        var column = ToldColumn(type, count: resultCount)
        forEach(add: add, remove: remove) { tell(&column, $0) }
        return column.finish()
    }

    func count() -> Column {
        column(.int, add: { state, _ in state[0] &+= 1 }, remove: { state, _ in state[0] &-= 1 }) { column, state in
            column.append(int: state.int(0))
        }
    }

    func summary(_ summary: NumberSummary, _ values: Column, _ columns: SummaryColumns) -> SummaryColumns {
        if summary.isFloat {
            self.summary(SummaryWords<FloatNumbers>(summary), values, columns)
        } else {
            self.summary(SummaryWords<IntegerNumbers>(summary), values, columns)
        }
    }

    @inline(__always)
    private func summary<Numbers: SummaryNumbers>(
        _ summary: SummaryWords<Numbers>, _ values: Column, _ columns: SummaryColumns
    ) -> SummaryColumns {
        var columns = columns
        let values: UnsafeMutablePointer<Numbers.Sum.Input> = values.pointer()
        forEach(add: { summary.add(values[$1], to: $0) }, remove: { summary.remove(values[$1], from: $0) }) { state in
            columns.append(summary, state)
        }
        return columns
    }

    @inline(__always)
    func floats<Kept: AggregateState>(
        _: Kept.Type, _ values: Column, _ result: (UnsafePointer<UInt64>) -> Double?
    ) -> Column {
        let values: UnsafeMutablePointer<Kept.Input> = values.pointer()
        return column(.float, add: { Kept.add(values[$1], at: moment($1), to: $0) }) { column, state in
            if let value = result(state) { column.append(float: value) } else { column.appendNull() }
        }
    }

    /// A word behind one that counts the values, as its type stores it.
    @inline(__always)
    func words<Kept: AggregateState>(_: Kept.Type, _ values: Column, _ type: ColumnType, word: Int) -> Column {
        let values: UnsafeMutablePointer<Kept.Input> = values.pointer()
        return column(type, add: { Kept.add(values[$1], at: moment($1), to: $0) }) { column, state in
            if state[0] == 0 { column.appendNull() } else { column.append(bits: state[word]) }
        }
    }

    func ends<Kept: Turn>(_: Kept.Type, _ values: Column, _ type: ColumnType, _ width: Int) -> Column {
        switch width {
        case 1: words(EndState<Kept, UInt8>.self, values, type, word: 3)
        case 4: words(EndState<Kept, UInt32>.self, values, type, word: 3)
        default: words(EndState<Kept, UInt64>.self, values, type, word: 3)
        }
    }

    func texts(
        _ values: Column, _ texts: TextDictionary, _ prefers: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
    ) -> Column {
        let codes = values.codes
        return column(
            .text,
            add: { state, row in
                keepText(UInt64(codes[row]), state, texts, prefers)
                state[0] &+= 1
            }
        ) { column, state in
            if state[0] == 0 { column.appendNull() } else { column.append(bits: state[1]) }
        }
    }

    // MARK: objects

    @inline(__always)
    func objects(_ kind: AggregateObject.Kind, _ values: Column, tell: (State) -> Void) {
        forEach(
            add: { state, row in state.object(kind).add(values.bits(row), at: moment(row)) }, remove: { _, _ in },
            tell: tell)
    }

    @inline(__always)
    func counts<Object: AggregateObject>(
        _ kind: AggregateObject.Kind, _ values: Column, _ count: (Object) -> Int64
    ) -> Column {
        var column = ColumnBuilder(.int, capacity: resultCount)
        objects(kind, values) { state in
            column.append(int: state.object.map { count(unsafeDowncast($0, to: Object.self)) } ?? 0)
        }
        return column.finish()
    }

    func quantiles(_ kind: AggregateObject.Kind, _ values: Column, _ quantile: Double) -> Column {
        var column = ColumnBuilder(.float, capacity: resultCount)
        objects(kind, values) { state in
            let value = state.object.flatMap { unsafeDowncast($0, to: QuantileSketch.self).quantile(quantile) }
            if let value { column.append(float: value) } else { column.appendNull() }
        }
        return column.finish()
    }
}
