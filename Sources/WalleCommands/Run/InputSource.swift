internal import Foundation
internal import WallePython

/// Where the inputs of `walle run` come from.
enum InputSource: Sendable {
    case value(String)
    case file(String)
    case standardInput
}

/// One input and where it stood.
struct InputItem: Sendable {
    var index: Int
    /// As in `sessions.jsonl:12`.
    var place: String
    var value: Result<Value, InputError>
}

/// An input that is no JSON, or a file that cannot be read.
struct InputError: Error, Sendable, CustomStringConvertible {
    var description: String
}

/// Reads inputs one by one; a file is never held as a whole.
struct InputReader {
    private var lines: LineReader?
    private var single: String?
    private let name: String
    private var lineNumber = 0
    private var index = 0

    init(_ source: InputSource) throws(InputError) {
        switch source {
        case .value(let text):
            single = text
            name = "--value"
        case .file(let path):
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw InputError(description: "\(path): the file cannot be read")
            }
            lines = LineReader(handle)
            name = path
        case .standardInput:
            lines = LineReader(.standardInput)
            name = "standard input"
        }
    }

    /// The next input; empty lines are passed over.
    mutating func next() -> InputItem? {
        if let text = single.take() { return item(text, place: name) }
        while let line = lines?.next() {
            lineNumber += 1
            if line.allSatisfy(\.isWhitespace) { continue }
            return item(line, place: "\(name):\(lineNumber)")
        }
        return nil
    }

    private mutating func item(_ text: String, place: String) -> InputItem {
        defer { index += 1 }
        do {
            return InputItem(index: index, place: place, value: .success(try JSONText.value(of: text)))
        } catch {
            let problem = InputError(description: "\(place): this is not JSON: \(error)")
            return InputItem(index: index, place: place, value: .failure(problem))
        }
    }

    /// How many inputs there are, when that can be told without consuming them.
    static func count(_ source: InputSource) -> Int? {
        switch source {
        case .value: return 1
        case .standardInput: return nil
        case .file(let path):
            guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
            var lines = LineReader(handle)
            var count = 0
            while let line = lines.next() {
                if !line.allSatisfy(\.isWhitespace) { count += 1 }
            }
            return count
        }
    }
}

/// Splits what a file handle gives into lines.
struct LineReader {
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    private var isAtEnd = false
    /// As long as an example may be; a longer line is cut, which its parser then says.
    private static let longestLine = 64 << 20

    init(_ handle: FileHandle) { self.handle = handle }

    /// The next line without its end; nil after the last. Waits for input.
    mutating func next() -> String? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return String(decoding: buffer[start..<end], as: UTF8.self)
            }
            if isAtEnd || buffer.count - start > Self.longestLine { return takeRest() }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            // Not `read(upToCount:)`, which waits until so much is there.
            let chunk = handle.availableData
            if chunk.isEmpty { isAtEnd = true } else { buffer.append(contentsOf: chunk) }
        }
    }

    private mutating func takeRest() -> String? {
        guard start < buffer.count else { return nil }
        defer {
            buffer = []
            start = 0
        }
        return String(decoding: buffer[start...], as: UTF8.self)
    }
}
