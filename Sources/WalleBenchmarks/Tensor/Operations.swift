internal import Foundation

/// The operations of `Peers/operations`, ours beside NumPy's.
enum Operations {
    static func run(_ plan: Plan) async throws -> Outcome {
        let sides = try await ArraySides(plan)
        let cases = try await sides.ours.cases(of: "operations").enumerated().filter { plan.includes($0.element) }
        try BenchmarkError.check(!cases.isEmpty, "no operation or family is called so")
        var comparisons: [Comparison] = []
        for (done, (index, operation)) in cases.enumerated() {
            if done % 50 == 0 { report("\(done) of \(cases.count)") }
            comparisons.append(try await sides.compare("operations", index, operation, plan))
        }
        // They were taken by size. The sort is stable.
        comparisons.sort { ($0.family, $0.title, $0.dtype) < ($1.family, $1.title, $1.dtype) }
        return Outcome(
            measurements: sides.peers.isEmpty ? [] : Means(comparisons).measurements, comparisons: comparisons,
            notes: notes(comparisons, sides, plan))
    }

    private static func report(_ text: String) { FileHandle.standardError.write(Data("  \(text)\n".utf8)) }

    private static func notes(_ comparisons: [Comparison], _ sides: ArraySides, _ plan: Plan) -> [String] {
        let settings = [
            sides.note,
            """
            threads: \(plan.threads), by WALLE_THREADS and OPENBLAS_NUM_THREADS; \
            \(ArrayClock(threads: plan.threads).rawValue) time
            """,
        ]
        guard !sides.peers.isEmpty else { return settings + problems(comparisons, "failed or missing:") }
        return settings + slow(comparisons, "below 0.9 times NumPy's speed", 0..<0.9)
            + slow(comparisons, "from 0.9 to 1 times NumPy's speed", 0.9..<1)
            + problems(comparisons, "without a result that agrees with NumPy's; all others agree:")
    }

    private static func slow(_ comparisons: [Comparison], _ title: String, _ range: Range<Double>) -> [String] {
        let found = comparisons.compactMap { each in each.speed.map { (each, $0) } }.filter { range.contains($0.1) }
        let lines = found.sorted { $0.1 < $1.1 }.map { each, speed in
            "  \(Figure.text(speed))  \(each.title), \(each.dtype), \(each.size)"
        }
        return ["", "\(found.count) \(title):"] + lines
    }

    /// One line for all types and sizes that have the same one.
    private static func problems(_ comparisons: [Comparison], _ title: String) -> [String] {
        let found = comparisons.filter { $0.problem != nil }
        let groups = Dictionary(grouping: found) { "\($0.title): \($0.problem ?? "")" }
        let lines = groups.map { text, cases in
            "  \(text) [\(cases.map { "\($0.dtype) \($0.size)" }.joined(separator: ", "))]"
        }
        return ["", "\(found.count) \(title)"] + lines.sorted()
    }
}

extension Plan {
    /// Whether the operation is one that was asked for.
    func includes(_ operation: ArrayCase) -> Bool {
        operations.isEmpty || operations.contains { $0 == operation.name || $0 == operation.family }
    }
}
