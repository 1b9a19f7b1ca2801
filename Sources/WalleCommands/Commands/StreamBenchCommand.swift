package import ArgumentParser
internal import Foundation
internal import Walle
internal import WalleStreams
internal import WalleText

/// `walle stream bench`: how fast streams take an input.
package struct StreamBenchCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast the streams of a definition take a file of events.",
        discussion: """
            Reads the events once, puts them in the order of their times, and runs each stream and pattern again and again on \
            one thread, from memory. Tells the events a second of the median round, without and with reading. Example: walle \
            stream bench hourly.toml --input clicks.csv.gz
            """)

    @Argument(help: "The file with the definitions, in TOML.")
    var file: String

    @Option(help: "The file with the events.")
    var input: String

    @Option(help: "Only the stream or pattern of this name.")
    var stream: String?

    @Option(help: "How often each is run.")
    var rounds = 5

    package init() {}

    package func validate() throws {
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds is between 1 and 1000.") }
    }

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        do {
            let file = try StreamFile(file)
            var table = Table(titles: ["stream", "events", "rows", "events/s", "with reading", "state"])
            let names = try file.processors(named: stream, texts: TextDictionary()).map(\.name)
            for name in names { table.add(cells: try measure(name, file)) }
            console.print(table.text)
            return .success
        } catch let error as PackageError.Problem {
            console.say("\(error)")
            return .badPackage
        } catch let error as StreamError {
            console.say("\(error)")
            return .failure
        }
    }

    private func measure(_ name: String, _ file: StreamFile) throws -> [String] {
        let texts = TextDictionary()
        var options = IngestOptions()
        options.futureBound = nil
        let source = try processor(name, file, texts).source
        var waiting: [EventBatch] = []
        let begin = ContinuousClock.now
        _ = try EventInput.read(file: input, schema: source.schema, texts: texts, options: options) {
            (batch: EventBatch) throws(StreamError) in waiting.append(batch)
        }
        let batches = try TimeOrder.sorted(waiting)
        let reading = begin.duration(to: .now)
        let events = batches.reduce(0) { $0 + $1.count }
        var times: [Duration] = []
        var (rows, bytes) = (0, 0)
        for _ in 0..<rounds {
            let processor = try processor(name, file, texts)
            rows = 0
            let begin = ContinuousClock.now
            for batch in batches { rows += try processor.process(batch).reduce(0) { $0 + $1.count } }
            bytes = processor.byteCount
            rows += try processor.advance(to: .max).reduce(0) { $0 + $1.count }
            times.append(begin.duration(to: .now))
        }
        let median = times.sorted()[rounds / 2]
        return [
            name, "\(events)", "\(rows)", Self.rate(events, median), Self.rate(events, median + reading),
            Quantity.text(bytes: bytes),
        ]
    }

    private func processor(
        _ name: String, _ file: StreamFile, _ texts: TextDictionary
    ) throws -> any EventProcessor {
        let all = try file.processors(named: name, texts: texts)
        return all.first { $0.name == name } ?? all[0]
    }

    private static func rate(_ events: Int, _ time: Duration) -> String {
        let rate = Double(events) / max(time / .seconds(1), 1e-9)
        return rate >= 1e6 ? String(format: "%.1f M", rate / 1e6) : String(format: "%.0f k", rate / 1e3)
    }
}
