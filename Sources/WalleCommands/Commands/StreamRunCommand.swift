package import ArgumentParser
internal import Walle
internal import WalleStreams

/// `walle stream run`: the rows that streams give for an input.
package struct StreamRunCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the streams of a definition on a file of events.",
        discussion: """
            The input is JSON lines or CSV by the ending of its name, .jsonl or .csv, perhaps with .gz. Its events are put \
            in the order of their times first, unless --as-is says to take them as they come. Rows go to standard output; \
            what was late or could not be read is told at the end. Example: walle stream run hourly.toml --input clicks.csv.gz
            """)

    @Argument(help: "The file with the definitions, in TOML.")
    var file: String

    @Option(help: "The file with the events.")
    var input: String

    @Option(help: "Run only the stream or pattern of this name.")
    var stream: String?

    @Option(help: "What a time counts that is a number: s, ms, us or ns.")
    var timeUnit = "us"

    @Flag(help: "Take the events in the order of the file.")
    var asIs = false

    @Option(help: "Keep rows and state in this SQLite file, and go on where they stopped. Implies --as-is.")
    var store: String?

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        do {
            var options = IngestOptions()
            guard let unit = EventTimeUnit(rawValue: timeUnit) else {
                throw ValidationError("--time-unit \(timeUnit): take s, ms, us or ns")
            }
            options.timeUnit = unit
            // A file is history: no time in it is ahead of a clock that matters.
            options.futureBound = nil
            if let store { return try replay(try StreamFile(file), into: store, options, console) }
            let texts = TextDictionary()
            for processor in try StreamFile(file).processors(named: stream, texts: texts) {
                try replay(processor, texts, options, console)
            }
            return .success
        } catch let error as PackageError.Problem {
            console.say("\(error)")
            return .badPackage
        } catch let error as StreamError {
            console.say("\(error)")
            return .failure
        }
    }

    private func replay(
        _ processor: any EventProcessor, _ texts: TextDictionary, _ options: IngestOptions, _ console: Console
    ) throws(StreamError) {
        var output = RowOutput(processor.columns, texts: texts, format: common.format, console: console)
        let replay = StreamReplay(processor, inOrderOfTime: !asIs)
        let input = try replay.run(file: input, texts: texts, options) { output.append($0) }
        output.end()
        if !common.quiet { tell(processor, replay, input, console) }
    }

    /// Each stream and pattern goes on where the store has it.
    private func replay(
        _ file: StreamFile, into path: String, _ options: IngestOptions, _ console: Console
    ) throws -> CommandStatus {
        let store = try StreamStore(path: path)
        for definition in try file.parts(named: stream) {
            let durable = try definition.open(in: store)
            var output = RowOutput(durable.columns, texts: durable.texts, format: common.format, console: console)
            let start = durable.position
            let replay = StoredReplay(durable) { IngestOptions.systemClock() }
            let input = try replay.run(file: self.input, options) { output.append($0) }
            output.end()
            guard !common.quiet else { continue }
            console.say("\(durable.name): \(replay.eventCount) events from \(start) on, \(replay.rowCount) rows")
            tell(late: durable.lateCount, of: Int(durable.position), console)
            tell(dropped: durable.droppedCount, evicted: durable.evictedCount, console)
            tell(input, console)
        }
        return .success
    }

    /// More late events than this share are worth a word.
    private static let muchLate = 0.01

    private func tell(
        _ processor: any EventProcessor, _ replay: StreamReplay, _ input: EventInput, _ console: Console
    ) {
        console.say("\(processor.name): \(replay.eventCount) events, \(replay.rowCount) rows")
        tell(late: processor.lateCount, of: replay.eventCount, console)
        tell(dropped: processor.droppedCount, evicted: processor.evictedCount, console)
        tell(input, console)
    }

    private func tell(late: Int, of count: Int, _ console: Console) {
        if Double(late) > Self.muchLate * Double(count) {
            console.say("\(late) events came too late. Give the source a longer delay.")
        } else if late > 0 {
            console.say("\(late) events came too late.")
        }
    }

    /// What the limit of groups cost.
    private func tell(dropped: Int, evicted: Int, _ console: Console) {
        if dropped > 0 { console.say("\(dropped) events were left out, as there were too many groups.") }
        if evicted > 0 {
            console.say("\(evicted) groups or partial matches were given up early, as there were too many.")
        }
        if dropped + evicted > 0 { console.say("Raise the limit of the stream, or filter the keys.") }
    }

    private func tell(_ input: EventInput, _ console: Console) {
        let bad = input.badLines
        if bad.lineCount > 0 { console.say("\(bad.lineCount) lines gave no event:") }
        for reason in BadLine.Reason.allCases where bad[reason] > 0 { console.say("  \(bad[reason]) \(reason)") }
        for line in input.takeBadLines().prefix(3) { console.say("  line \(line.line): \(line.text)") }
        for name in input.missingNames { console.say("the header has no field \"\(name)\": its values are null") }
    }
}
