internal import Foundation
internal import Synchronization
internal import WallePython

/// A Python script in a process of its own, on the very CPython that this process embeds. It answers one line of JSON
/// with another, so that its rounds and ours take turns.
final class PeerProcess: Sendable {
    /// What is asked for: numbers and text only.
    typealias Request = [String: PeerArgument]

    private struct State {
        var process: Process
        var input: FileHandle
        var output: FileHandle
        var rest = Data()
    }
    private let state: Mutex<State>
    private let script: String

    /// Starts `Peers/script.py`.
    ///
    /// - Parameters:
    ///   - interpreter: a Python with packages that are installed for it; nil for this process's own, without any.
    ///   - environment: variables beside those of this process.
    init(_ script: String, interpreter: String? = nil, environment: [String: String] = [:]) throws {
        self.script = script
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: try interpreter ?? Self.interpreter())
        process.arguments = [interpreter == nil ? "-IS" : "-I", "\(Self.folder)/peer.py", script]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        // A peer that died shows as the end of its output, not as a signal.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
        state = Mutex(State(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading))
    }

    deinit {
        state.withLock { state in
            try? state.input.close()
            state.process.terminate()
            state.process.waitUntilExit()
        }
    }

    static var folder: String { Bundle.module.bundlePath + "/Peers" }

    /// The `python3` that belongs to the libpython of this process.
    static func interpreter() throws -> String {
        let runtime = try PythonRuntime.shared()
        let library = runtime.standardLibrary as NSString
        let prefix = (library.deletingLastPathComponent as NSString).deletingLastPathComponent
        let path = "\(prefix)/bin/\(library.lastPathComponent)"
        try BenchmarkError.check(FileManager.default.isExecutableFile(atPath: path), "no interpreter at \(path)")
        return path
    }

    /// Calls a function of the script with keyword arguments and waits for its result.
    func ask<Answer: Decodable>(
        _ function: String, _ arguments: Request = [:], as type: Answer.Type
    ) throws -> Answer {
        let line = try JSONEncoder().encode(Question(function: function, arguments: arguments)) + Data("\n".utf8)
        let answer = try state.withLock { state in
            try state.input.write(contentsOf: line)
            return try Self.readLine(&state)
        }
        return try JSONDecoder().decode(type, from: answer)
    }

    /// The same, for numbers.
    func ask(_ function: String, _ arguments: Request = [:]) throws -> [Double] {
        try ask(function, arguments, as: [Double].self)
    }

    /// The same, for one number.
    func ask(_ function: String, _ arguments: Request = [:]) throws -> Double {
        try ask(function, arguments, as: Double.self)
    }

    private static func readLine(_ state: inout State) throws -> Data {
        while true {
            if let end = state.rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = state.rest[..<end]
                state.rest = Data(state.rest[(end + 1)...])
                return Data(line)
            }
            let more = state.output.availableData
            guard !more.isEmpty else { throw BenchmarkError("a peer process ended: its message is above") }
            state.rest += more
        }
    }

    struct Question: Encodable {
        var function: String
        var arguments: Request
    }
}

/// A number or a text in a question to a peer.
enum PeerArgument: Encodable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    case integer(Int)
    case double(Double)
    case text(String)

    init(integerLiteral value: Int) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .double(value) }
    init(stringLiteral value: String) { self = .text(value) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        }
    }
}
