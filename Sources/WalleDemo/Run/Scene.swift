import Walle

/// Something that happens once, at a share of the demo's length.
struct Scene: Sendable {
    let share: Double
    let play: @Sendable (Stage) async -> Void
}

extension Scene {
    /// The swap is half way; what misbehaves comes before and after it.
    static let all = [
        Scene(share: 0.10) { await hang("loop", "it computes for ever", on: $0) },
        Scene(share: 0.20) { await eat("bytes", "it takes blocks of a megabyte", on: $0) },
        Scene(share: 0.30) { await hang("swallow", "it catches every exception that should stop it", on: $0) },
        Scene(share: 0.40) { await eat("lists", "it takes many small objects", on: $0) },
        Scene(share: 0.50) { await swap(on: $0) },
        Scene(share: 0.65) { await hang("sleep", "it waits in a system call", on: $0) },
        Scene(share: 0.75) { await hang("native", "it sits in a C call that nothing can interrupt", on: $0) },
    ]

    /// Plays the scenes in order, each at its time or, on a slow machine, when the one before is over.
    static func playAll(on stage: Stage) async {
        for scene in all {
            try? await Task.sleep(until: stage.begin + stage.length * scene.share)
            await scene.play(stage)
        }
        try? await Task.sleep(until: stage.end)
        stage.curtain.fall()
    }

    private static func hang(_ mode: String, _ what: String, on stage: Stage) async {
        stage.say("runaway is called with mode \"\(mode)\": \(what)")
        await misbehave("runaway", mode, .time, on: stage)
    }

    private static func eat(_ mode: String, _ what: String, on stage: Stage) async {
        stage.say("hungry is called with mode \"\(mode)\": \(what)")
        await misbehave("hungry", mode, .memory, on: stage)
    }

    /// A run that is to be stopped, then one that is to be answered as if nothing had been.
    private static func misbehave(_ task: String, _ mode: String, _ limit: TaskError.Limit, on stage: Stage) async {
        let stopped: Finished? = await stage.ledger.book(task, expecting: .stop(limit)) {
            () async throws(TaskError) in try await stage.host.run(task, Behaviour(mode: mode))
        }
        guard stopped == nil else { return }
        let next: Finished? = await stage.ledger.book(task) {
            () async throws(TaskError) in try await stage.host.run(task, Behaviour(mode: "ok"))
        }
        if next != nil { stage.screen.tell("the next run of \(task) is answered") }
    }

    private static func swap(on stage: Stage) async {
        stage.say("next-action is swapped to 1.1.0 while it runs; what it learned goes with it")
        let begin = ContinuousClock.now
        do throws(TaskError) {
            try await stage.host.swap("next-action", to: stage.package("next-action-1.1"))
            stage.screen.tell("swapped after \(Text.duration(begin.duration(to: .now))), examples checked")
        } catch {
            stage.ledger.note("the swap failed: \(error)")
        }
    }
}
