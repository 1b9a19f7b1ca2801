internal import WalleText
internal import Walle
internal import WallePython

/// Where the time of a profile goes: each function's own share and that of what it calls.
struct ProfileTable: Sendable {
    struct Row: Sendable {
        var frame: StackProfile.Frame
        /// Shares of all ticks, 0…1.
        var own: Double
        var total: Double
    }

    let rows: [Row]
    private let sampled: Duration
    /// The rest is in the flame graph.
    private static let mostRows = 20

    init(_ profile: StackProfile) {
        var own: [StackProfile.Frame: Int] = [:]
        var total: [StackProfile.Frame: Int] = [:]
        for (stack, ticks) in profile.stacks {
            if let leaf = stack.last { own[leaf, default: 0] += ticks }
            // A recursive function is on the stack many times, and its time passed once.
            for frame in Set(stack) { total[frame, default: 0] += ticks }
        }
        let all = Double(max(1, profile.ticks))
        rows = total.map { Row(frame: $0, own: Double(own[$0] ?? 0) / all, total: Double($1) / all) }
            .sorted { ($1.own, $1.total, $0.frame) < ($0.own, $0.total, $1.frame) }
        sampled = profile.interval * profile.ticks
    }

    var text: String {
        guard !rows.isEmpty else { return "no samples: the runs took less than a millisecond together; try --repeat" }
        var table = Table(">self", ">total", "function", "where")
        for row in rows.prefix(Self.mostRows) {
            table.add(Self.percent(row.own), Self.percent(row.total), row.frame.function, row.frame.place)
        }
        let rest = rows.count - Self.mostRows
        return table.text + (rest > 0 ? "\n… and \(rest) more functions" : "") + "\n\(Quantity.text(sampled)) sampled"
    }

    var json: String {
        JSONText.text(
            of: .array(
                rows.map { row in
                    [
                        "function": .string(row.frame.function), "file": .string(row.frame.file),
                        "line": .integer(row.frame.line), "self": .double(row.own), "total": .double(row.total),
                    ]
                }))
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
