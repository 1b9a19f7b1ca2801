internal import Walle
internal import WallePython

/// Writes results, errors, progress and the summary of `walle run`.
struct RunReport {
    let console: Console
    let options: CommonOptions
    let total: Int?
    /// Whether a failed run gives a line of results, so that lines of input and output go together.
    let showsErrorLines: Bool
    var summary = RunSummary()
    var profile: ProfileTable?

    private let began = ContinuousClock.now
    private let progress: ProgressBar
    /// More errors than this say nothing new.
    private static let mostErrors = 10

    init(console: Console, options: CommonOptions, total: Int?, showsErrorLines: Bool) {
        self.console = console
        self.options = options
        self.total = total
        self.showsErrorLines = showsErrorLines
        progress = ProgressBar(on: console)
    }

    mutating func receive(_ outcome: RunBatch.Outcome, isFirstPass: Bool) {
        // Ended by a person, who knows.
        if Task.isCancelled, case .failure = outcome.result { return }
        summary.runs += 1
        summary.latencies.add(nanoseconds: outcome.duration.nanoseconds)
        switch outcome.result {
        case .success(let line):
            if isFirstPass { console.print(line.text) }
        case .failure(let problem):
            summary.failed += 1
            if summary.failed <= Self.mostErrors { console.say(problem.description) }
            if isFirstPass, showsErrorLines { console.print(JSONText.text(of: ["error": problem.value])) }
        }
        if total != nil || showsErrorLines, !options.quiet {
            progress.update(done: summary.runs, of: total, failed: summary.failed)
        }
    }

    /// Takes the time: what follows is not the runs'.
    mutating func runsEnded() {
        progress.clear()
        summary.elapsed = began.duration(to: .now)
        summary.isInterrupted = Task.isCancelled
    }

    mutating func finish() {
        if summary.failed > Self.mostErrors {
            console.say("… and \(ProgressBar.grouped(summary.failed - Self.mostErrors)) more failed")
        }
        if let profile { console.say(options.format == .json ? profile.json : profile.text) }
        guard !options.quiet else { return }
        switch options.format {
        case .json: console.say(summary.json)
        case .table:
            // One value gives one line, and nothing is to be said of it but the line.
            if summary.runs > 1 || summary.profilePath != nil { console.say(summary.line) }
        }
    }
}
