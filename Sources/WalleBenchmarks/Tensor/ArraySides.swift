internal import Foundation

/// Ours and NumPy in its settings, which take turns.
struct ArraySides: Sendable {
    let ours: WalleSide
    /// As installed first; empty when there is no NumPy.
    let peers: [NumPySide]

    init(_ plan: Plan) async throws {
        ours = try await WalleSide(ArrayClock(threads: plan.threads))
        guard let interpreter = plan.numpy else {
            peers = []
            return
        }
        let installed = try await NumPySide(interpreter: interpreter, threads: plan.threads, core: nil)
        var sides = [installed]
        // Where it finds that by itself, the better of two equal settings would be the luckier one.
        if Environment.hasAVX512, installed.core != "SkylakeX" {
            sides.append(try await NumPySide(interpreter: interpreter, threads: plan.threads, core: "SkylakeX"))
        }
        peers = sides
    }

    /// What the figures were taken beside.
    var note: String {
        guard let first = peers.first else {
            return "NumPy could not be had: the figures are ours alone. Scripts/bench installs it from PyPI."
        }
        let settings = peers.map { "\($0.name) (OpenBLAS for \($0.core))" }.joined(separator: ", ")
        let choice = peers.count == 1 ? "OpenBLAS finds the right core by itself" : "the faster setting counts"
        return "NumPy \(first.version): \(settings); \(choice)"
    }

    /// Times one case, the sides in turn.
    func compare(_ list: String, _ index: Int, _ operation: ArrayCase, _ plan: Plan) async throws -> Comparison {
        let milliseconds = plan.isQuick ? 4.0 : 20
        async let prepared = ours.prepare(list, index)
        let others = try await prepareAll(list, index)
        let mine = try await prepared
        let isOurs = mine.missing == nil && mine.failure == nil
        if isOurs { try await ours.calibrate(milliseconds: milliseconds) }
        for peer in peers { try await peer.calibrate(milliseconds: milliseconds) }

        var (times, theirs) = (Samples(), peers.map { _ in Samples() })
        for _ in 0..<plan.rounds {
            if isOurs { times.add(try await ours.measure()) }
            for (place, peer) in peers.enumerated() { theirs[place].add(try await peer.measure()) }
        }
        if isOurs { try await ours.finish() }
        for peer in peers { try await peer.finish() }
        let medians = zip(peers, theirs).map { ($0.name, $1.median) }
        return operation.compared(
            isOurs ? times.median : nil, peers: Dictionary(medians) { first, _ in first },
            problem: Self.problem(mine, others.first, operation))
    }

    private func prepareAll(_ list: String, _ index: Int) async throws -> [Preparation] {
        var all: [Preparation] = []
        for peer in peers {
            let prepared = try await peer.prepare(list, index)
            if let failure = prepared.failure ?? prepared.missing {
                throw BenchmarkError("NumPy cannot do case \(index) of \(list): \(failure)")
            }
            all.append(prepared)
        }
        return all
    }

    private static func problem(_ ours: Preparation, _ theirs: Preparation?, _ operation: ArrayCase) -> String? {
        if let missing = ours.missing { return "missing: \(missing)" }
        if let failure = ours.failure { return "failed: \(failure)" }
        return theirs.flatMap { ours.difference(from: $0, tolerance: operation.tolerance) }.map { "WRONG: \($0)" }
    }
}
