internal import Foundation
internal import Logging
internal import Synchronization
internal import Walle

/// A host under random load.
final class Soak: Sendable {
    struct Request: Codable, Sendable {
        var mode: String
        var n: Int
    }

    struct Counts: Sendable {
        var asked = 0
        var answered = 0
        var byMode: [String: Int] = [:]
        var swaps = 0
        var refusedSwaps = 0
        var unexpected: [String] = []
        var queueFull = 0
        var refused = 0
        var condemned = 0
        /// Resident bytes, once in each report.
        var resident: [Int] = []
    }

    private let host: TaskHost
    private let good: [String]
    private let bad: [String]
    private let folder: String
    private let seed: UInt64
    private let modes: [SoakMode]
    private let counts = Mutex(Counts())
    private let start = ContinuousClock.now

    init(seed: UInt64, modes: [SoakMode]) async throws {
        self.seed = seed
        self.modes = modes
        folder = NSTemporaryDirectory() + "walle-soak-\(getpid())"
        let folder = folder
        good = try (0..<4).map { try SoakTask.write(to: folder, version: $0, instances: 1 + $0 % 3) }
        bad = try SoakTask.broken.enumerated().map { number, source in
            try SoakTask.write(to: folder, version: 100 + number, instances: 1, broken: source)
        }
        var configuration = HostConfiguration()
        configuration.logger = Logger(label: "soak") { _ in SwiftLogNoOpLogHandler() }
        configuration.condemnedPerTask = 64
        host = try TaskHost(configuration: configuration)
        try await host.load(good[0])
    }

    // MARK: callers

    func call(_ caller: Int, until deadline: ContinuousClock.Instant) async {
        var random = SplitMix(seed: seed &+ UInt64(caller) &* 7919)
        let total = modes.reduce(0) { $0 + $1.weight }
        while ContinuousClock.now < deadline {
            var left = Int.random(in: 0..<total, using: &random)
            let mode = modes.first { mode in
                left -= mode.weight
                return left < 0
            }!
            let request = Request(mode: mode.rawValue, n: Int.random(in: 0..<1_000_000, using: &random))
            counts.withLock { $0.asked += 1 }
            let kind = await ask(mode, request)
            note(mode, kind)
        }
    }

    private func ask(_ mode: SoakMode, _ request: Request) async -> TaskError.Kind? {
        do throws(TaskError) {
            switch mode {
            case .stream: try await readAll(request)
            case .abandon: try await readOne(request)
            case .cancel: try await cancel(request)
            default:
                let result = try await host.run("soak", request, as: Int.self)
                if mode != .count && result != request.n + 1 { return .refused("wrong result \(result)") }
            }
            return nil
        } catch {
            return error.kind
        }
    }

    private func readAll(_ request: Request) async throws(TaskError) {
        var iterator = host.stream("soak", request, of: Int.self).makeAsyncIterator()
        var next = 0
        while let value = try await iterator.next() {
            if value != next { throw TaskError.wrong("\(value) instead of \(next)") }
            next += 1
        }
        if next != request.n % 50 + 1 { throw TaskError.wrong("\(next) values") }
    }

    private func readOne(_ request: Request) async throws(TaskError) {
        var iterator = host.stream("soak", request, of: Int.self).makeAsyncIterator()
        _ = try await iterator.next()
    }

    private func cancel(_ request: Request) async throws(TaskError) {
        let task = Task { () async -> TaskError? in
            do throws(TaskError) {
                _ = try await host.run("soak", request, as: Int.self)
                return nil
            } catch {
                return error
            }
        }
        try? await Task.sleep(for: .microseconds(request.n % 8000))
        task.cancel()
        if let error = await task.value { throw error }
    }

    private func note(_ mode: SoakMode, _ kind: TaskError.Kind?) {
        counts.withLock { counts in
            counts.answered += 1
            counts.byMode[mode.rawValue, default: 0] += 1
            switch kind {
            case .queueFull: counts.queueFull += 1
            case .refused(let why) where why.contains("hang"): counts.refused += 1
            default:
                guard !mode.expects(kind), counts.unexpected.count < 50 else { return }
                counts.unexpected.append("\(mode.rawValue): \(kind.map { "\($0)" } ?? "no error")")
            }
        }
    }

    // MARK: swaps

    func swap(until deadline: ContinuousClock.Instant) async {
        var random = SplitMix(seed: seed ^ 0xABCD)
        while ContinuousClock.now < deadline {
            let isBad = Int.random(in: 0..<10, using: &random) == 0
            let path = (isBad ? bad : good).randomElement(using: &random)!
            do throws(TaskError) {
                try await host.swap("soak", to: path)
                counts.withLock { $0.swaps += 1 }
                if isBad { counts.withLock { $0.unexpected.append("a broken version was swapped in: \(path)") } }
            } catch {
                counts.withLock { counts in
                    counts.refusedSwaps += 1
                    if !isBad { counts.unexpected.append("a good version was refused: \(error)") }
                }
            }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 0..<400, using: &random)))
        }
    }

    // MARK: reports

    func report(until deadline: ContinuousClock.Instant) async {
        while ContinuousClock.now < deadline {
            try? await Task.sleep(for: .seconds(10))
            let resident = Process.residentBytes
            let status = host.status
            let counts = counts.withLock { counts in
                counts.resident.append(resident)
                counts.condemned = max(counts.condemned, status.condemned)
                return counts
            }
            let seconds = (ContinuousClock.now - start).components.seconds
            print(
                "\(seconds) s: \(counts.answered) runs, \(counts.swaps) swaps, \(counts.refusedSwaps) refused, "
                    + "\(status.virtualMachines) VMs, \(status.condemned) hanging, \(resident >> 20) MiB, "
                    + "\(counts.unexpected.count) unexpected")
        }
    }

    /// The last word: true when nothing was lost and nothing unexpected happened.
    func finish() async -> Bool {
        await host.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
        let counts = counts.withLock { $0 }
        print("\nseed \(seed)")
        print("asked \(counts.asked), answered \(counts.answered), lost \(counts.asked - counts.answered)")
        print("swaps \(counts.swaps), broken versions refused \(counts.refusedSwaps)")
        print("queue full \(counts.queueFull), refused while VMs hang \(counts.refused)")
        for (mode, count) in counts.byMode.sorted(by: { $0.key < $1.key }) { print("  \(mode): \(count)") }
        printGrowth(counts.resident)
        counts.unexpected.forEach { print("unexpected: \($0)") }
        return counts.asked == counts.answered && counts.unexpected.isEmpty
    }

    /// Compares the second quarter with the last: the first is warming up.
    private func printGrowth(_ resident: [Int]) {
        let quarter = resident.count / 4
        guard quarter > 0 else { return }
        let early = resident[quarter..<2 * quarter].sorted()[quarter / 2]
        let late = resident.suffix(quarter).sorted()[quarter / 2]
        print("resident: \(early >> 10) KiB in the second quarter, \(late >> 10) KiB in the last")
    }
}

extension TaskError {
    fileprivate static func wrong(_ what: String) -> TaskError {
        TaskError(.refused("wrong result: \(what)"), task: "soak")
    }
}

enum Process {
    /// Resident bytes of this process.
    static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}

/// A small generator with a seed (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
