import Foundation

/// The e-commerce clickstream of retentioneering 5.2.4 (synthetic, 31,106 events), in the order of time.
struct Clickstream: Sendable {
    let events: [ClickEvent]

    enum Problem: Error, CustomStringConvertible {
        case unreadable(String)
        case malformed(line: Int, String)

        var description: String {
            switch self {
            case .unreadable(let path): "\(path) cannot be read; Scripts/fetch-data prints the path of the right file"
            case .malformed(let line, let text): "line \(line) of the log is no event: \(text)"
            }
        }
    }

    /// Reads a CSV file, gzipped or plain.
    init(contentsOf path: String) throws {
        let data = path.hasSuffix(".gz") ? try Self.unzip(path) : FileManager.default.contents(atPath: path)
        guard let data else { throw Problem.unreadable(path) }
        try self.init(csv: String(decoding: data, as: UTF8.self))
    }

    /// - Parameter csv: With a line of column names. The log has no quoted fields.
    init(csv: String) throws {
        let lines = csv.split(separator: "\n")
        let names = lines.first.map { $0.split(separator: ",", omittingEmptySubsequences: false) } ?? []
        let columns = ["user_id", "event", "timestamp", "platform"].compactMap { names.firstIndex(of: $0[...]) }
        guard columns.count == 4 else { throw Problem.malformed(line: 1, lines.first.map(String.init) ?? "") }
        let rows = try lines.dropFirst().enumerated().map { number, line in
            guard let event = Self.event(line, columns) else { throw Problem.malformed(line: number + 2, String(line)) }
            return (number, event)
        }
        events = rows.sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
    }

    /// From the first event to one day after the last: how much later each replay is than the one before.
    var span: Double { (events.last?.time ?? 0) - (events.first?.time ?? 0) + 86400 }

    private static func event(_ line: Substring, _ columns: [Int]) -> ClickEvent? {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        guard columns.allSatisfy({ $0 < fields.count }), let time = time(fields[columns[2]]) else { return nil }
        return ClickEvent(
            user: String(fields[columns[0]]), event: String(fields[columns[1]]), time: time,
            platform: String(fields[columns[3]]))
    }

    /// Seconds since 1970 of `2024-03-13 10:21:14`.
    static func time(_ text: Substring) -> Double? {
        let parts = text.split { "- :".contains($0) }.compactMap { Int($0) }
        guard parts.count == 6 else { return nil }
        // Days from civil: years begin in March, so that leap days come last.
        let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
        let month = (parts[1] + 9) % 12
        let dayOfYear = (153 * month + 2) / 5 + parts[2] - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        return Double(((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5])
    }

    private static func unzip(_ path: String) throws -> Data? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "--decompress", "--stdout", path]
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }
}
