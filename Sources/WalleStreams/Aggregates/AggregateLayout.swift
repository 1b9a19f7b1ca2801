/// Where the states of a window's aggregates lie in a row of its `GroupTable`, and what is done with them.
final class AggregateLayout {
    /// A state: of one aggregate, or of several of the same numbers.
    struct Slot {
        var kind: AggregateKind
        /// Of the values; nil where events are counted.
        var type: ColumnType?
        /// The first word of the state in a row.
        var word: Int
        /// The aggregates that it is of, at least one.
        var aggregates: [Int]

        var isObject: Bool { if case .object = kind { true } else { false } }
    }

    /// Where the result of an aggregate is.
    struct Result {
        var kind: AggregateKind
        var type: ColumnType?
        /// Of its state, which counts the values.
        var word: Int
        /// Words behind that one at which the value of an extreme lies.
        var value = 1
    }

    let slots: [Slot]
    /// Of each aggregate.
    let results: [Result]
    /// Words of all states of a row, and of what else is kept of a group behind them.
    let stateWords: Int
    let extraWords: Int
    /// The words of a row that hold references to objects.
    let objectWords: [Int]
    let texts: TextDictionary

    /// - Parameters:
    ///   - values: Of each aggregate its function and the type of its values.
    ///   - sources: Of each aggregate a number that those of the same values and filter have in common: of numbers they
    ///     have one state together.
    ///   - extraWords: Words of a row that its owner keeps behind the states.
    /// - Throws: `.definition` for a function that values of the type do not have.
    init(
        _ values: [(function: AggregateFunction, type: ColumnType?)], sources: [Int], texts: TextDictionary,
        extraWords: Int = 0
    ) throws(StreamError) {
        precondition(sources.count == values.count, "a source for every aggregate")
        var kinds: [AggregateKind] = []
        for value in values { kinds.append(try AggregateKind(value.function, of: value.type)) }
        var (slots, places) = Self.slots(kinds, values.map(\.type), sources)
        var word = GroupTable.header
        for index in slots.indices {
            slots[index].word = word
            word += slots[index].kind.words
        }
        results = kinds.indices.map { Self.result(kinds[$0], values[$0].type, slots[places[$0]]) }
        self.slots = slots
        self.texts = texts
        stateWords = word - GroupTable.header + extraWords
        self.extraWords = extraWords
        objectWords = slots.filter(\.isObject).map(\.word)
    }

    /// Of each state what an input has of the aggregate that it is of.
    func input(_ batch: WindowBatch) -> AggregateInput {
        AggregateInput(
            values: slots.map { batch.values[$0.aggregates[0]] },
            filters: slots.map { batch.filters[$0.aggregates[0]] },
            times: batch.times.ints, offset: batch.offset)
    }

    /// Lets go of what a row holds.
    func releaseObjects(_ row: UnsafeMutablePointer<UInt64>) {
        for word in objectWords { (row + word).releaseObject() }
    }

    func table(capacity: Int = 0) -> GroupTable {
        GroupTable(stateWords: stateWords, objectWords: objectWords, capacity: capacity)
    }
}

/// Some events of a batch and the values that aggregates need of them.
struct AggregateInput {
    /// Of each state the column of its values; nil where events are counted.
    var values: [Column?]
    /// Of each state which rows count; nil: all.
    var filters: [Column?]
    var times: UnsafePointer<Int64>
    /// The place in the stream of row 0.
    var offset: Int64
}

/// Which rows of a batch go to which places.
struct RowPlaces {
    var rows: UnsafePointer<UInt32>
    /// Words of memory at which the rows' groups begin.
    var places: UnsafePointer<UInt32>
    var count: Int
}

// MARK: adding

extension AggregateLayout {
    /// Adds the values of rows to the states of their groups, which lie from `memory` on.
    func add(_ input: AggregateInput, _ places: RowPlaces, to memory: UnsafeMutablePointer<UInt64>) {
        add(input, places, NumberPass(slots, input), to: memory)
    }

    /// - Parameter together: What one pass adds.
    func add(
        _ input: AggregateInput, _ places: RowPlaces, _ together: NumberPass?, to memory: UnsafeMutablePointer<UInt64>
    ) {
        together?.add(places, to: memory)
        for (index, slot) in slots.enumerated() where !(together?.has(index) ?? false) {
            let base = memory + slot.word
            let values = input.values[index]
            let skips = input.filters[index] != nil || values?.nulls != nil
            if skips {
                withKept(index, input, places) { add(slot, values, input, $0, to: base) }
            } else {
                add(slot, values, input, places, to: base)
            }
        }
    }

    /// Only those rows whose value is there and whose filter is true.
    private func withKept(_ index: Int, _ input: AggregateInput, _ places: RowPlaces, _ body: (RowPlaces) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: places.count * 2) { kept in
            var count = 0
            let filter = input.filters[index]
            let nulls = input.values[index]?.nulls
            for position in 0..<places.count {
                let row = Int(places.rows[position])
                if let nulls, nulls[row] { continue }
                if let filter, filter.isNull(row) || filter.bools[row] == 0 { continue }
                kept[count] = places.rows[position]
                kept[places.count + count] = places.places[position]
                count += 1
            }
            guard count > 0, let start = kept.baseAddress else { return }
            body(RowPlaces(rows: start, places: start + places.count, count: count))
        }
    }

    private func add(
        _ slot: Slot, _ values: Column?, _ input: AggregateInput, _ places: RowPlaces,
        to base: UnsafeMutablePointer<UInt64>
    ) {
        let pass = Pass(base: base, places: places, times: input.times, offset: input.offset)
        guard let values else { return pass.count() }
        switch slot.kind {
        case .count: pass.count()
        case .summary(let summary): pass.add(summary, values)
        case .integerSum, .integerMean, .floatSum, .floatMean, .smallestInteger, .largestInteger, .smallestFloat,
            .largestFloat:
            preconditionFailure("numbers have a summary")
        case .variance, .deviation: pass.add(VarianceState.self, values)
        case .smallestBool: pass.add(ExtremeState<Smaller<UInt8>>.self, values)
        case .largestBool: pass.add(ExtremeState<Larger<UInt8>>.self, values)
        case .smallestText: pass.addText(values, texts) { $0.lexicographicallyPrecedes($1) }
        case .largestText: pass.addText(values, texts) { $1.lexicographicallyPrecedes($0) }
        case .first(let width): pass.addEnd(Earlier.self, values, width)
        case .last(let width): pass.addEnd(Later.self, values, width)
        case .object(let kind): pass.addToObjects(kind, values)
        }
    }
}

