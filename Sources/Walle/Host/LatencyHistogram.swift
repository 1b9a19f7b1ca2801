/// Latencies in buckets 1/16 apart: any quantile within about 6 %, in constant space.
public struct LatencyHistogram: Sendable, Hashable {
    private static let perDoubling = 16
    private var counts = [UInt32](repeating: 0, count: 44 * perDoubling)
    public private(set) var count = 0

    public init() {}

    public mutating func add(nanoseconds: Int64) {
        counts[Self.bucket(of: nanoseconds)] &+= 1
        count += 1
    }

    public mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        count += other.count
    }

    /// The latency that a share `quantile` (0…1) of all stays under; zero without any.
    public func quantile(_ quantile: Double) -> Duration {
        guard count > 0 else { return .zero }
        var left = Int((Double(count) * quantile).rounded(.up))
        for (index, count) in counts.enumerated() {
            left -= Int(count)
            if left <= 0 { return .nanoseconds(Self.middle(of: index)) }
        }
        return .zero
    }

    private static func bucket(of nanoseconds: Int64) -> Int {
        let value = UInt64(max(1, nanoseconds))
        let doubling = 63 - value.leadingZeroBitCount
        let fraction = doubling >= 4 ? Int(value >> UInt64(doubling - 4)) & 15 : Int(value << UInt64(4 - doubling)) & 15
        return min(doubling * perDoubling + fraction, 44 * perDoubling - 1)
    }

    private static func middle(of bucket: Int) -> Int64 {
        let low = Double(1 << (bucket / perDoubling)) * (1 + Double(bucket % perDoubling) / 16)
        return Int64(low * (1 + 1.0 / 32))
    }
}
