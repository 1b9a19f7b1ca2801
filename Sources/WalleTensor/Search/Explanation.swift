internal import CWalleKernels

/// What the search thought of one execution of an operator.
package struct Explanation: Sendable {
    package struct Row: Sendable {
        package let candidate: String
        package let predictedNanoseconds: Double
        /// nil when it was not asked for.
        package let measuredNanoseconds: Double?
        package let isChosen: Bool
    }

    package internal(set) var operation: String
    /// The choice first, then in the order of what was predicted.
    package let rows: [Row]

    /// How much longer the choice took than the best of them; 1 at best, nil when nothing was measured.
    package var loss: Double? {
        guard let chosen = rows.first(where: \.isChosen)?.measuredNanoseconds,
            let best = rows.compactMap(\.measuredNanoseconds).min()
        else { return nil }
        return chosen / best
    }

    /// - Parameter isMeasured: Executes every candidate some times.
    init(_ operation: String, _ problem: some SearchProblem, isMeasured: Bool) {
        self.operation = operation
        let speeds = MethodSearch.speeds
        let chosen = MethodSearch.choice(problem)
        let candidates = problem.candidates.sorted {
            $0 == chosen || $1 != chosen && problem.nanoseconds($0, speeds) < problem.nanoseconds($1, speeds)
        }
        let measured = isMeasured ? Self.measure(problem, candidates) : []
        rows = candidates.enumerated().map { index, candidate in
            Row(
                candidate: "\(candidate)", predictedNanoseconds: problem.nanoseconds(candidate, speeds),
                measuredNanoseconds: isMeasured ? measured[index] : nil, isChosen: candidate == chosen)
        }
    }

    /// The least time of each candidate, which take turns so that what else the machine does meets all.
    ///
    /// With one thread they are measured in CPU time, which others on the machine disturb less; else by the clock on the
    /// wall.
    private static func measure(_ problem: some SearchProblem, _ candidates: [Candidate]) -> [Double] {
        var best = [Double](repeating: .infinity, count: candidates.count)
        var loops = [Int](repeating: 1, count: candidates.count)
        let clock = ThreadPool.shared.threadCount > 1 ? walle_thread_nanoseconds : walle_thread_cpu_nanoseconds
        for round in 0..<4 {
            for (index, candidate) in candidates.enumerated() {
                // What the candidate before left in the caches is not this one's merit.
                if round > 0 { problem.run(candidate) }
                let start = clock()
                for _ in 0..<loops[index] { problem.run(candidate) }
                let nanoseconds = Double(clock() - start) / Double(loops[index])
                // The first round warms up, and tells how often to repeat what is short.
                if round == 0 {
                    loops[index] = Int((leastNanoseconds / max(nanoseconds, 1)).clamped(to: 1...10000))
                } else {
                    best[index] = min(best[index], nanoseconds)
                }
            }
        }
        return best
    }

    /// Of a measurement: more than the clock's error.
    private static let leastNanoseconds = 50_000.0
}
