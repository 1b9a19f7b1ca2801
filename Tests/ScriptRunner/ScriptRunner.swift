import CWallePython
import Glibc
import WalleArrays
import WalleBinding
import WalleModules
import WallePython

/// Runs a Python file in an isolated interpreter, or in the main one with `--main`, for test suites and oracles written
/// in Python: `walle-script [--main] file.py [arguments…]`. `sys.path` begins with the folders of `WALLE_SCRIPT_PATH`.
@main
enum ScriptRunner {
    static func main() async {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let usesMain = arguments.first == "--main"
        if usesMain { arguments.removeFirst() }
        guard !arguments.isEmpty else { return fail("usage: walle-script [--main] file.py [arguments...]") }
        let source = start(arguments)
        if usesMain { runInMain(source) } else { await runIsolated(source) }
    }

    /// Python's source of what `python file.py` does.
    private static func start(_ arguments: [String]) -> String {
        let list = arguments.map { "'" + $0.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'" }
        let folders = getenv("WALLE_SCRIPT_PATH").map { String(cString: $0) } ?? ""
        return """
            import sys
            def run():
                import os, runpy
                sys.argv = [\(list.joined(separator: ", "))]
                sys.path[:0] = [p for p in '\(folders)'.split(':') if p]
                sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
                try:
                    runpy.run_path(sys.argv[0], run_name='__main__')
                except SystemExit as exit:
                    return exit.code if isinstance(exit.code, int) else 1 if exit.code else 0
                return 0
            """
    }

    private static func runIsolated(_ source: String) async {
        do {
            let machine = try await VirtualMachine.start(MachineConfiguration(name: "script"))
            let limits = RunLimits(time: .seconds(86_400), outputBytes: .max)
            let code = try await machine.perform(limits: limits) { (interpreter) throws(PythonFailure) -> Value in
                interpreter.policy = Policy(
                    readable: ["/"], writable: ["/"], importable: ["/"], network: .none, threads: 64, processes: true,
                    ctypes: true)
                interpreter.offer(WalleModules.all)
                interpreter.output.onLine = { stream, line in
                    put(line, stream == .standardOutput ? STDOUT_FILENO : STDERR_FILENO)
                }
                let namespace = try interpreter.execute(source)
                let result = try interpreter.call(try interpreter.item("run", of: namespace.pointer))
                var bounds = ConversionBounds(bytes: 1 << 20)
                return try interpreter.value(of: result.pointer, bounds: &bounds)
            }
            exit(code.number.map { Int32($0) } ?? 1)
        } catch {
            fail("\(error)")
        }
    }

    private static func runInMain(_ source: String) {
        do {
            _ = try PythonRuntime.shared()
            _ = PyGILState_Ensure()
            let module = try ArrayModule.makeForMain()
            PyDict_SetItemString(PyImport_GetModuleDict(), "walle._tensor", module)
            exit(PyRun_SimpleStringFlags(source + "\nsys.exit(run())\n", nil) == 0 ? 0 : 1)
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ message: String) {
        put(message, STDERR_FILENO)
        exit(1)
    }

    private static func put(_ line: String, _ descriptor: Int32) {
        var line = line + "\n"
        line.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
}
