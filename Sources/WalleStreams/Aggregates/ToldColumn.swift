internal import WalleMemory

/// A column whose values come one after the other, and of which it is known how many: unlike a `ColumnBuilder` it never
/// looks whether there is room.
struct ToldColumn {
    private let column: Column
    private let values: UnsafeMutableRawPointer
    private var count = 0
    private var nulls: NullMask?

    init(_ type: ColumnType, count: Int) {
        column = Column(uninitialized: type, count: count)
        values = column.values.bytes.baseAddress.unsafelyUnwrapped
    }

    @inline(__always) mutating func append(int value: Int64) { append(value) }
    @inline(__always) mutating func append(float value: Double) { append(value) }

    /// A value by its bits, as `Column.bits` gives them.
    @inline(__always) mutating func append(bits: UInt64) {
        switch column.type {
        case .bool: append(UInt8(truncatingIfNeeded: bits))
        case .text: append(UInt32(truncatingIfNeeded: bits))
        case .int, .time, .float: append(bits)
        }
    }

    /// A value of eight bytes, or null.
    @inline(__always) mutating func append(word: UInt64?) {
        if let word { append(word) } else { appendNull() }
    }

    mutating func appendNull() {
        let mask = nulls ?? NullMask(none: column.count)
        mask[count] = true
        nulls = mask
        append(bits: 0)
    }

    @inline(__always) private mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        assert(count < column.count, "as many values as were told")
        values.storeBytes(of: value, toByteOffset: count &* MemoryLayout<Value>.stride, as: Value.self)
        count &+= 1
    }

    /// The column, all values of which must have come.
    func finish() -> Column {
        precondition(count == column.count, "as many values as were told")
        return Column(column.type, count: count, values: column.values, nulls: nulls)
    }
}

/// What a summary tells, a column for each kind of aggregate that asks for it.
struct SummaryColumns {
    private var counts: ToldColumn?
    private var sums: ToldColumn?
    private var means: ToldColumn?
    private var least: ToldColumn?
    private var most: ToldColumn?

    init(_ kinds: [AggregateKind], _ type: ColumnType?, count: Int) {
        let type = type ?? .int
        for kind in kinds {
            switch kind {
            case .count: counts = ToldColumn(.int, count: count)
            case .integerSum, .floatSum: sums = ToldColumn(type, count: count)
            case .integerMean, .floatMean: means = ToldColumn(.float, count: count)
            case .smallestInteger, .smallestFloat: least = ToldColumn(type, count: count)
            case .largestInteger, .largestFloat: most = ToldColumn(type, count: count)
            default: preconditionFailure("an aggregate of numbers")
            }
        }
    }

    @inline(__always)
    mutating func append<Numbers>(_ summary: SummaryWords<Numbers>, _ state: UnsafeMutablePointer<UInt64>) {
        counts?.append(int: state.int(0))
        sums?.append(word: Numbers.sum(state))
        means?.append(word: Numbers.mean(state)?.bitPattern)
        let isEmpty = state[0] == 0
        least?.append(word: isEmpty ? nil : state[summary.least])
        most?.append(word: isEmpty ? nil : state[summary.most])
    }

    func column(_ kind: AggregateKind) -> ResultColumn? {
        let column =
            switch kind {
            case .count: counts
            case .integerSum, .floatSum: sums
            case .integerMean, .floatMean: means
            case .smallestInteger, .smallestFloat: least
            default: most
            }
        return column.map { .values($0.finish()) }
    }
}
