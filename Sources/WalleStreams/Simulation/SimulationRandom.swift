internal import Foundation

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same seed, on every machine.
package struct SimulationRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// In [0, 1).
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Of an exponential distribution.
    mutating func exponential(mean: Double) -> Double { -log(1 - unit()) * mean }

    /// How many failures come before a success, of which there are so many on average.
    mutating func geometric(mean: Double) -> Int { Int(log(1 - unit()) / log(mean / (mean + 1))) }

    /// Few of the first numbers are more frequent than all others, as with items of a shop.
    mutating func popular(_ count: Int) -> Int {
        let part = unit()
        return min(count - 1, Int(Double(count) * part * part * part))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &self)] }
}
