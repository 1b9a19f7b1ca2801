/// What a script prints, cut into lines and held under a limit.
package struct OutputCollector {
    /// Where a line came from.
    package enum Stream: Int, Sendable {
        case standardOutput = 1
        case standardError = 2
    }

    /// Receives whole lines, without their line ends, on the VM's thread.
    package var onLine: (@Sendable (Stream, String) -> Void)?

    private var pending: [Stream: [UInt8]] = [:]
    private var limitBytes = Int.max
    private var bytes = 0
    private let longestLine = 8 << 10

    package init() {}

    mutating func begin(limitBytes: Int) {
        bytes = 0
        self.limitBytes = limitBytes
    }

    /// Passes on what has no line end yet.
    mutating func end() {
        for stream in [Stream.standardOutput, .standardError] {
            guard let rest = pending[stream], !rest.isEmpty else { continue }
            onLine?(stream, String(decoding: rest, as: UTF8.self))
            pending[stream] = nil
        }
    }

    /// Takes printed bytes; what is not UTF-8 shows as U+FFFD. False when the limit is passed: nothing more is kept.
    mutating func write(_ stream: Stream, _ text: UnsafeRawBufferPointer) -> Bool {
        guard bytes + text.count <= limitBytes else { return false }
        bytes += text.count
        guard let onLine else { return true }
        var line = pending.removeValue(forKey: stream) ?? []
        for byte in text {
            if byte != UInt8(ascii: "\n") { line.append(byte) }
            guard byte == UInt8(ascii: "\n") || line.count >= longestLine else { continue }
            onLine(stream, String(decoding: line, as: UTF8.self))
            line.removeAll(keepingCapacity: true)
        }
        if !line.isEmpty { pending[stream] = line }
        return true
    }
}
