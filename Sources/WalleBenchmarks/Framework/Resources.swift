internal import Foundation

/// What this process uses.
enum Resources {
    /// Resident bytes that no file backs.
    static var residentBytes: Double {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }) else { return .nan }
        return (line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) } ?? .nan) * 1024
    }

    /// User and system time of all threads so far, in seconds.
    static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// How long the calling thread was ready to run and had no core.
    static var millisecondsWithoutCore: Double {
        let text = (try? String(contentsOfFile: "/proc/thread-self/schedstat", encoding: .utf8)) ?? ""
        return text.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 / 1e6 } ?? 0
    }
}

/// Something a benchmark needs is not as it must be: its figures would mean nothing.
struct BenchmarkError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    static func check(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        guard condition else { throw BenchmarkError(message()) }
    }
}
