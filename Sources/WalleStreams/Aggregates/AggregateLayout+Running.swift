/// What single events do, one after the other, to the groups that they belong to.
struct RunningSteps {
    /// What is done at an event.
    struct Flags: OptionSet {
        let rawValue: UInt8

        /// The group's result before it is told.
        static let before = Flags(rawValue: 1)
        /// The group's result after it is told.
        static let after = Flags(rawValue: 2)
        /// Its values are taken back instead of added.
        static let removes = Flags(rawValue: 4)
    }

    /// Positions in the batch.
    var rows: [UInt32] = []
    /// Words of memory at which the events' groups begin.
    var places: [Int] = []
    var flags: [Flags] = []
    /// How many results are told.
    var resultCount = 0

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        flags.removeAll(keepingCapacity: true)
        resultCount = 0
    }
}

// Results of groups that are told event after event: one aggregate after the other, each over all events.
extension AggregateLayout {
    /// Adds the values of events to the states of their groups, which lie from `memory` on, and gives a column an
    /// aggregate with what the steps tell.
    func run(
        _ steps: RunningSteps, _ input: AggregateInput, on memory: UnsafeMutablePointer<UInt64>
    ) -> [ResultColumn] {
        slots.indices.map { index in
            let mask = Self.mask(steps.rows, input.values[index]?.nulls, input.filters[index])
            return steps.rows.withUnsafeBufferPointer { rows in
                steps.places.withUnsafeBufferPointer { places in
                    steps.flags.withUnsafeBufferPointer { flags in
                        let pass = RunningPass(
                            rows: rows, places: places, flags: flags, mask: mask, base: memory + slots[index].word,
                            resultCount: steps.resultCount, times: input.times, offset: input.offset)
                        return run(pass, slots[index], input.values[index])
                    }
                }
            }
        }
    }

    /// Of each event whether it counts; nil: all do.
    private static func mask(_ rows: [UInt32], _ nulls: NullMask?, _ filter: Column?) -> [Bool]? {
        guard nulls != nil || filter != nil else { return nil }
        let truths = filter.map { UnsafePointer($0.bools) }
        let unknown = filter?.nulls
        return withExtendedLifetime(filter) {
            rows.map { row in
                let row = Int(row)
                if let nulls, nulls[row] { return false }
                guard let truths else { return true }
                return truths[row] != 0 && !(unknown?[row] ?? false)
            }
        }
    }

    private func run(_ pass: RunningPass, _ slot: Slot, _ values: Column?) -> ResultColumn {
        guard let values else { return .values(pass.count()) }
        let type = slot.type ?? .int
        return switch slot.kind {
        case .count: .values(pass.count())
        case .integerSum: .values(pass.integers(values, IntegerSumState.result))
        case .integerMean: .values(pass.integerMeans(values))
        case .floatSum: .values(pass.floats(FloatSumState.self, values, FloatSumState.result))
        case .floatMean: .values(pass.floats(FloatSumState.self, values, FloatSumState.mean))
        case .variance: .values(pass.floats(VarianceState.self, values, VarianceState.result))
        case .deviation: .values(pass.floats(VarianceState.self, values, VarianceState.deviation))
        case .smallestInteger: .values(pass.words(ExtremeState<Smaller<Int64>>.self, values, type, word: 1))
        case .largestInteger: .values(pass.words(ExtremeState<Larger<Int64>>.self, values, type, word: 1))
        case .smallestFloat: .values(pass.words(ExtremeState<SmallerFloat>.self, values, type, word: 1))
        case .largestFloat: .values(pass.words(ExtremeState<LargerFloat>.self, values, type, word: 1))
        case .smallestBool: .values(pass.words(ExtremeState<Smaller<UInt8>>.self, values, type, word: 1))
        case .largestBool: .values(pass.words(ExtremeState<Larger<UInt8>>.self, values, type, word: 1))
        case .smallestText: .values(pass.texts(values, texts) { $0.lexicographicallyPrecedes($1) })
        case .largestText: .values(pass.texts(values, texts) { $1.lexicographicallyPrecedes($0) })
        case .first(let width): .values(pass.ends(Earlier.self, values, type, width))
        case .last(let width): .values(pass.ends(Later.self, values, type, width))
        case .object(let kind): run(pass, kind, slot, values)
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
    var places: UnsafeBufferPointer<Int>
    var flags: UnsafeBufferPointer<RunningSteps.Flags>
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
        tell: (inout ColumnBuilder, State) -> Void
    ) -> Column {
        var column = ColumnBuilder(type, capacity: resultCount)
        forEach(add: add, remove: remove) { tell(&column, $0) }
        return column.finish()
    }

    func count() -> Column {
        column(.int, add: { state, _ in state[0] &+= 1 }, remove: { state, _ in state[0] &-= 1 }) { column, state in
            column.append(int: state.int(0))
        }
    }

    func integers(_ values: Column, _ result: (UnsafePointer<UInt64>) -> Int64?) -> Column {
        let values = values.ints
        return column(
            .int, add: { IntegerSumState.add(values[$1], at: moment($1), to: $0) },
            remove: { IntegerSumState.remove(values[$1], from: $0) }
        ) { column, state in
            if let value = result(state) { column.append(int: value) } else { column.appendNull() }
        }
    }

    func integerMeans(_ values: Column) -> Column {
        let values = values.ints
        return column(
            .float, add: { IntegerSumState.add(values[$1], at: moment($1), to: $0) },
            remove: { IntegerSumState.remove(values[$1], from: $0) }
        ) { column, state in
            if let value = IntegerSumState.mean(state) { column.append(float: value) } else { column.appendNull() }
        }
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
