import Foundation
import Walle
import WallePython

/// One module of the standard library, as `Stdlib/python.toml` lists it.
struct Exercise: Sendable, CustomStringConvertible {
    var name: String
    var module: StandardModule

    var description: String { name }

    private static let present = Result { () throws -> Version? in
        StandardModules.install()
        return Version(try PythonRuntime.shared().version)
    }

    /// Those of the Python in use, by name.
    static func all() throws -> [Exercise] {
        guard let present = try present.get() else { return [] }
        return try StandardModules.shared.get().modules.values.filter { module in
            (module.since.map { $0 <= present } ?? true) && (module.until.map { present.isWithin($0) } ?? true)
        }
        .map { Exercise(name: $0.name, module: $0) }.sorted { $0.name < $1.name }
    }

    /// The list itself, whatever the Python.
    static func names() throws -> Set<String> {
        Set(try StandardModules.shared.get().modules.values.flatMap { [$0.name] + $0.parts })
    }

    /// What a task may do that has no permission beyond computing.
    static func bare(folder: String) -> Policy { Policy(readable: [folder]) }

    private func policy(folder: String) -> Policy {
        var policy = Self.bare(folder: folder)
        let needs = Set(module.needs)
        if needs.contains("files") { policy.writable = [folder] }
        if needs.contains("processes") { policy.processes = true }
        if needs.contains("threads") { policy.threads = 16 }
        if module.permission == "ctypes" { policy.ctypes = true }
        return policy
    }

    /// Imports the module without any permission, then uses it with those it needs.
    func use(on machine: VirtualMachine, folder: String) async -> String? {
        guard let use = module.use else { return module.status == .refused ? nil : "has no exercise" }
        let inner = folder + "/" + name
        try? FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        let policy = policy(folder: folder)
        do {
            try await machine.perform(limits: RunLimits(time: .seconds(20))) { (interpreter) throws(PythonFailure) in
                interpreter.policy = Self.bare(folder: folder)
                interpreter.policy.ctypes = policy.ctypes
                _ = try interpreter.execute("import \(name)", file: "<import \(name)>")
                interpreter.policy = policy
                _ = try interpreter.execute("folder = \"\(inner)\"\nimport \(name)\n\(use)", file: "<use of \(name)>")
            }
            return nil
        } catch {
            return Self.text(error)
        }
    }

    /// Its import raises an `ImportError` that says why, and what to use instead.
    func refuse(on machine: VirtualMachine, folder: String) async -> String? {
        let source = """
            try:
                import \(name)
                message = "it was imported"
            except ImportError as error:
                message = str(error)
            """
        do {
            let message = try await machine.perform(limits: RunLimits(time: .seconds(20))) {
                (interpreter) throws(PythonFailure) in
                interpreter.policy = Self.bare(folder: folder)
                let namespace = try interpreter.execute(source)
                return try interpreter.text(try interpreter.item("message", of: namespace.pointer))
            }
            return expected.contains(message) ? nil : "says \"\(message)\""
        } catch {
            return Self.text(error)
        }
    }

    /// The refusal of the module, or that of the package it belongs to.
    private var expected: [String] {
        let modules = (try? StandardModules.shared.get().modules) ?? [:]
        var names = [name]
        while let dot = names[names.count - 1].lastIndex(of: ".") {
            names.append(String(names[names.count - 1][..<dot]))
        }
        return names.compactMap { name in modules[name]?.refusal.map { "import \(name): \($0)" } }
    }

    static func text(_ failure: PerformFailure) -> String {
        switch failure {
        case .run(.script(let traceback)): "\(traceback)"
        case .run(.stopped(let reason, let traceback, _)): "stopped: \(reason) \(traceback.map { "\($0)" } ?? "")"
        case .run(let other): "\(other)"
        case .unresponsive: "does not answer"
        case .ended: "the VM is gone"
        }
    }
}

extension Version {
    /// 3.13.5 is within 3.13.0.
    func isWithin(_ last: Version) -> Bool { (major, minor) <= (last.major, last.minor) }
}

extension Interpreter {
    func text(_ object: PythonPointer) throws(PythonFailure) -> String {
        var bounds = ConversionBounds(bytes: 1 << 20)
        guard case .string(let text) = try value(of: object, bounds: &bounds) else { return "" }
        return text
    }
}

/// Random, and the same again for the same seed: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension VirtualMachine {
    /// Closes the VM and waits until its interpreter ended.
    func finish() async {
        await withUnsafeContinuation { continuation in close { continuation.resume() } }
    }
}

/// A folder for the time of a test, by its real path.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "walle-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.resolvingSymlinksInPath().path)
}
