/// The state of one aggregate of one group: words in a row of a `GroupTable`.
///
/// What is added in any order, and merged in any order, gives the same result, but for the rounding of floats. All words
/// are zero before the first value.
protocol AggregateState {
    /// A value as the column stores it.
    associatedtype Input: BitwiseCopyable
    static var words: Int { get }

    static func add(_ value: Input, at moment: Moment, to state: UnsafeMutablePointer<UInt64>)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>)
}

/// When an event happened, and after which others it came.
struct Moment: Comparable {
    var time: Int64
    var offset: Int64

    static func < (left: Moment, right: Moment) -> Bool { (left.time, left.offset) < (right.time, right.offset) }
}

extension UnsafePointer<UInt64> {
    @inline(__always) func int(_ word: Int) -> Int64 { Int64(bitPattern: self[word]) }
    @inline(__always) func float(_ word: Int) -> Double { Double(bitPattern: self[word]) }
}

extension UnsafeMutablePointer<UInt64> {
    @inline(__always) func int(_ word: Int) -> Int64 { Int64(bitPattern: self[word]) }
    @inline(__always) func float(_ word: Int) -> Double { Double(bitPattern: self[word]) }
    @inline(__always) func set(_ word: Int, _ value: Double) { self[word] = value.bitPattern }
    @inline(__always) func set(_ word: Int, _ value: Int64) { self[word] = UInt64(bitPattern: value) }
}

/// How many values.
enum CountState: AggregateState {
    typealias Input = UInt8
    static let words = 1

    @inline(__always)
    static func add(_: UInt8, at _: Moment, to state: UnsafeMutablePointer<UInt64>) { state[0] &+= 1 }

    @inline(__always)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        state[0] &+= other[0]
    }

    static func result(_ state: UnsafePointer<UInt64>) -> Int64 { state.int(0) }
}

/// The sum of integers in 128 bits, which 2^64 of them cannot leave. Null when it does not fit 64.
enum IntegerSumState: AggregateState {
    typealias Input = Int64
    static let words = 3

    @inline(__always)
    static func add(_ value: Int64, at _: Moment, to state: UnsafeMutablePointer<UInt64>) {
        let (low, carry) = state[1].addingReportingOverflow(UInt64(bitPattern: value))
        state[0] &+= 1
        state[1] = low
        state[2] &+= UInt64(bitPattern: value >> 63) &+ (carry ? 1 : 0)
    }

    @inline(__always)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        let (low, carry) = state[1].addingReportingOverflow(other[1])
        state[0] &+= other[0]
        state[1] = low
        state[2] &+= other[2] &+ (carry ? 1 : 0)
    }

    /// Takes back a value that was added: of integers nothing is lost by it.
    @inline(__always)
    static func remove(_ value: Int64, from state: UnsafeMutablePointer<UInt64>) {
        let (low, borrow) = state[1].subtractingReportingOverflow(UInt64(bitPattern: value))
        state[0] &-= 1
        state[1] = low
        state[2] &-= UInt64(bitPattern: value >> 63) &+ (borrow ? 1 : 0)
    }

    static func result(_ state: UnsafePointer<UInt64>) -> Int64? {
        state[0] > 0 && fits(state) ? state.int(1) : nil
    }

    static func mean(_ state: UnsafePointer<UInt64>) -> Double? {
        guard state[0] > 0 else { return nil }
        let sum = fits(state) ? Double(state.int(1)) : Double(state.int(2)) * 0x1p64 + Double(state[1])
        return sum / Double(state[0])
    }

    private static func fits(_ state: UnsafePointer<UInt64>) -> Bool { state.int(2) == state.int(1) >> 63 }
}

/// The sum of floats, with what each addition rounds away (Neumaier 1974), so that the order hardly matters.
enum FloatSumState: AggregateState {
    typealias Input = Double
    static let words = 3

    @inline(__always)
    static func add(_ value: Double, at _: Moment, to state: UnsafeMutablePointer<UInt64>) {
        state[0] &+= 1
        add(value, to: state)
    }

    @inline(__always)
    private static func add(_ value: Double, to state: UnsafeMutablePointer<UInt64>) {
        let sum = state.float(1)
        let next = sum + value
        // Knuth's form of the rounding error needs no comparison.
        let part = next - sum
        state.set(1, next)
        state.set(2, state.float(2) + ((sum - (next - part)) + (value - part)))
    }

    @inline(__always)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        state[0] &+= other[0]
        add(other.float(1), to: state)
        state.set(2, state.float(2) + other.float(2))
    }

    static func result(_ state: UnsafePointer<UInt64>) -> Double? { state[0] > 0 ? sum(state) : nil }

    static func mean(_ state: UnsafePointer<UInt64>) -> Double? { result(state).map { $0 / Double(state[0]) } }

    /// Infinities leave no rounding error that means anything.
    private static func sum(_ state: UnsafePointer<UInt64>) -> Double {
        let sum = state.float(1)
        return sum.isFinite ? sum + state.float(2) : sum
    }
}

/// Mean and sum of squared differences from it (Welford 1962), merged as Chan, Golub and LeVeque do (1979).
enum VarianceState: AggregateState {
    typealias Input = Double
    static let words = 3

    @inline(__always)
    static func add(_ value: Double, at _: Moment, to state: UnsafeMutablePointer<UInt64>) {
        state[0] &+= 1
        let difference = value - state.float(1)
        let mean = state.float(1) + difference / Double(state[0])
        state.set(1, mean)
        state.set(2, state.float(2) + difference * (value - mean))
    }

    @inline(__always)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        guard other[0] > 0 else { return }
        let (ours, theirs) = (Double(state[0]), Double(other[0]))
        let difference = other.float(1) - state.float(1)
        let count = ours + theirs
        state[0] &+= other[0]
        state.set(1, state.float(1) + difference * (theirs / count))
        state.set(2, state.float(2) + other.float(2) + difference * difference * (ours * theirs / count))
    }

    static func result(_ state: UnsafePointer<UInt64>) -> Double? {
        state[0] > 1 ? state.float(2) / Double(state[0] - 1) : nil
    }

    static func deviation(_ state: UnsafePointer<UInt64>) -> Double? { result(state)?.squareRoot() }
}
