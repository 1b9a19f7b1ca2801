internal import Synchronization
internal import Walle

/// How far a batch is: one line, redrawn at most twenty times a second, on a terminal only.
package final class ProgressBar: Sendable {
    private let console: Console
    private let drawn = Mutex<ContinuousClock.Instant?>(nil)
    private static let interval = Duration.milliseconds(50)

    package init(on console: Console) { self.console = console }

    /// - Parameter total: nil when it is not known.
    package func update(done: Int, of total: Int?, failed: Int) {
        guard console.isTerminal else { return }
        let now = ContinuousClock.now
        let isDue = drawn.withLock { drawn in
            if let last = drawn, now - last < Self.interval { return false }
            drawn = now
            return true
        }
        guard isDue else { return }
        var line = "\(Self.grouped(done)) runs"
        if let total { line += "  \(Self.bar(done, of: total))" }
        if failed > 0 { line += "   \(Self.grouped(failed)) failed" }
        console.show(String(line.prefix(max(10, console.width - 1))))
    }

    package func clear() { console.show("") }

    /// `████████░░░░ 40 %`
    package static func bar(_ done: Int, of total: Int, columns: Int = 20) -> String {
        let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
        let full = Int(share * Double(columns))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: columns - full)
        return "\(bar) \(Int(share * 100)) %"
    }

    /// `1,000`
    package static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }
}
