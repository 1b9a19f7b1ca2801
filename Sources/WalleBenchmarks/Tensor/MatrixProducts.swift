internal import CWalleBenchmarks

/// Matrix products of ours and of NumPy's OpenBLAS, beside what one core can do at most.
enum MatrixProducts {
    static func run(_ plan: Plan) async throws -> Outcome {
        let sides = try await ArraySides(plan)
        var outcome = Outcome(notes: [sides.note])
        var (peaks, products) = ([String: Samples](), [(dtype: String, Measurement)]())
        for (index, operation) in try await sides.ours.cases(of: "gemm").enumerated() {
            let before = peak(operation.dtype)
            let comparison = try await sides.compare("gemm", index, operation, plan)
            // Whatever else the machine does only takes from the peak.
            let highest = max(before, peak(operation.dtype))
            peaks[operation.dtype, default: Samples()].add(highest)
            products.append((operation.dtype, measurement(comparison, highest, plan)))
            outcome.comparisons.append(comparison)
            outcome.notes += comparison.problem.map { ["\(operation.title): \($0)"] } ?? []
        }
        for (dtype, samples) in peaks.sorted(by: { $0.key < $1.key }) {
            let title = "FMA peak of one core, \(dtype)"
            outcome.measurements.append(Measurement(title, samples.median, "GFLOP/s", note: samples.spread))
            outcome.measurements += products.filter { $0.dtype == dtype }.map(\.1)
        }
        return outcome
    }

    /// GFLOP/s of fused multiply-adds that never leave the registers.
    private static func peak(_ dtype: String) -> Double {
        let rounds = 500_000
        let rates = (0..<5).map { _ in
            let start = Clock.threadSeconds
            let operations = walle_bench_fused(dtype == "float64" ? 1 : 0, rounds)
            return operations / (Clock.threadSeconds - start) / 1e9
        }
        return Samples(rates).median
    }

    private static func measurement(_ comparison: Comparison, _ peak: Double, _ plan: Plan) -> Measurement {
        let dimensions = comparison.size.split(separator: "×").compactMap { Double($0) }
        let work = 2 * dimensions.reduce(1, *)
        func rate(_ nanoseconds: Double?) -> Double? { nanoseconds.map { work / $0 } }
        func share(_ rate: Double?) -> String { "\(Figure.text(rate.map { $0 / peak * 100 })) %" }

        let (ours, theirs) = (rate(comparison.nanoseconds), rate(comparison.peerNanoseconds))
        // The products that must be no slower than OpenBLAS's: squares of 128 and more, on one thread.
        let isSquare = Set(dimensions).count == 1 && plan.threads == 1
        let settings = comparison.peers.sorted { $0.key < $1.key }.map { "\($0.key) \(Figure.text(rate($0.value)))" }
        return Measurement(
            "\(comparison.dtype == "float32" ? "SGEMM" : "DGEMM") \(comparison.size)", ours, "GFLOP/s",
            peer: theirs.map { .init("NumPy's OpenBLAS", $0) }, target: isSquare ? theirs.map { .atLeast($0) } : nil,
            note: "\(share(ours)) of the peak, OpenBLAS \(share(theirs)); \(settings.joined(separator: ", "))")
    }
}
