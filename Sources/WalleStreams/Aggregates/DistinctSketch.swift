internal import Foundation

/// About how many different values: HyperLogLog (Flajolet and others 2007) with the estimator of Ertl (2017), which needs
/// no corrections for few or many values. Few values are kept as they are, so that small groups stay small and exact.
final class DistinctSketch: AggregateObject {
    /// 2^14 registers: a standard error of 0.8 %.
    private static let precision = 14
    private static let registerCount = 1 << precision
    /// Bits of a hash behind those that choose its register.
    private static let rankBits = 64 - precision
    /// Hashes kept one by one before the registers are made, which take 16 KB.
    private static let mostHashes = 512

    private var hashes: Set<UInt64> = []
    /// Of each register the longest run of zeros, plus one; empty while the hashes are kept.
    private var registers: [UInt8] = []

    override func add(_ value: UInt64, at _: Moment) { add(hash: Self.mix(value)) }

    /// The finalizer of MurmurHash3: one to one, so that different values stay different.
    private static func mix(_ value: UInt64) -> UInt64 {
        var hash = value &+ 0x9e37_79b9_7f4a_7c15
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }

    private func add(hash: UInt64) {
        if registers.isEmpty {
            hashes.insert(hash)
            if hashes.count > Self.mostHashes { spread() }
        } else {
            let register = Int(hash >> UInt64(Self.rankBits))
            let rank = UInt8(min((hash << UInt64(Self.precision)).leadingZeroBitCount, Self.rankBits) + 1)
            registers[register] = max(registers[register], rank)
        }
    }

    private func spread() {
        registers = [UInt8](repeating: 0, count: Self.registerCount)
        let few = hashes
        hashes = []
        for hash in few { add(hash: hash) }
    }

    override func merge(_ other: AggregateObject) {
        let other = unsafeDowncast(other, to: DistinctSketch.self)
        for hash in other.hashes { add(hash: hash) }
        guard !other.registers.isEmpty else { return }
        if registers.isEmpty { spread() }
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    override var byteCount: Int { 64 + hashes.capacity * 12 + registers.count }

    var count: Int64 {
        if registers.isEmpty { return Int64(hashes.count) }
        var histogram = [Int](repeating: 0, count: Self.rankBits + 2)
        for register in registers { histogram[Int(register)] += 1 }
        return Int64(Self.estimate(histogram).rounded())
    }

    /// Ertl's improved raw estimator: by how many registers have each rank.
    private static func estimate(_ histogram: [Int]) -> Double {
        let registers = Double(registerCount)
        var sum = registers * tau(1 - Double(histogram[rankBits + 1]) / registers)
        for rank in stride(from: rankBits, through: 1, by: -1) { sum = 0.5 * (sum + Double(histogram[rank])) }
        sum += registers * sigma(Double(histogram[0]) / registers)
        return registers * registers / (2 * log(2) * sum)
    }

    private static func sigma(_ start: Double) -> Double {
        if start == 1 { return .infinity }
        var (power, factor, sum) = (start, 1.0, start)
        while true {
            power *= power
            let before = sum
            sum += power * factor
            factor += factor
            if sum == before { return sum }
        }
    }

    private static func tau(_ start: Double) -> Double {
        if start == 0 || start == 1 { return 0 }
        var (power, factor, sum) = (start, 1.0, 1 - start)
        while true {
            power = power.squareRoot()
            let before = sum
            factor *= 0.5
            sum -= (1 - power) * (1 - power) * factor
            if sum == before { return sum / 3 }
        }
    }
}
