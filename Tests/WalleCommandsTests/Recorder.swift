import Foundation
import Synchronization
import WalleCommands

/// A console that keeps what is written to it.
final class Recorder: Sendable {
    private let state = Mutex<(output: String, error: String)>(("", ""))

    var output: String { state.withLock(\.output) }
    var error: String { state.withLock(\.error) }
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    func console(isTerminal: Bool = false) -> Console {
        Console(isTerminal: isTerminal) { stream, text in
            self.state.withLock { state in
                switch stream {
                case .output: state.output += text
                case .error: state.error += text
                }
            }
        }
    }

    /// Waits until `condition` holds; false when it does not within ten seconds.
    func wait(until condition: (Recorder) -> Bool) async -> Bool {
        for _ in 0..<500 {
            if condition(self) { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
