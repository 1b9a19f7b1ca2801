/// The state of all aggregates of one column of numbers: one count of them, and behind it a sum, the least and the greatest,
/// as far as any aggregate asks for them. So a number is counted once, and a group takes few lines of the cache.
struct NumberSummary: Hashable, Sendable {
    /// Otherwise they are integers, or times.
    let isFloat: Bool
    private(set) var hasSum = false
    private(set) var hasLeast = false
    private(set) var hasMost = false

    /// Of an aggregate of its own; nil for one that is none of a column of numbers.
    init?(_ kind: AggregateKind, _ type: ColumnType?) {
        guard let type, type.width == 8 else { return nil }
        isFloat = type == .float
        switch kind {
        case .count: break
        case .integerSum, .integerMean, .floatSum, .floatMean: hasSum = true
        case .smallestInteger, .smallestFloat: hasLeast = true
        case .largestInteger, .largestFloat: hasMost = true
        default: return nil
        }
    }

    /// Takes what another of the same numbers asks for.
    mutating func join(_ other: NumberSummary) {
        (hasSum, hasLeast, hasMost) = (hasSum || other.hasSum, hasLeast || other.hasLeast, hasMost || other.hasMost)
    }

    /// Words behind the count at which the extremes lie; zero for one that is not kept. The sum follows the count.
    var least: Int { hasLeast ? (hasSum ? 3 : 1) : 0 }
    var most: Int { hasMost ? (hasSum ? 3 : 1) + (hasLeast ? 1 : 0) : 0 }
    var words: Int { 1 + (hasSum ? 2 : 0) + (hasLeast ? 1 : 0) + (hasMost ? 1 : 0) }

    /// Adds the state of a group to that of another.
    func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        if isFloat {
            SummaryWords<FloatNumbers>(self).merge(other, into: state)
        } else {
            SummaryWords<IntegerNumbers>(self).merge(other, into: state)
        }
    }
}

/// How numbers of one type are summed up and compared.
protocol SummaryNumbers {
    associatedtype Sum: AggregateState
    associatedtype Least: Preference where Least.Value == Sum.Input
    associatedtype Most: Preference where Most.Value == Sum.Input
    static func number(_ bits: UInt64) -> Sum.Input
    static func bits(_ number: Sum.Input) -> UInt64
    /// The bits of the sum, and the mean; nil where there is none.
    static func sum(_ state: UnsafePointer<UInt64>) -> UInt64?
    static func mean(_ state: UnsafePointer<UInt64>) -> Double?
    static func remove(_ number: Sum.Input, from state: UnsafeMutablePointer<UInt64>)
}

enum FloatNumbers: SummaryNumbers {
    typealias Sum = FloatSumState
    typealias Least = SmallerFloat
    typealias Most = LargerFloat
    @inline(__always) static func number(_ bits: UInt64) -> Double { Double(bitPattern: bits) }
    @inline(__always) static func bits(_ number: Double) -> UInt64 { number.bitPattern }
    @inline(__always)
    static func sum(_ state: UnsafePointer<UInt64>) -> UInt64? { FloatSumState.result(state)?.bitPattern }
    @inline(__always) static func mean(_ state: UnsafePointer<UInt64>) -> Double? { FloatSumState.mean(state) }
    static func remove(_: Double, from _: UnsafeMutablePointer<UInt64>) {
        preconditionFailure("a sum of floats takes nothing back")
    }
}

enum IntegerNumbers: SummaryNumbers {
    typealias Sum = IntegerSumState
    typealias Least = Smaller<Int64>
    typealias Most = Larger<Int64>
    @inline(__always) static func number(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits) }
    @inline(__always) static func bits(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) }
    @inline(__always)
    static func sum(_ state: UnsafePointer<UInt64>) -> UInt64? {
        IntegerSumState.result(state).map { UInt64(bitPattern: $0) }
    }
    @inline(__always) static func mean(_ state: UnsafePointer<UInt64>) -> Double? { IntegerSumState.mean(state) }
    @inline(__always) static func remove(_ number: Int64, from state: UnsafeMutablePointer<UInt64>) {
        IntegerSumState.remove(number, from: state)
    }
}

/// Adding numbers to states of one summary.
struct SummaryWords<Numbers: SummaryNumbers> {
    private let hasSum: Bool
    let least: Int
    let most: Int

    init(_ summary: NumberSummary) {
        assert(summary.isFloat == (Numbers.self == FloatNumbers.self), "numbers of the summary's type")
        (hasSum, least, most) = (summary.hasSum, summary.least, summary.most)
    }

    @inline(__always) func add(_ value: Numbers.Sum.Input, to state: UnsafeMutablePointer<UInt64>) {
        let isFirst = state[0] == 0
        if hasSum {
            // No sum asks when.
            Numbers.Sum.add(value, at: Moment(time: 0, offset: 0), to: state)
        } else {
            state[0] &+= 1
        }
        keepExtremes(value, value, isFirst, state)
    }

    /// Takes back a number of integers of which no extreme is kept.
    @inline(__always) func remove(_ value: Numbers.Sum.Input, from state: UnsafeMutablePointer<UInt64>) {
        if hasSum { Numbers.remove(value, from: state) } else { state[0] &-= 1 }
    }

    @inline(__always)
    private func keepExtremes(
        _ low: Numbers.Sum.Input, _ high: Numbers.Sum.Input, _ isFirst: Bool, _ state: UnsafeMutablePointer<UInt64>
    ) {
        if least > 0, isFirst || Numbers.Least.prefers(low, to: Numbers.number(state[least])) {
            state[least] = Numbers.bits(low)
        }
        if most > 0, isFirst || Numbers.Most.prefers(high, to: Numbers.number(state[most])) {
            state[most] = Numbers.bits(high)
        }
    }

    @inline(__always) func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        guard other[0] > 0 else { return }
        let isFirst = state[0] == 0
        if hasSum { Numbers.Sum.merge(other, into: state) } else { state[0] &+= other[0] }
        keepExtremes(Numbers.number(other[least]), Numbers.number(other[most]), isFirst, state)
    }
}
