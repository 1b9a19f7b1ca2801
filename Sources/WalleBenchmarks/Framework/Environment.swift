internal import Foundation
internal import WallePython

/// The machine and the versions that figures were taken with.
struct Environment: Codable, Sendable {
    var processor: String
    var cores: Int
    var memoryGigabytes: Double
    var kernel: String
    var system: String
    var swift: String
    var python: String
    var configuration: String
    var settings: String
    /// Runnable threads over the last minute, before and after.
    var loadBefore: Double
    var loadAfter: Double?
    var started: String

    static func present(_ plan: Plan) throws -> Environment {
        Environment(
            processor: field("model name", in: "/proc/cpuinfo") ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memoryGigabytes: (Double(ProcessInfo.processInfo.physicalMemory) / 1e8).rounded() / 10,
            kernel: kernelRelease,
            system: ProcessInfo.processInfo.operatingSystemVersionString,
            swift: firstLine(of: "/usr/bin/env", "swift", "--version"),
            python: firstLine(of: try PeerProcess.interpreter(), "--version"),
            configuration: isDebug ? "debug: figures mean nothing" : "release",
            settings: "\(plan.isQuick ? "quick" : "full"), medians of \(plan.rounds) rounds, ours and peers in turn",
            loadBefore: load, loadAfter: nil,
            started: Date.now.ISO8601Format())
    }

    static var load: Double {
        var loads = [0.0, 0.0, 0.0]
        getloadavg(&loads, 3)
        return (loads[0] * 100).rounded() / 100
    }

    var lines: [String] {
        [
            "\(processor), \(cores) cores, \(memoryGigabytes) GB; \(system), Linux \(kernel)",
            swift, "\(python); peers run on it too",
            "\(configuration); \(settings); load \(loadBefore) before, \(loadAfter.map { "\($0)" } ?? "–") after; \(started)",
        ]
    }

    /// Whether the processor has the vectors of 512 bits that OpenBLAS calls SkylakeX.
    static var hasAVX512: Bool {
        let flags = Set((field("flags", in: "/proc/cpuinfo") ?? "").split(separator: " "))
        return flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"])
    }

    private static var isDebug: Bool {
        #if DEBUG
            true
        #else
            false
        #endif
    }

    private static var kernelRelease: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    private static func field(_ name: String, in file: String) -> String? {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    private static func firstLine(of program: String, _ arguments: String...) -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "unknown" }
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").first.map(String.init) ?? "unknown"
    }
}
