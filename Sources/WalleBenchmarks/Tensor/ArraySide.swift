internal import Foundation
internal import WalleModules
internal import WallePython
internal import WalleTensor

/// How operations are timed.
enum ArrayClock: String {
    /// What all threads of the process compute: other processes on the machine take nothing from it.
    case processor
    case wall

    /// Threads that wait for one another are seen by the wall clock only.
    init(threads: Int) { self = threads == 1 ? .processor : .wall }
}

/// An interpreter in which `Peers/arrays.py` times operations on arrays.
protocol ArraySide: Sendable {
    /// Calls a function of the script.
    func ask<Answer: Decodable & Sendable>(
        _ function: String, _ arguments: PeerProcess.Request, as type: Answer.Type
    ) async throws -> Answer
}

extension ArraySide {
    func cases(of list: String) async throws -> [ArrayCase] {
        try await ask("listed", ["name": .text(list)], as: [ArrayCase].self)
    }

    func prepare(_ list: String, _ index: Int) async throws -> Preparation {
        try await ask("prepare", ["name": .text(list), "index": .integer(index)], as: Preparation.self)
    }

    /// Finds how many repetitions take so long.
    @discardableResult
    func calibrate(milliseconds: Double) async throws -> Int {
        try await ask("calibrate", ["milliseconds": .double(milliseconds)], as: Int.self)
    }

    /// Nanoseconds of one execution.
    func measure() async throws -> Double { try await ask("measure", [:], as: Double.self) }

    /// Frees the case's arrays.
    func finish() async throws { _ = try await ask("finish", [:], as: Int.self) }
}

/// `walle.numpy` in an isolated VM.
struct WalleSide: ArraySide {
    private let worker: Worker

    init(_ clock: ArrayClock) async throws {
        // Else this would be done beside the first operations that are measured.
        MethodSearch.settle()
        worker = try await Worker(module: "arrays", function: "answer", offering: WalleModules.all)
        _ = try await ask("start", ["library": "walle.numpy", "clock": .text(clock.rawValue)], as: [String].self)
    }

    func ask<Answer: Decodable & Sendable>(
        _ function: String, _ arguments: PeerProcess.Request, as type: Answer.Type
    ) async throws -> Answer {
        let question = String(
            decoding: try JSONEncoder().encode(PeerProcess.Question(function: function, arguments: arguments)),
            as: UTF8.self)
        let answer = try await worker.perform { (_, script) throws(PythonFailure) in
            try script.run(question, as: String.self, resultBytes: 1 << 24)
        }
        return try JSONDecoder().decode(type, from: Data(answer.utf8))
    }
}

/// NumPy in a process of its own.
struct NumPySide: ArraySide {
    /// As in `NumPy, SkylakeX`.
    let name: String
    let version: String
    /// The processor that its OpenBLAS works for.
    let core: String
    private let process: PeerProcess

    /// - Parameter core: what OpenBLAS is told to work for; nil lets it choose.
    init(interpreter: String, threads: Int, core: String?) async throws {
        var environment = ["OPENBLAS_NUM_THREADS": "\(threads)"]
        if let core { environment["OPENBLAS_CORETYPE"] = core }
        process = try PeerProcess("arrays", interpreter: interpreter, environment: environment)
        let clock = ArrayClock(threads: threads).rawValue
        let facts = try process.ask("start", ["library": "numpy", "clock": .text(clock)], as: [String].self)
        guard facts.count == 2 else { throw BenchmarkError("NumPy did not tell its version") }
        (version, self.core) = (facts[0], facts[1])
        name = core == nil ? "as installed" : "right core"
    }

    func ask<Answer: Decodable & Sendable>(
        _ function: String, _ arguments: PeerProcess.Request, as type: Answer.Type
    ) async throws -> Answer {
        try process.ask(function, arguments, as: type)
    }
}
