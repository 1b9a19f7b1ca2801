/// Which of two values an aggregate keeps.
protocol Preference {
    associatedtype Value: BitwiseCopyable
    static func prefers(_ value: Value, to kept: Value) -> Bool
}

enum Smaller<Value: BitwiseCopyable & Comparable>: Preference {
    @inline(__always) static func prefers(_ value: Value, to kept: Value) -> Bool { value < kept }
}

enum Larger<Value: BitwiseCopyable & Comparable>: Preference {
    @inline(__always) static func prefers(_ value: Value, to kept: Value) -> Bool { value > kept }
}

/// NaN is above all numbers, as DuckDB and PostgreSQL have it: an order in which every value has its place. One comparison
/// decides for most values: with NaN all comparisons are false.
enum SmallerFloat: Preference {
    @inline(__always)
    static func prefers(_ value: Double, to kept: Double) -> Bool { !(value >= kept) && !value.isNaN }
}

enum LargerFloat: Preference {
    @inline(__always)
    static func prefers(_ value: Double, to kept: Double) -> Bool { !(value <= kept) && !kept.isNaN }
}

/// The smallest or largest value: how many there were, and the one.
enum ExtremeState<Kept: Preference>: AggregateState {
    typealias Input = Kept.Value
    static var words: Int { 2 }

    @inline(__always)
    static func add(_ value: Kept.Value, at _: Moment, to state: UnsafeMutablePointer<UInt64>) {
        let kept = UnsafeMutableRawPointer(state + 1)
        if state[0] == 0 || Kept.prefers(value, to: kept.load(as: Kept.Value.self)) {
            kept.storeBytes(of: value, as: Kept.Value.self)
        }
        state[0] &+= 1
    }

    @inline(__always)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        guard other[0] > 0 else { return }
        let count = state[0]
        add(UnsafeRawPointer(other + 1).load(as: Kept.Value.self), at: Moment(time: 0, offset: 0), to: state)
        state[0] = count &+ other[0]
    }
}

/// Which of two moments an aggregate keeps.
protocol Turn {
    static func prefers(_ moment: Moment, to kept: Moment) -> Bool
}

enum Earlier: Turn {
    @inline(__always) static func prefers(_ moment: Moment, to kept: Moment) -> Bool {
        moment.time < kept.time || (moment.time == kept.time && moment.offset < kept.offset)
    }
}

enum Later: Turn {
    @inline(__always) static func prefers(_ moment: Moment, to kept: Moment) -> Bool {
        moment.time > kept.time || (moment.time == kept.time && moment.offset > kept.offset)
    }
}

/// The value of the first or last event: how many there were, when it happened, and the value.
enum EndState<Kept: Turn, Value: BitwiseCopyable>: AggregateState {
    typealias Input = Value
    static var words: Int { 4 }

    @inline(__always)
    static func add(_ value: Value, at moment: Moment, to state: UnsafeMutablePointer<UInt64>) {
        if state[0] == 0 || Kept.prefers(moment, to: Moment(time: state.int(1), offset: state.int(2))) {
            state.set(1, moment.time)
            state.set(2, moment.offset)
            UnsafeMutableRawPointer(state + 3).storeBytes(of: value, as: Value.self)
        }
        state[0] &+= 1
    }

    @inline(__always)
    static func merge(_ other: UnsafePointer<UInt64>, into state: UnsafeMutablePointer<UInt64>) {
        guard other[0] > 0 else { return }
        let count = state[0]
        let moment = Moment(time: other.int(1), offset: other.int(2))
        add(UnsafeRawPointer(other + 3).load(as: Value.self), at: moment, to: state)
        state[0] = count &+ other[0]
    }
}
