/// A line of an input that gave no event.
package struct BadLine: Sendable, Hashable {
    /// What is wrong with a line or with a value in it.
    package enum Reason: Int, Sendable, Hashable, CaseIterable {
        /// Not what the format allows.
        case malformed
        case notUTF8
        /// Arrays and objects within each other beyond the limit.
        case tooDeep
        case tooLong
        /// Fewer or more fields than the header has.
        case ragged
        case missingTime
        /// The time is there but is none.
        case unreadableTime
        case negativeTime
        case futureTime
        case missingEvent
        /// A value is not of its attribute's type. The event is kept, its value is null.
        case otherType
        /// A new text when the dictionary is full. The event is kept, its value is null, unless it is the event's name.
        case tooManyTexts
        /// The free attributes of an event have too many bytes. The event is kept without them.
        case tooManyFreeBytes
    }

    /// Counted from 1; a line ends at a line feed, one in quotes included.
    package let line: Int64
    /// Where the line begins, in bytes of the input after decompression.
    package let offset: Int64
    /// Where in the line it was found, in bytes.
    package let column: Int
    package let reason: Reason
    /// The line's first bytes, at most `mostSampleBytes`.
    package let sample: [UInt8]

    /// Enough to see what a line is.
    package static let mostSampleBytes = 200

    /// The sample for people: bytes that are not UTF-8 are replaced.
    package var text: String { String(decoding: sample, as: UTF8.self) }
}

/// Counts what is wrong with an input, and keeps bad lines until somebody takes them.
package struct BadLines: Sendable {
    private var counts = [Int64](repeating: 0, count: BadLine.Reason.allCases.count)
    private var kept: [BadLine] = []
    private let mostKept: Int
    /// Lines that gave no event.
    package private(set) var lineCount: Int64 = 0
    /// Lines that were not kept, as nobody took the others in time.
    package private(set) var dropped: Int64 = 0

    init(mostKept: Int) { self.mostKept = mostKept }

    /// How many lines or values were bad for a reason.
    package subscript(reason: BadLine.Reason) -> Int64 { counts[reason.rawValue] }

    /// The bad lines since the last call, the oldest first: for the dead-letter table.
    package mutating func take() -> [BadLine] {
        defer { kept = [] }
        return kept
    }

    mutating func count(_ reason: BadLine.Reason, _ times: Int64 = 1) { counts[reason.rawValue] += times }

    mutating func add(
        _ reason: BadLine.Reason, at position: InputPosition, column: Int, _ line: UnsafeBufferPointer<UInt8>
    ) {
        count(reason)
        lineCount += 1
        guard kept.count < mostKept else {
            dropped += 1
            return
        }
        // What is beyond the limit of a line may not have come yet.
        let sample = reason == .tooLong ? min(column, BadLine.mostSampleBytes) : BadLine.mostSampleBytes
        kept.append(
            BadLine(
                line: position.line + 1, offset: position.offset, column: column, reason: reason,
                sample: Array(line.prefix(sample))))
    }
}
