import Foundation
import Synchronization

/// Standard output: lines that stay, and below them, on a terminal, a block that is redrawn in place.
final class Screen: Sendable {
    private struct State {
        var block: [String] = []
    }
    let isTerminal: Bool
    private let begin = ContinuousClock.now
    private let state = Mutex(State())

    init() {
        isTerminal = isatty(STDOUT_FILENO) != 0 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Prints text that stays.
    func print(_ text: String) {
        state.withLock { state in
            write(erasure(of: state.block) + text + "\n" + drawing(of: state.block))
        }
    }

    /// Prints what happened at a time, in seconds since the screen was made.
    func tell(_ text: String, at time: ContinuousClock.Instant = .now) {
        let seconds = Text.right(String(format: "%.2f", Text.seconds(begin.duration(to: time))), 6)
        print("\(seconds) s  " + text.split(separator: "\n").joined(separator: "\n          "))
    }

    /// Puts lines in the place of those drawn before. On a terminal only.
    func draw(_ lines: [String]) {
        guard isTerminal else { return }
        let width = Self.width
        state.withLock { state in
            let erasure = erasure(of: state.block)
            // A line that wraps would take two rows and leave one of them behind.
            state.block = lines.map { String($0.prefix(width - 1)) }
            write(erasure + drawing(of: state.block))
        }
    }

    /// Text in bold, on a terminal.
    func bold(_ text: String) -> String { isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func erasure(of block: [String]) -> String {
        block.isEmpty ? "" : "\u{1B}[\(block.count)A\r\u{1B}[J"
    }

    private func drawing(of block: [String]) -> String { block.map { $0 + "\n" }.joined() }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    private static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
