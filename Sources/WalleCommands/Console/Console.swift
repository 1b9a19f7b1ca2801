internal import Foundation
internal import Synchronization

/// Standard output for data and standard error for the rest, or what a test puts in their place. Any thread.
package final class Console: Sendable {
    package enum Stream: Sendable { case output, error }

    /// Whether standard error is a terminal, which shows progress and colours.
    package let isTerminal: Bool
    /// Columns of the terminal.
    package let width: Int
    private let sink: @Sendable (Stream, String) -> Void
    /// The progress line that stands on the terminal now and has to go before anything else is written.
    private let transient = Mutex("")

    package init(isTerminal: Bool = false, width: Int = 100, sink: @escaping @Sendable (Stream, String) -> Void) {
        self.isTerminal = isTerminal
        self.width = width
        self.sink = sink
    }

    /// The process's own.
    package static let standard: Console = {
        // A reader that goes away ends the command through a failed write, not through a signal in the middle of a VM.
        signal(SIGPIPE, SIG_IGN)
        let isTerminal = isatty(STDERR_FILENO) != 0 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        return Console(isTerminal: isTerminal, width: terminalWidth()) { stream, text in
            let handle = stream == .output ? FileHandle.standardOutput : FileHandle.standardError
            do {
                try handle.write(contentsOf: Data(text.utf8))
            } catch {
                // Nobody reads the results any more. VMs run: no exit handlers.
                if stream == .output { _exit(CommandStatus.failure.rawValue) }
            }
        }
    }()

    /// A line of data.
    package func print(_ line: String) { write(.output, line + "\n") }

    /// A line for people.
    package func say(_ line: String) { write(.error, line + "\n") }

    private func write(_ stream: Stream, _ text: String) {
        transient.withLock { transient in
            if transient.isEmpty { return sink(stream, text) }
            sink(.error, "\r\u{1B}[K")
            sink(stream, text)
            sink(.error, transient)
        }
    }

    /// Shows a line that the next one replaces; an empty one removes it. Only a terminal shows it.
    package func show(_ line: String) {
        guard isTerminal else { return }
        transient.withLock { transient in
            if transient.isEmpty && line.isEmpty { return }
            transient = line
            sink(.error, "\r" + line + "\u{1B}[K")
        }
    }

    private static func terminalWidth() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
}
