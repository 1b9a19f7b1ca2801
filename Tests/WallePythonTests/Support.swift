import Foundation
import WallePython

/// A VM of its own for one script, and what became of the script.
enum Probe {
    /// The source defines `run()`; the result is its value.
    static func outcome(
        of source: String, limits: RunLimits = RunLimits(time: .seconds(10)),
        configuration: MachineConfiguration = MachineConfiguration(memoryBytes: 64 << 20), policy: Policy = Policy()
    ) async -> Outcome {
        let machine: VirtualMachine
        do { machine = try await VirtualMachine.start(configuration) } catch { return .notStarted("\(error)") }
        let outcome = await self.outcome(of: source, limits: limits, policy: policy, on: machine)
        machine.close()
        return outcome
    }

    static func outcome(
        of source: String, limits: RunLimits = RunLimits(time: .seconds(10)), policy: Policy = Policy(),
        on machine: VirtualMachine
    ) async -> Outcome {
        do {
            let value = try await machine.perform(limits: limits) { (interpreter) throws(PythonFailure) -> Value in
                interpreter.policy = policy
                let namespace = try interpreter.execute(source)
                let run = try interpreter.item("run", of: namespace.pointer)
                let result = try interpreter.call(run)
                var bounds = ConversionBounds(bytes: limits.resultBytes)
                return try interpreter.value(of: result.pointer, bounds: &bounds)
            }
            return .value(value)
        } catch {
            return Outcome(error)
        }
    }
}

/// How a run ended, short enough to be written into a fixture.
enum Outcome: CustomStringConvertible {
    case value(Value)
    case raised(PythonTraceback)
    case stopped(StopReason)
    case unresponsive(StopReason)
    case mismatch(String)
    case ended
    case notStarted(String)

    init(_ failure: PerformFailure) {
        self =
            switch failure {
            case .run(.script(let traceback)): .raised(traceback)
            case .run(.stopped(let reason, _, _)): .stopped(reason)
            case .run(.mismatch(let expected, let got, let path)):
                .mismatch("\(path): expected \(expected), got \(got)")
            case .unresponsive(let reason): .unresponsive(reason)
            case .ended: .ended
            }
    }

    var description: String {
        switch self {
        case .value(let value): "value \(value)"
        case .raised(let traceback): "raised \(traceback.type): \(traceback.message)"
        case .stopped(let reason): "stopped \(reason.rawValue)"
        case .unresponsive(let reason): "unresponsive \(reason.rawValue)"
        case .mismatch(let text): "mismatch \(text)"
        case .ended: "ended"
        case .notStarted(let text): "not started: \(text)"
        }
    }

    /// The first word or two: what a count by outcome counts.
    var kind: String {
        switch self {
        case .value: "value"
        case .raised(let traceback): "raised \(traceback.type)"
        default: description
        }
    }
}

extension VirtualMachine {
    /// Closes the VM and waits until its interpreter ended.
    func finish() async {
        await withUnsafeContinuation { continuation in close { continuation.resume() } }
    }
}

/// What the process holds of the machine's memory.
struct ProcessMemory {
    var residentKilobytes: Int
    var anonymousKilobytes: Int

    static var present: ProcessMemory {
        // Glibc's module for Swift has no <malloc.h>.
        typealias Trim = @convention(c) (Int) -> Int32
        if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: Trim.self)(0) }
        let text = (try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)) ?? ""
        func field(_ name: String) -> Int {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        }
        return ProcessMemory(residentKilobytes: field("Rss"), anonymousKilobytes: field("Anonymous"))
    }
}
