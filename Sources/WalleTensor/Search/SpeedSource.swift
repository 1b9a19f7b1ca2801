internal import CWalleKernels
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Where the figures of this machine come from: a file of an earlier process, or a measurement.
///
/// The file is read when the first operation is chosen for; without one, the first operation that takes a millisecond
/// has the machine measured on a thread of its own, while typical figures go on deciding. Nothing is measured for small
/// operations, nor twice by a process. With the variable `WALLE_SEARCH` set to `off`, typical figures decide always.
final class SpeedSource: Sendable {
    static let shared = SpeedSource()

    /// Nanoseconds of an operation that is worth a measurement.
    private static let worthNanoseconds = 1_000_000.0

    private enum State: Int { case unread, absent, known }
    private let state = Atomic<Int>(State.unread.rawValue)

    /// Says that an operation of some length was chosen for.
    func want(nanoseconds: Double) {
        if state.load(ordering: .relaxed) == State.known.rawValue { return }
        if move(from: .unread, to: .absent), isOff || read() { return }
        if nanoseconds >= Self.worthNanoseconds, move(from: .absent, to: .known) {
            Worker.start { [self] in _ = measure() }
        }
    }

    private func read() -> Bool {
        guard let speeds = SpeedCache.read() else { return false }
        state.store(State.known.rawValue, ordering: .relaxed)
        MethodSearch.use(speeds)
        return true
    }

    /// Typical figures decide, for whoever wants the same choices on every machine.
    private var isOff: Bool {
        guard let text = getenv("WALLE_SEARCH"), strcmp(text, "off") == 0 else { return false }
        state.store(State.known.rawValue, ordering: .relaxed)
        return true
    }

    private func move(from old: State, to new: State) -> Bool {
        state.compareExchange(expected: old.rawValue, desired: new.rawValue, ordering: .relaxed).exchanged
    }

    /// Measures now, on this thread, and keeps the figures in use and on disk.
    ///
    /// - Returns: false when the work of this thread was interrupted.
    func measure() -> Bool {
        guard let speeds = SpeedMeasurement.run() else { return false }
        state.store(State.known.rawValue, ordering: .relaxed)
        MethodSearch.use(speeds)
        SpeedCache.write(speeds)
        return true
    }

    /// Waits for nothing: reads the file, or measures, unless that was done before.
    func settle() {
        if move(from: .unread, to: .absent), isOff || read() { return }
        if move(from: .absent, to: .known) { _ = measure() }
    }
}

/// The figures on disk: text, with a first line that says which machine and version they are of.
enum SpeedCache {
    /// Changes with what the figures mean.
    private static let version = 2
    private static let mostBytes = 1 << 16

    /// nil when there is no file, or one that is not of this machine or not whole.
    static func read() -> MachineSpeeds? {
        guard let path, let text = contents(of: path) else { return nil }
        var lines = text.split(separator: "\n").map(String.init)[...]
        guard lines.popFirst() == header, lines.count == Speed.allCases.count else { return nil }
        var figures: [Double] = []
        for (line, speed) in zip(lines, Speed.allCases) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 6, words[0] == "\(speed)", words[1] == "=" else { return nil }
            let numbers = words[2...].compactMap(Double.init)
            guard numbers.count == 4, numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) else { return nil }
            figures += numbers
        }
        return MachineSpeeds(figures: figures)
    }

    /// Leaves no file half written, and none where none can be.
    static func write(_ speeds: MachineSpeeds) {
        guard let path else { return }
        var text = header + "\n"
        for speed in Speed.allCases {
            let numbers = speeds.figures[4 * speed.rawValue..<4 * speed.rawValue + 4]
            text += "\(speed) = " + numbers.map { "\($0)" }.joined(separator: " ") + "\n"
        }
        for end in path.indices where path[end] == "/" && end != path.startIndex { mkdir(String(path[..<end]), 0o755) }
        let beside = path + ".\(getpid())"
        guard let file = fopen(beside, "w") else { return }
        let isWritten = fputs(text, file) >= 0
        if fclose(file) != 0 || !isWritten || rename(beside, path) != 0 { unlink(beside) }
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        let count = fread(&bytes, 1, mostBytes, file)
        return String(validating: bytes[..<count], as: UTF8.self)
    }

    /// Beside what else of Walle is made once; nil without a home. A file for each header: processes with other numbers of
    /// threads, say, would take turns to overwrite a common one, and each would measure while it works.
    static let path: String? = {
        // FNV-1a.
        let name = header.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let file = "/walle/speeds-" + String(name, radix: 16)
        if let cache = getenv("XDG_CACHE_HOME"), cache[0] != 0 { return String(cString: cache) + file }
        guard let home = getenv("HOME"), home[0] != 0 else { return nil }
        return String(cString: home) + "/.cache" + file
    }()

    /// The machine, as far as its speeds depend on it, in one line.
    private static let header: String = {
        let caches = CacheSizes.shared
        let level = String(cString: walle_kernels_shared().pointee.name)
        let library = OpenBLAS.loaded.map { "OpenBLAS for \($0.core)" } ?? "no OpenBLAS"
        return
            "# walle \(version)\(isOptimized ? "" : " unoptimized"); \(processor); \(level); \(ThreadPool.shared.threadCount) threads; caches of "
            + "\(caches.first), \(caches.second), \(caches.third) bytes; \(library)"
    }()

    /// Figures of a build for debugging are of no use to any other.
    private static var isOptimized: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    private static var processor: String {
        let wanted = ["model name", "cpu family", "model", "stepping"]
        let lines = (contents(of: "/proc/cpuinfo") ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines.prefix { !$0.isEmpty }.compactMap { line -> String? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, wanted.contains(parts[0].filter { $0 != "\t" }) else { return nil }
            return String(parts[1].drop { $0 == " " })
        }
        return words.isEmpty ? "processor unknown" : words.joined(separator: " ")
    }
}
