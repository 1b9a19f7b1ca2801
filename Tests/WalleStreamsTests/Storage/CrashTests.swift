import Foundation
import Testing

@testable import WalleStreams

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Kills a process that streams, at random points, and starts it again until it is done: its table is that of a process
/// that was never killed.
@Suite(.serialized) struct CrashTests {
    /// About so many kills for each window; the environment asks for more.
    private static let kills =
        ProcessInfo.processInfo.environment["WALLE_STREAM_KILLS"].flatMap { Int($0) } ?? 8
    /// What a process streams between two kills, about, when it lives as long as it does here on the average.
    private static let eventsPerKill = 60
    /// Microseconds in which a process is killed.
    private static let leastPatience: UInt32 = 12_000

    /// Beside the test bundle, where the build puts it.
    private static let program: URL = {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let candidates = [executable, CommandLine.arguments[0], Bundle.main.bundlePath].map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("WalleStreamCrash")
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
    }()

    @Test(arguments: ["tumbling", "hopping", "cumulating", "session", "over", "pattern", "engine"])
    func survivesBeingKilled(window: String) throws {
        let seed = UInt64(window.utf8.reduce(0) { $0 * 31 + Int($1) } % 1000)
        let count = Self.kills * Self.eventsPerKill
        let (whole, killed) = (try TemporaryStore(), try TemporaryStore())
        try Run(Self.program, whole.path, seed, count, window).wait()
        var random = SeededRandom(seed)
        var (kills, position, patience) = (0, -1, Self.leastPatience)
        while true {
            let run = try Run(Self.program, killed.path, seed, count, window)
            let begin = try run.begin()
            #expect(begin >= position, "what is stored stays so")
            // A slow machine needs longer to come to its first checkpoint.
            patience = begin > position ? Self.leastPatience : min(patience * 2, 1_000_000)
            position = begin
            guard run.kill(afterMicroseconds: UInt32.random(in: 0...patience, using: &random)) else { break }
            kills += 1
        }
        #expect(kills >= Self.kills / 4, "killed \(kills) times with \(window)")
        let order =
            switch window {
            case "pattern": "match_end, match_start, page, rows"
            case "over": "timestamp, page, event, latest, items, top"
            default: "window_end, window_start, page, event, _revision"
            }
        let query = "SELECT * FROM views ORDER BY \(order)"
        let columns = { (rows: StoredRows) in
            // Keys are numbered as they come, which a replay does in another order for those not stored.
            let own = rows.names.firstIndex(of: "_key") ?? 0
            return rows.rows.map { row in row.enumerated().filter { $0.offset != own }.map(\.element) }
        }
        let expected = columns(try whole.open().query(query))
        #expect(
            columns(try killed.open().query(query)) == expected, "killed \(kills) times with \(window), seed \(seed)")
        #expect(expected.count > 10)
        #expect(try killed.open().counters(of: "views")["events"] == Int64(count), "each event counts once")
        if window == "engine" { try compareEngines(whole, killed, events: count) }
    }

    /// Every match has started its run, once or more, and none is left; each event is in the log once.
    private func compareEngines(_ whole: TemporaryStore, _ killed: TemporaryStore, events: Int) throws {
        let runs = { (store: TemporaryStore) in
            let lines = try String(contentsOfFile: store.path + ".runs", encoding: .utf8).split(separator: "\n")
            return Set(lines.filter { $0.hasSuffix(";") })
        }
        let expected = try runs(whole)
        #expect(try runs(killed) == expected)
        #expect(expected.count > 10)
        #expect(!expected.contains { $0.contains("?") }, "matches are told with their events")
        for store in [whole, killed] {
            let opened = try store.open()
            #expect(try opened.query("SELECT count(*) FROM walle_outbox").rows == [[.int(0)]])
            var places: [Int64] = []
            let schema = EventSchema(attributes: [.init("item", .text), .init("price", .float)])
            let log = try EventLogReader("log", schema, TextDictionary(), in: opened)
            try log.read(events: ["view", "buy"], in: .min..<(.max)) { places += $0.places }
            #expect(places.sorted() == (0..<Int64(events)).map { $0 })
        }
    }

    /// A process that streams.
    private final class Run {
        private let process = Process()
        private let output = Pipe()

        init(_ program: URL, _ path: String, _ seed: UInt64, _ count: Int, _ window: String) throws {
            process.executableURL = program
            process.arguments = [path, "\(seed)", "\(count)", window]
            process.standardOutput = output
            try process.run()
        }

        /// Where it begins, which it says when it has opened its store.
        func begin() throws -> Int {
            var line = ""
            while !line.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
                line += String(decoding: byte, as: UTF8.self)
            }
            return try #require(Int(line.dropLast()), "\(line)")
        }

        func wait() {
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        }

        /// Whether it was killed before it was done.
        func kill(afterMicroseconds delay: UInt32) -> Bool {
            usleep(delay)
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if process.terminationReason == .exit { #expect(process.terminationStatus == 0) }
            return process.terminationReason == .uncaughtSignal
        }
    }
}