/// Adding the rows of one call to the states of one aggregate.
private struct Pass {
    var base: UnsafeMutablePointer<UInt64>
    var places: RowPlaces
    var times: UnsafePointer<Int64>
    var offset: Int64

    @inline(__always) private func moment(_ row: Int) -> Moment {
        Moment(time: times[row], offset: offset + Int64(row))
    }

    func count() {
        for index in 0..<places.count { base[Int(places.places[index])] &+= 1 }
    }

    @inline(__always) func add<State: AggregateState>(_: State.Type, _ values: Column) {
        let values: UnsafeMutablePointer<State.Input> = values.pointer()
        for index in 0..<places.count {
            let row = Int(places.rows[index])
            State.add(values[row], at: moment(row), to: base + Int(places.places[index]))
        }
    }

    func add(_ summary: NumberSummary, _ values: Column) {
        if summary.isFloat {
            NumberColumn<FloatNumbers>(values: values.pointer(), count: -1, word: 0, words: SummaryWords(summary))
                .add(places, to: base)
        } else {
            NumberColumn<IntegerNumbers>(values: values.pointer(), count: -1, word: 0, words: SummaryWords(summary))
                .add(places, to: base)
        }
    }

    func addEnd<Kept: Turn>(_: Kept.Type, _ values: Column, _ width: Int) {
        switch width {
        case 1: add(EndState<Kept, UInt8>.self, values)
        case 4: add(EndState<Kept, UInt32>.self, values)
        default: add(EndState<Kept, UInt64>.self, values)
        }
    }

    func addText(
        _ values: Column, _ texts: TextDictionary, _ prefers: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
    ) {
        let codes = values.codes
        for index in 0..<places.count {
            let state = base + Int(places.places[index])
            keepText(UInt64(codes[Int(places.rows[index])]), state, texts, prefers)
            state[0] &+= 1
        }
    }

    func addToObjects(_ kind: AggregateObject.Kind, _ values: Column) {
        for index in 0..<places.count {
            let row = Int(places.rows[index])
            let object = (base + Int(places.places[index])).object(kind)
            object.add(values.bits(row), at: moment(row))
        }
    }
}

func keepText(
    _ code: UInt64, _ state: UnsafeMutablePointer<UInt64>, _ texts: TextDictionary,
    _ prefers: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
) {
    guard state[0] == 0 || (code != state[1] && prefers(texts.text(UInt32(code)), texts.text(UInt32(state[1])))) else {
        return
    }
    state[1] = code
}

extension Column {
    /// A value's bits, widened with zeros. Equal floats have equal bits: zero has no sign, and NaN one form.
    @inline(__always) func bits(_ row: Int) -> UInt64 {
        switch type {
        case .bool: UInt64(bools[row])
        case .text: UInt64(codes[row])
        case .int, .time: UInt64(bitPattern: ints[row])
        case .float: floats[row].isNaN ? Double.nan.bitPattern : (floats[row] + 0).bitPattern
        }
    }
}

// MARK: merging

extension AggregateLayout {
    /// Adds the group of one row to another's. Both count events of their own.
    func merge(_ other: UnsafeMutablePointer<UInt64>, into row: UnsafeMutablePointer<UInt64>) {
        row[1] &+= other[1]
        for slot in slots { merge(slot, other + slot.word, into: row + slot.word) }
    }

    /// Adds every group of a table to that of its key in another.
    func merge(_ other: GroupTable, into table: GroupTable) {
        table.reserve(other.count)
        other.forEach { row in merge(row, into: table.base + table.row(row[0])) }
    }

    func merge(_ slot: Slot, _ other: UnsafeMutablePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        let from = UnsafePointer(other)
        switch slot.kind {
        case .count: CountState.merge(from, into: state)
        case .summary(let summary): summary.merge(from, into: state)
        case .integerSum, .integerMean, .floatSum, .floatMean, .smallestInteger, .largestInteger, .smallestFloat,
            .largestFloat:
            preconditionFailure("numbers have a summary")
        case .variance, .deviation: VarianceState.merge(from, into: state)
        case .smallestBool: ExtremeState<Smaller<UInt8>>.merge(from, into: state)
        case .largestBool: ExtremeState<Larger<UInt8>>.merge(from, into: state)
        case .smallestText: mergeText(from, into: state) { $0.lexicographicallyPrecedes($1) }
        case .largestText: mergeText(from, into: state) { $1.lexicographicallyPrecedes($0) }
        case .first: EndState<Earlier, UInt64>.merge(from, into: state)
        case .last: EndState<Later, UInt64>.merge(from, into: state)
        case .object(let kind): if let object = other.object { state.object(kind).merge(object) }
        }
    }

    private func mergeText(
        _ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>,
        _ prefers: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool
    ) {
        guard other[0] > 0 else { return }
        keepText(other[1], state, texts, prefers)
        state[0] &+= other[0]
    }
}
