internal import Foundation

extension Quantity {
    /// A duration for people, as in `200 ms`, `1.5 s`, `3 min`.
    package static func text(_ duration: Duration) -> String {
        let nanoseconds = duration / .nanoseconds(1)
        let scales: [(Double, String)] = [(60e9, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "µs")]
        for (scale, unit) in scales where nanoseconds >= scale { return "\(number(nanoseconds / scale)) \(unit)" }
        return "\(Int(nanoseconds)) ns"
    }

    /// A size for people, as in `64 MB`, with decimal prefixes.
    package static func text(bytes: Int) -> String {
        let scales: [(Double, String)] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        for (scale, unit) in scales where Double(bytes) >= scale { return "\(number(Double(bytes) / scale)) \(unit)" }
        return "\(bytes) B"
    }

    /// At most three digits that matter.
    package static func number(_ value: Double) -> String {
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
        var text = String(format: "%.\(digits)f", value)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
