/// Adding the numbers of one column to a count, a sum and extremes in one pass over the rows, so that the state of a group
/// is fetched once and not once an aggregate.
struct NumberPass {
    private let column: Column
    /// Words from the beginning of a group's row; −1 for an aggregate that there is not.
    private var count = -1
    private var sum = -1
    private var least = -1
    private var most = -1
    /// A bit for each aggregate.
    private var slots: UInt64 = 0

    /// Finds the aggregates that take every number of the first column that has any; nil where no two do.
    init?(_ slots: [AggregateLayout.Slot], _ input: AggregateInput) {
        let places = 0..<min(slots.count, 64)
        guard slots.count > 1,
            let first = places.first(where: { Self.isNumber(slots[$0].kind) && Self.isWhole($0, input) }),
            let column = input.values[first]
        else { return nil }
        self.column = column
        for place in places where Self.isWhole(place, input) {
            let isSame = input.values[place].map { $0.isSame(as: column) } ?? false
            take(slots[place], place, isSame)
        }
        guard self.slots.nonzeroBitCount > 1 else { return nil }
    }

    private static func isNumber(_ kind: AggregateKind) -> Bool {
        switch kind {
        case .integerSum, .integerMean, .floatSum, .floatMean, .smallestInteger, .largestInteger, .smallestFloat,
            .largestFloat:
            true
        default: false
        }
    }

    /// Whether an aggregate takes all rows.
    private static func isWhole(_ place: Int, _ input: AggregateInput) -> Bool {
        input.filters[place] == nil && input.values[place]?.nulls == nil
    }

    private mutating func take(_ slot: AggregateLayout.Slot, _ place: Int, _ isSame: Bool) {
        let isTaken =
            switch slot.kind {
            case .count: Self.take(slot, &count)
            case .integerSum, .integerMean, .floatSum, .floatMean: isSame && Self.take(slot, &sum)
            case .smallestInteger, .smallestFloat: isSame && Self.take(slot, &least)
            case .largestInteger, .largestFloat: isSame && Self.take(slot, &most)
            default: false
            }
        if isTaken { slots |= 1 << UInt64(place) }
    }

    private static func take(_ slot: AggregateLayout.Slot, _ word: inout Int) -> Bool {
        guard word < 0 else { return false }
        word = slot.word
        return true
    }

    /// Whether the pass adds to an aggregate.
    @inline(__always) func has(_ place: Int) -> Bool { place < 64 && slots >> UInt64(place) & 1 != 0 }

    /// Adds rows whose groups are known.
    func add(_ places: RowPlaces, to memory: UnsafeMutablePointer<UInt64>) {
        if column.type == .float {
            let numbers = floats
            for index in 0..<places.count {
                numbers.add(Int(places.rows[index]), to: memory + Int(places.places[index]))
            }
        } else {
            let numbers = integers
            for index in 0..<places.count {
                numbers.add(Int(places.rows[index]), to: memory + Int(places.places[index]))
            }
        }
    }

    /// Looks for the groups of rows and adds to them at once: while the next is looked for, the last is added to. Room must
    /// have been reserved in the table.
    func add(_ rows: UnsafePointer<UInt32>, _ count: Int, _ keys: UnsafePointer<UInt64>, to table: GroupTable) {
        if column.type == .float {
            table.count(rows, count, keys, NumberVisitor(numbers: floats, rows: rows, base: table.base))
        } else {
            table.count(rows, count, keys, NumberVisitor(numbers: integers, rows: rows, base: table.base))
        }
    }

    private var floats: Numbers<FloatSumState, ExtremeState<SmallerFloat>, ExtremeState<LargerFloat>> {
        Numbers(values: column.pointer(), count: count, sum: sum, least: least, most: most)
    }

    private var integers: Numbers<IntegerSumState, ExtremeState<Smaller<Int64>>, ExtremeState<Larger<Int64>>> {
        Numbers(values: column.pointer(), count: count, sum: sum, least: least, most: most)
    }
}

/// The numbers of a column, and where in a group's row what they are added to lies; −1: nowhere.
private struct Numbers<Sum: AggregateState, Least: AggregateState, Most: AggregateState>
where Sum.Input == Least.Input, Sum.Input == Most.Input {
    let values: UnsafeMutablePointer<Sum.Input>
    let count: Int
    let sum: Int
    let least: Int
    let most: Int

    @inline(__always) func add(_ row: Int, to group: UnsafeMutablePointer<UInt64>) {
        let value = values[row]
        // None of these states asks when.
        let moment = Moment(time: 0, offset: 0)
        if count >= 0 { group[count] &+= 1 }
        if sum >= 0 { Sum.add(value, at: moment, to: group + sum) }
        if least >= 0 { Least.add(value, at: moment, to: group + least) }
        if most >= 0 { Most.add(value, at: moment, to: group + most) }
    }
}

/// Adds the numbers of rows to their groups as these are found.
private struct NumberVisitor<Sum: AggregateState, Least: AggregateState, Most: AggregateState>: GroupVisitor
where Sum.Input == Least.Input, Sum.Input == Most.Input {
    let numbers: Numbers<Sum, Least, Most>
    let rows: UnsafePointer<UInt32>
    let base: UnsafeMutablePointer<UInt64>

    @inline(__always) func visit(_ index: Int, _ place: Int) { numbers.add(Int(rows[index]), to: base + place) }
}

extension Column {
    /// Whether both are the same memory.
    fileprivate func isSame(as other: Column) -> Bool {
        type == other.type && values === other.values && count == other.count
    }
}
