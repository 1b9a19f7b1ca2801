import Foundation
import Logging
import Synchronization
import Testing
import WalleBinding
import WalleModules
import WallePython

/// Keeps what is logged.
private final class Journal: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "task") { _ in Handler(journal: self) }
        logger.logLevel = level
        return logger
    }

    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct Handler: LogHandler {
    let journal: Journal
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        journal.add("\(event.level) \(event.message) \(fields.joined(separator: " "))")
    }
}

private struct ManualClock: TaskClock {
    var now: Double { 1000.5 }
    var monotonic: Double { 7 }
}

/// A folder with a task package, thrown away with the value.
final class PackageFolder: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "walle-\(UUID().uuidString)")
        path = folder.resolvingSymlinksInPath().path
        for name in ["next/resources", "next/tests"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
        let manifest =
            "[task]\nname = \"next\"\nversion = \"1.2.3\"\nentry = \"main:run\"\n[config]\nsteps = [\"a\", \"b\"]\n"
        for (name, text) in [
            ("next/task.toml", manifest), ("next/main.py", ""), ("next/resources/items.npy", "x"), ("secret", "s"),
        ] {
            try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        }
        try FileManager.default.createSymbolicLink(atPath: "\(path)/next/link", withDestinationPath: "../secret")
    }

    var package: String { path + "/next" }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Binding {
    @Suite struct TaskModuleTests {
        private static func script(
            _ folder: PackageFolder, journal: Journal = Journal(), level: Logger.Level = .info,
            run: TaskContext.Run = .init(id: "8f2c", traceID: "t1", deadlineSeconds: 9)
        ) -> Script {
            let context = TaskContext(
                name: "next", version: "1.2.3", folder: folder.package, config: ["steps": ["a", "b"]],
                logger: journal.logger(level), clock: ManualClock())
            context.run = run
            var script = Script(TaskModule.module)
            script.prepare = { $0.context = context }
            return script
        }

        /// What host and plain CPython must both say; `FOLDER` stands for the package's.
        static let common: [(String, Value)] = [
            ("task.name", "next"), ("task.version", "1.2.3"), ("task.config", ["steps": ["a", "b"]]),
            ("task.config is task.config", true), ("task.state", [:]), ("task.is_cancelled()", false),
            ("task.resource('items.npy')", "FOLDER/resources/items.npy"),
            ("task.resource('main.py')", "FOLDER/main.py"),
            ("task.resource('FOLDER/main.py')", "FOLDER/main.py"),
            (
                "task.resource('none.npy')",
                "FileNotFoundError: task.resource(\"none.npy\"): no such file in the package of next or in its resources folder"
            ),
            (
                "task.resource('../../secret')",
                "PermissionError: task.resource(\"../../secret\"): refused. It lies outside the package of next."
            ),
            (
                "task.resource('/etc/passwd')",
                "PermissionError: task.resource(\"/etc/passwd\"): refused. It lies outside the package of next."
            ),
            (
                "task.resource('link')",
                "PermissionError: task.resource(\"link\"): refused. It lies outside the package of next."
            ),
            ("task.nonsense", "AttributeError: module 'walle.task' has no attribute 'nonsense'"),
            ("task.log.info('a', n=1, o=object())", nil), ("issubclass(task.Stopped, BaseException)", true),
            ("issubclass(task.Stopped, Exception)", false), ("task.Stopped.__module__", "walle.task"),
            ("sorted(set(task.__all__) - set(dir(task)))", []),
        ]

        static func expected(_ value: Value, in folder: PackageFolder) -> Value {
            guard let text = value.text else { return value }
            return .string(text.replacing("FOLDER", with: folder.package))
        }

        @Test func tellsTheTask() async throws {
            let folder = try PackageFolder()
            let calls = Self.common.map { $0.0.replacing("FOLDER", with: folder.package) }
            let outcomes = try await Self.script(folder).outcomes(calls, setUp: "from walle import task")
            for (call, (ours, expected)) in zip(calls, zip(outcomes, Self.common)) {
                #expect(ours == Self.expected(expected.1, in: folder), "\(call)")
            }
        }

        @Test func tellsTheRun() async throws {
            let folder = try PackageFolder()
            let call = "[task.run_id, task.trace_id, task.clock.now(), task.clock.monotonic(), task.remaining()]"
            let value = try await Self.script(folder).evaluate(call, setUp: "from walle import task")
            #expect(value == ["8f2c", "t1", 1000.5, 7.0, 2.0])
            let other = Self.script(folder, run: .init(id: "x"))
            #expect(try await other.evaluate(call, setUp: "from walle import task") == ["x", nil, 1000.5, 7.0, nil])
        }

        @Test func logsWithFields() async throws {
            let folder = try PackageFolder()
            let journal = Journal()
            let source = """
                from walle import task
                class Odd:
                    def __str__(self): return "odd"
                def run():
                    task.log.debug("hidden")
                    task.log.info("ranked", user=7, odd=Odd(), parts={"a": [1.5, None]})
                    task.log.error(ValueError("no"))
                    try: task.log.info("x", fields={1: 2})
                    except TypeError: return "refused"
                """
            #expect(try await Self.script(folder, journal: journal).run(source) == nil)
            #expect(
                journal.all.prefix(2) == [
                    "info ranked odd=odd parts=[\"a\": [\"1.5\", \"null\"]] run=8f2c task=next 1.2.3 trace=t1 user=7",
                    "error no run=8f2c task=next 1.2.3 trace=t1",
                ])
        }

        @Test func saysThatThereIsNoTask() async throws {
            let outcomes = try await Script(TaskModule.module).outcomes(
                ["task.name"], setUp: "from walle import task")
            #expect(outcomes[0].text?.hasPrefix("RuntimeError: walle.task knows no task") == true)
        }

        @Test(.enabled(if: PlainPython.path != nil, "python3 3.11 or newer is not on PATH"))
        func worksUnderPlainPython() throws {
            let folder = try PackageFolder()
            let calls = Self.common.map { $0.0.replacing("FOLDER", with: folder.package) }
            let list = calls.map { "    lambda: \($0),\n" }.joined()
            let source = """
                import json, sys
                from walle import task
                def outcome(call):
                    try:
                        return call()
                    except Exception as error:
                        return f"{type(error).__name__}: {error}"
                print(json.dumps([outcome(call) for call in [
                \(list)]]))
                assert isinstance(task.run_id, str) and task.trace_id is None and task.remaining() is None
                assert task.clock.now() > 1e9 and task.clock.monotonic() > 0
                assert "_walle" not in sys.modules
                """
            // Below the package, as a test of the author's is.
            let file = folder.package + "/tests/test_main.py"
            try Data(source.utf8).write(to: URL(filePath: file))
            let (output, errors) = try PlainPython.run(file)
            #expect(errors == "INFO a n=1 o=OBJECT\n" || errors.hasPrefix("INFO a n=1 o=<object"))
            let outcomes = try JSONDecoder().decode([Value].self, from: Data(output.utf8))
            for (call, (ours, expected)) in zip(calls, zip(outcomes, Self.common)) {
                #expect(ours == Self.expected(expected.1, in: folder), "\(call)")
            }
        }
    }
}

/// A CPython that knows nothing of Walle.
enum PlainPython {
    /// The first `python3` on PATH, when it is 3.11 or newer.
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard let path = folders.map({ "\($0)/python3" }).first(where: FileManager.default.isExecutableFile) else {
            return nil
        }
        let check = "import sys; sys.exit(sys.version_info < (3, 11))"
        return (try? execute(path, ["-c", check]))?.status == 0 ? path : nil
    }()

    static func run(_ file: String) throws -> (output: String, errors: String) {
        let result = try execute(path!, ["-B", file])
        #expect(result.status == 0, "\(result.errors)")
        return (result.output, result.errors)
    }

    private static func execute(_ path: String, _ arguments: [String]) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let stdlib = Binding.StubTests.stdlib.path
        process.environment = ["PYTHONPATH": stdlib, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let errorText = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text, errorText)
    }
}
