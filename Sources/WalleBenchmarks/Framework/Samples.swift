internal import Foundation

/// Values of one quantity, measured again and again.
struct Samples: Sendable {
    private var values: [Double] = []

    init(_ values: [Double] = []) { self.values = values }

    var count: Int { values.count }
    var maximum: Double { values.max() ?? .nan }

    mutating func add(_ value: Double) { values.append(value) }
    mutating func add(_ others: [Double]) { values += others }

    var median: Double { quantile(0.5) }

    /// The smallest value that a share `quantile` (0…1) of all does not pass.
    func quantile(_ quantile: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let rank = Int((Double(values.count) * quantile).rounded(.up))
        return values.sorted()[min(max(rank, 1), values.count) - 1]
    }

    /// Median, 99th percentile, maximum and count.
    func summary(_ unit: String) -> String {
        let (p50, p99) = (Figure.text(median), Figure.text(quantile(0.99)))
        return "p50 \(p50), p99 \(p99), max \(Figure.text(maximum)) \(unit), n = \(count)"
    }

    /// From the least to the most, for figures taken a few times.
    var spread: String { "\(range), \(count) rounds" }

    /// From the least to the most.
    var range: String { "\(Figure.text(values.min() ?? .nan)) … \(Figure.text(maximum))" }
}

/// Time on the monotonic clock, and of a thread.
enum Clock {
    static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return seconds(since: start)
    }

    /// Processor time of the calling thread so far.
    static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Of the processor, for this thread.
    static func threadSeconds(_ body: () throws -> Void) rethrows -> Double {
        let start = threadSeconds
        try body()
        return threadSeconds - start
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double { start.duration(to: .now) / .seconds(1) }
}
