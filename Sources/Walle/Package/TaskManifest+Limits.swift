internal import WalleText
internal import WallePython

/// The ranges of what `[limits]` and `[permissions]` may say, each with its reason.
private enum Bounds {
    /// A run of a day is a job, not a run.
    static let time = Duration.seconds(24 * 3600)
    /// A VM with the common imports and room to run; CPython's own start takes half of it.
    static let memoryBytes = 8_000_000
    /// Below, not even an error message fits.
    static let outputBytes = 1000
    static let resultBytes = 1000
    /// Each waiting run holds its input.
    static let queue = 1...65536
    /// Below, imports fail; above, the stack of the VM's thread does not bear it.
    static let recursion = 100...20_000
    /// Each has a stack of 16 MB.
    static let threads = 0...256
}

extension TaskLimits {
    package init(_ reader: inout TableReader) {
        self.init()
        readTimes(&reader)
        readSizes(&reader)
        queue = reader.integer("queue", in: Bounds.queue) ?? queue
        recursion = reader.integer("recursion", in: Bounds.recursion)
    }

    /// A default gives way to what is written: `run = "2ms"` shortens a grace that is not.
    private mutating func readTimes(_ reader: inout TableReader) {
        let run = reader.duration("run", upTo: Bounds.time) ?? .seconds(10)
        self.run = run
        cpu = reader.duration("cpu", upTo: Bounds.time)
        idle = reader.duration("idle", upTo: Bounds.time) ?? idle
        start = reader.duration("start", upTo: Bounds.time) ?? start
        let writtenGrace = reader.duration("grace", upTo: Bounds.time)
        grace = writtenGrace ?? min(grace, run)
        if grace > run {
            reader.report(
                .contradiction, "grace", "(\(Quantity.text(grace))) is longer than limits.run (\(Quantity.text(run)))",
                remedy: "Write a shorter one, such as \"5ms\".")
        }
        let soft = reader.duration("drain", upTo: Bounds.time)
        let hard = reader.duration("drain_hard", upTo: Bounds.time)
        drain = soft ?? min(drain, hard ?? drain)
        drainHard = hard ?? max(drainHard, drain)
        if drain > drainHard {
            reader.report(
                .contradiction, "drain",
                "(\(Quantity.text(drain))) is longer than limits.drain_hard (\(Quantity.text(drainHard)))",
                remedy: "Write a shorter one, or a longer drain_hard.")
        }
    }

    private mutating func readSizes(_ reader: inout TableReader) {
        memoryBytes = reader.bytes("memory", from: Bounds.memoryBytes) ?? memoryBytes
        runMemoryBytes = reader.bytes("run_memory", from: 1)
        outputBytes = reader.bytes("output", from: Bounds.outputBytes) ?? outputBytes
        resultBytes = reader.bytes("result", from: Bounds.resultBytes) ?? resultBytes
        if let runMemoryBytes, runMemoryBytes > memoryBytes {
            let (run, all) = (Quantity.text(bytes: runMemoryBytes), Quantity.text(bytes: memoryBytes))
            reader.report(
                .contradiction, "run_memory", "(\(run)) is above limits.memory (\(all))",
                remedy: "Write a smaller one, or a larger memory.")
        }
    }
}

extension TaskPermissions {
    package init(_ reader: inout TableReader) {
        self.init()
        files = Self.paths(&reader, "files")
        write = Self.paths(&reader, "write")
        network = Self.network(&reader)
        threads = Self.threads(&reader)
        processes = reader.bool("processes") ?? processes
        ctypes = reader.bool("ctypes") ?? ctypes
        debugging = reader.bool("debugging") ?? debugging
    }

    private static func paths(_ reader: inout TableReader, _ key: String) -> [String] {
        let paths = reader.strings(key) ?? []
        for path in paths where path.hasPrefix("~") {
            reader.report(
                .invalidValue, key, "has \"\(path)\"",
                remedy: "Write the whole path: ~ is another folder for each user.")
        }
        reader.refuseClimbing(key, paths)
        return paths
    }

    private static func network(_ reader: inout TableReader) -> Network {
        if reader.value("network")?.isArray != true { return reader.bool("network") == true ? .all : .none }
        let hosts = reader.strings("network") ?? []
        for host in hosts where !isHost(host) {
            reader.report(
                .invalidValue, "network", "has \"\(host)\", which is no host",
                remedy: "Write a name or an address alone, such as \"example.org\".")
        }
        return hosts.isEmpty ? .none : .hosts(hosts)
    }

    /// A name or an address: no scheme, no path, no port.
    private static func isHost(_ text: String) -> Bool {
        let colons = text.count { $0 == ":" }
        return !text.isEmpty && colons != 1
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || "-._:".unicodeScalars.contains($0)
            }
    }

    private static func threads(_ reader: inout TableReader) -> Int {
        if reader.value("threads")?.isBool != true { return reader.integer("threads", in: Bounds.threads) ?? 0 }
        return reader.bool("threads") == true ? threadsByDefault : 0
    }
}

extension Value {
    fileprivate var isArray: Bool { if case .array = self { true } else { false } }
    fileprivate var isBool: Bool { if case .bool = self { true } else { false } }
}

extension TableReader {
    /// Notes paths that are empty or climb out of the package.
    mutating func refuseClimbing(_ key: String, _ paths: [String]) {
        for path in paths {
            if path.isEmpty {
                report(.invalidValue, key, "has an empty path", remedy: "Write \".\" for the whole package.")
            } else if path.split(separator: "/").contains("..") {
                report(
                    .escapes, key, "has \"\(path)\", which climbs out of the package",
                    remedy: "Write a path inside the package, or an absolute one.")
            }
        }
    }
}
