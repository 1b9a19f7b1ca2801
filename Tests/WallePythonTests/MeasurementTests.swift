import Foundation
import Testing
import WallePython

/// Figures, printed and not judged: `WALLE_MEASURE=1 swift test -c release --filter Measurement`.
extension RuntimeTests {
    @Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["WALLE_MEASURE"] != nil))
    struct MeasurementTests {
        static let common = [
            "json", "re", "dataclasses", "typing", "collections", "datetime", "functools", "itertools", "math",
            "random",
        ]
        static let thirty =
            common + [
                "asyncio", "decimal", "sqlite3", "ssl", "hashlib", "zlib", "pickle", "logging", "threading", "queue",
                "statistics",
                "csv", "enum", "bisect", "heapq", "base64", "copy", "fractions", "contextlib", "xml.etree.ElementTree",
            ]

        func machine(importing modules: [String]) async throws -> VirtualMachine {
            let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 256 << 20))
            _ = try await machine.perform { (interpreter) throws(PythonFailure) in
                interpreter.policy = Policy(threads: 4)
                for module in modules { _ = try interpreter.execute("import \(module)") }
            }
            return machine
        }

        @Test(arguments: [[], common]) func idleMemory(_ modules: [String]) async throws {
            for _ in 0..<3 { await (try machine(importing: modules)).finish() }
            let before = ProcessMemory.present
            var machines: [VirtualMachine] = []
            let count = 50
            for _ in 0..<count { machines.append(try await machine(importing: modules)) }
            for machine in machines {
                machine.trim()
                _ = try await machine.perform { (_) throws(PythonFailure) in 0 }
            }
            let after = ProcessMemory.present
            if let path = ProcessInfo.processInfo.environment["WALLE_SMAPS"] {
                let text = String(
                    decoding: FileHandle(forReadingAtPath: "/proc/self/smaps")!.readDataToEndOfFile(), as: UTF8.self)
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            }
            let live = try await machines[0].perform { (interpreter) throws(PythonFailure) in interpreter.liveBytes }
            print(
                "idle with \(modules.count) modules: rss \((after.residentKilobytes - before.residentKilobytes) / count) KB,",
                "anonymous \((after.anonymousKilobytes - before.anonymousKilobytes) / count) KB, live bytes \(live / 1024) KB a VM"
            )
            for machine in machines { await machine.finish() }
        }

        @Test(arguments: [[], thirty]) func leak(_ modules: [String]) async throws {
            for _ in 0..<20 { await (try machine(importing: modules)).finish() }
            for round in 0..<3 {
                let before = ProcessMemory.present
                let count = modules.isEmpty ? 300 : 100
                let clock = ContinuousClock()
                let start = clock.now
                for _ in 0..<count { await (try machine(importing: modules)).finish() }
                let time = clock.now - start
                let after = ProcessMemory.present
                print(
                    "leak with \(modules.count) modules, round \(round):",
                    Double(after.residentKilobytes - before.residentKilobytes) / Double(count), "KB a VM,",
                    time / count, "each")
            }
        }

        static let plain = "def run():\n while True: pass"
        static let swallowing = "def run():\n while True:\n  try:\n   while True: pass\n  except BaseException: pass"

        /// How late each step comes; `threads` VMs run at once.
        @Test(arguments: [plain, swallowing], [1, 2]) func latency(_ source: String, perCore: Int) async throws {
            let threads = ProcessInfo.processInfo.activeProcessorCount * perCore
            let isForced = source == Self.swallowing
            let late = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for _ in 0..<threads { group.addTask { try await Self.overshoots(source, count: 300 / perCore) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let sorted = late.sorted()
            print(
                "latency of step \(isForced ? 2 : 1), \(perCore) threads a core: p50 \(sorted[sorted.count / 2])",
                "p99 \(sorted[sorted.count * 99 / 100]) max \(sorted[sorted.count - 1]), \(sorted.count) runs")
        }

        private static func overshoots(_ source: String, count: Int) async throws -> [Duration] {
            var late: [Duration] = []
            var machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 64 << 20))
            let limits = RunLimits(time: .milliseconds(20))
            for _ in 0..<count {
                do throws(PerformFailure) {
                    _ = try await machine.perform(limits: limits) { (interpreter) throws(PythonFailure) in
                        let namespace = try interpreter.execute(source)
                        _ = try interpreter.call(try interpreter.item("run", of: namespace.pointer))
                    }
                } catch {
                    if case .run(.stopped(.time, _, let lateness)) = error { late.append(lateness) }
                }
                if source == swallowing {
                    await machine.finish()
                    machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 64 << 20))
                }
            }
            await machine.finish()
            return late
        }
    }
}
