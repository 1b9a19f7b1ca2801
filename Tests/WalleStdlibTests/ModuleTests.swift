import Foundation
import Testing
import Walle
import WallePython

/// Every module of CPython's standard library, as `Stdlib/python.toml` lists it, in four interpreters at once.
///
/// `WALLE_STDLIB_ROUNDS=5` uses each module alone in fresh interpreters as well, that many times.
@Suite(.serialized) struct ModuleTests {
    static let longRounds = Int(ProcessInfo.processInfo.environment["WALLE_STDLIB_ROUNDS"] ?? "") ?? 0
    /// What passed yesterday passes today; `WALLE_SEED=fresh` looks for what does not.
    static let seed: UInt64 = {
        let wanted = ProcessInfo.processInfo.environment["WALLE_SEED"] ?? ""
        return wanted == "fresh" ? .random(in: 0...UInt64.max) : UInt64(wanted) ?? 11
    }()
    static let machines = 4

    @Test func everyModuleIsListed() async throws {
        let all = try Exercise.all()
        let machine = try await VirtualMachine.start(MachineConfiguration())
        let names = try await machine.perform { (interpreter) throws(PythonFailure) in
            let namespace = try interpreter.execute("import sys\nnames = ' '.join(sorted(sys.stdlib_module_names))")
            return try interpreter.text(try interpreter.item("names", of: namespace.pointer))
        }
        await machine.finish()
        let listed = try Exercise.names()
        let missing = names.split(separator: " ").map(String.init).filter { !listed.contains($0) }
        #expect(missing == [] && names.count > 1000 && all.count > 250)
    }

    @Test(.timeLimit(.minutes(10))) func allModulesTogether() async throws {
        print("WALLE_SEED=\(Self.seed)")
        let exercises = try Exercise.all()
        for round in 0..<2 {
            let problems = try await atOnce { number in
                var generator = SeededGenerator(state: Self.seed &+ UInt64(round * Self.machines + number))
                return try await Self.run(exercises, using: &generator).map { "VM \(number), round \(round): \($0)" }
            }
            #expect(problems == [])
        }
    }

    @Test(.enabled(if: longRounds > 0)) func eachModuleAlone() async throws {
        let exercises = try Exercise.all()
        var count = 0
        for exercise in exercises {
            for round in 0..<Self.longRounds {
                let problems = try await atOnce { _ in
                    var generator = SeededGenerator(state: 0)
                    return try await Self.run([exercise], using: &generator)
                }
                count += Self.machines
                #expect(problems == [], "round \(round)")
            }
        }
        print("\(exercises.count) modules, \(count) interpreters")
    }

    /// The modules in one VM: first those that are refused, as a permitted one may import what is else refused.
    private static func run(_ exercises: [Exercise], using generator: inout SeededGenerator) async throws -> [String] {
        let refused = exercises.filter { $0.module.status == .refused }.shuffled(using: &generator)
        let used = exercises.shuffled(using: &generator)
        return try await withTemporaryFolder { folder in
            let machine = try await VirtualMachine.start(MachineConfiguration())
            var problems: [String] = []
            for exercise in refused {
                if let problem = await exercise.refuse(on: machine, folder: folder) {
                    problems.append("\(exercise): \(problem)")
                }
            }
            for exercise in used {
                if let problem = await exercise.use(on: machine, folder: folder) {
                    problems.append("\(exercise): \(problem)")
                }
            }
            await machine.finish()
            return problems
        }
    }

    private func atOnce(_ body: @escaping @Sendable (Int) async throws -> [String]) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<Self.machines { group.addTask { try await body(number) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
