internal import Foundation

/// Numbers as a table shows them.
enum Figure {
    /// At most three digits that matter.
    static func text(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        guard value.isFinite else { return "\(value)" }
        let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
        var text = String(format: "%.\(min(digits, 6))f", value)
        while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
        return text
    }

    static func text(_ value: Double?) -> String { value.map { text($0) } ?? "–" }
}
