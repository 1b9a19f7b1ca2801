import Foundation

/// What this process and its machine have used so far.
struct MachineUsage: Sendable {
    var time: ContinuousClock.Instant
    /// CPU time of the process on all cores, in seconds.
    var processSeconds: Double
    /// Ticks of all cores, and those of them that were not idle. Zero where /proc/stat cannot be read.
    var ticks: Double
    var busyTicks: Double

    static let cores = ProcessInfo.processInfo.activeProcessorCount

    static func now() -> MachineUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let (all, busy) = ticks()
        return MachineUsage(
            time: .now, processSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), ticks: all, busyTicks: busy)
    }

    /// Share of all cores that the process had since `earlier`.
    func processShare(since earlier: MachineUsage) -> Double {
        let wall = Text.seconds(earlier.time.duration(to: time)) * Double(Self.cores)
        return wall > 0 ? (processSeconds - earlier.processSeconds) / wall : 0
    }

    /// Share of all cores that anybody had since `earlier`.
    func machineShare(since earlier: MachineUsage) -> Double {
        ticks > earlier.ticks ? (busyTicks - earlier.busyTicks) / (ticks - earlier.ticks) : 0
    }

    /// Resident memory of the process, in bytes.
    static var residentBytes: Int { status("VmRSS:") }
    /// Its most so far.
    static var peakResidentBytes: Int { status("VmHWM:") }

    private static func status(_ key: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        return (kilobytes ?? 0) * 1024
    }

    private static func ticks() -> (all: Double, busy: Double) {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first ?? ""
        let fields = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard fields.count >= 8 else { return (0, 0) }
        // user nice system idle iowait irq softirq steal; guests are in user already.
        let all = fields.prefix(8).reduce(0, +)
        return (all, all - fields[3] - fields[4])
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
