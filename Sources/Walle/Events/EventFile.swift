internal import WalleStreams

/// What a host took of a file.
public struct SentFile: Sendable, Hashable {
    /// The places of its events among all of the host.
    public var events: Range<Int64>
    /// Lines that gave no event.
    public var badLines: Int64 = 0
    /// The first of these, each with its number, what is wrong with it, and how it begins.
    public var samples: [String] = []
    /// Values that were null, as they were of another type than the schema says; they are among the free attributes.
    public var unfit: Int64 = 0
}

extension TaskHost {
    /// Takes the events of a file, in the order in which they are there: JSON lines or CSV, compressed by gzip or not, as its
    /// name says. The names of the schema are what the file calls them; whatever else a line has is a free attribute.
    ///
    /// Events go in columns from the file to triggers and streams. While too many triggered runs wait for their tasks, it
    /// waits as well. A line that is no event is counted and passed over.
    ///
    /// - Parameters:
    ///   - timeUnit: Of times that are numbers.
    ///   - place: Of the file's first event among all events of the host, when it may have been taken in part, as after a
    ///     crash: those that were taken are left out. Nil: all of them are new.
    /// - Throws: `StreamError` when the file cannot be read or, after some of its events, when the store is full of what it
    ///   cannot write: send it again then, with its place.
    @discardableResult
    public func send(
        contentsOf path: String, timeUnit: EventTimeUnit = .microseconds, at place: Int64? = nil
    ) async throws(StreamError) -> SentFile {
        let file = try intake.open(path, timeUnit, at: place)
        while let block = try file.blocks.next() {
            while !intake.hasRoom { try await Self.pause() }
            try intake.take(block, of: file)
        }
        return try intake.finish(file)
    }

    private static func pause() async throws(StreamError) {
        do { try await Task.sleep(for: .milliseconds(2)) } catch {
            throw StreamError(
                .input, "the sending of a file was cancelled",
                remedy: "Send it again with the place of its first event: what was taken is left out.")
        }
    }
}

/// A file that is being sent, by one sender.
final class EventFile: @unchecked Sendable {
    private static let blockBytes = 128 << 10
    /// Bad lines that are told one by one.
    static let mostSamples = 20

    let blocks: FileBlocks
    let input: EventInput
    var sent: SentFile
    /// Whether events that the host has already are left out.
    let isAgain: Bool

    /// - Parameter texts: Those of the engine, with whose lock the input is used.
    init(
        _ path: String, _ source: StreamSource, _ texts: TextDictionary, _ options: IngestOptions, first: Int64,
        isAgain: Bool
    ) throws(StreamError) {
        blocks = try FileBlocks(path, blockBytes: Self.blockBytes, field: "path")
        self.isAgain = isAgain
        input = try EventInput(
            try InputFormat(fileName: path), schema: source.schema, texts: texts, options: options, offset: first)
        sent = SentFile(events: first..<first)
    }

    func noteBadLines() {
        for line in input.takeBadLines() where sent.samples.count < Self.mostSamples {
            sent.samples.append("line \(line.line): \(line.reason): \(line.text)")
        }
        sent.badLines = input.badLines.lineCount
        sent.unfit = input.badLines[.otherType]
    }
}
