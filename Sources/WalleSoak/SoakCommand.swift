internal import ArgumentParser
internal import Foundation
internal import Walle

/// Runs random tasks, swaps, stops and faults for a long time, and says whether anything was lost or grew.
@main struct SoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walle-soak", abstract: "Random runs, swaps, stops and faults from a seed.")

    @Option(help: "How long, in minutes.") var minutes = 20.0
    @Option(help: "The seed of everything random; printed at the start.") var seed: UInt64?
    @Option(help: "Callers at a time.") var callers = 6
    @Option(help: "Only these modes, separated by commas.") var modes = ""
    @Flag(help: "Swap no versions.") var still = false

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        print("seed \(seed), \(minutes) minutes, \(callers) callers")
        let chosen = modes.split(separator: ",").compactMap { SoakMode(rawValue: String($0)) }
        let soak = try await Soak(seed: seed, modes: chosen.isEmpty ? SoakMode.allCases : chosen)
        let deadline = ContinuousClock.now + .seconds(minutes * 60)
        await withTaskGroup { group in
            for caller in 0..<callers { group.addTask { await soak.call(caller, until: deadline) } }
            if !still { group.addTask { await soak.swap(until: deadline) } }
            group.addTask { await soak.report(until: deadline) }
        }
        let isGood = await soak.finish()
        throw isGood ? ExitCode.success : ExitCode.failure
    }
}
