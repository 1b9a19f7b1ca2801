internal import Foundation
internal import Walle

/// What a soak's callers ask for, and what must come of it.
enum SoakMode: String, CaseIterable, Sendable {
    case add, count, stream, log, threads, coroutine, raise, mismatch, loop, swallow, sleep, lock, memory, bytes, output
    case native, recursion, abandon, cancel

    /// How often it is asked for, among all.
    var weight: Int {
        switch self {
        case .add: 60
        case .count, .stream, .log, .coroutine: 10
        case .threads, .raise, .mismatch, .abandon, .cancel: 4
        case .loop, .swallow, .sleep, .lock, .memory, .bytes, .output, .recursion: 2
        case .native: 1
        }
    }

    /// Whether an error is what the mode asks for.
    func expects(_ kind: TaskError.Kind?) -> Bool {
        switch (self, kind) {
        case (.add, nil), (.count, nil), (.stream, nil), (.log, nil), (.threads, nil), (.coroutine, nil),
            (.abandon, nil):
            true
        case (.raise, .script), (.recursion, .script), (.mismatch, .mismatch): true
        // More than an instant's work: on a busy machine it may take longer than limits.run.
        case (.threads, .limit(.time)), (.recursion, .limit(.time)): true
        case (.loop, .limit(.time)), (.swallow, .limit(.time)), (.sleep, .limit(.time)), (.lock, .limit(.time)),
            (.native, .limit(.time)):
            true
        case (.memory, .limit(.memory)), (.memory, .limit(.time)), (.bytes, .limit(.memory)),
            (.output, .limit(.output)):
            true
        case (.cancel, .cancelled), (.cancel, nil): true
        default: false
        }
    }
}

/// The script behind every mode, in versions that differ in their name only, and some that cannot be swapped in.
enum SoakTask {
    static let main = """
        import asyncio, json, threading, time
        from collections import Counter

        state = Counter()
        lock = threading.Lock()

        def run(x):
            mode, n = x["mode"], x["n"]
            state[mode] += 1
            if mode == "add": return n + 1
            if mode == "count": return sum(json.loads(json.dumps(list(range(n % 1000)))))
            if mode == "stream" or mode == "abandon": return (i for i in range(n % 50 + 1))
            if mode == "log": print("n is", n); return n + 1
            if mode == "threads":
                out = []
                threads = [threading.Thread(target=out.append, args=(i,)) for i in range(3)]
                for thread in threads: thread.start()
                for thread in threads: thread.join()
                return n + 1 if len(out) == 3 else None
            if mode == "coroutine": return waiting(n)
            if mode == "raise": raise ValueError(f"n is {n}")
            if mode == "mismatch": return "text"
            if mode == "loop" or mode == "cancel":
                end = time.monotonic() + (60 if mode == "loop" else 0.005)
                while time.monotonic() < end: pass
                return n + 1
            if mode == "swallow":
                while True:
                    try:
                        while True: pass
                    except BaseException: pass
            if mode == "sleep": time.sleep(60)
            if mode == "lock":
                with threading.Lock() as _, lock: lock.acquire()
            if mode == "memory":
                hoard = []
                while True: hoard.append(str(n) * 100)
            if mode == "bytes": return len(bytearray(500_000_000))
            if mode == "output":
                while True: print("x" * 200)
            if mode == "native": return sum(range(30_000_000))
            if mode == "recursion": return run(x)

        async def waiting(n):
            await asyncio.sleep(0.0005)
            return n + 1

        def export_state(): return dict(state)
        def import_state(counts): state.update(counts)
        def merge_state(states): return dict(sum(map(Counter, states), Counter()))
        """

    static let toml = """
        [limits]
        run = "100ms"
        memory = "64MB"
        output = "20kB"
        queue = 64
        idle = "2s"
        [permissions]
        threads = true
        """

    static let broken = ["def run(x:", "raise ValueError('at import')", "import tkinter", "while True: pass"]

    /// Writes a package and gives its folder.
    static func write(to folder: String, version: Int, instances: Int, broken: String? = nil) throws -> String {
        let path = "\(folder)/v\(version)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let head = "[task]\nname = \"soak\"\nversion = \"1.\(version).0\"\ninstances = \(instances)\n"
        let limits = broken == nil ? toml : "[limits]\nrun = \"100ms\"\nstart = \"500ms\"\n"
        try (head + limits).write(toFile: path + "/task.toml", atomically: true, encoding: .utf8)
        try (broken ?? main).write(toFile: path + "/main.py", atomically: true, encoding: .utf8)
        return path
    }
}
