import Foundation
import Testing

@testable import WalleStreams

@Suite struct EventInputTests {
    /// `event,timestamp,user`, a line feed, `a,1,2`, a line feed, `b,0,x`, by gzip.
    static let compressed: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 45, 75, 205, 43, 209, 41, 201, 204, 77, 45, 46, 73, 204,
        45, 208, 41, 45, 78, 45, 226, 74, 212, 49, 212, 49, 226, 74, 210, 49, 208, 169, 0, 0, 251, 190, 242, 82, 32, 0,
        0, 0,
    ]

    static func withFile<Result>(
        _ name: String, _ bytes: [UInt8], _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return try body(file.path)
    }

    static func read(_ name: String, _ bytes: [UInt8]) throws -> (events: [Event], input: EventInput) {
        try withFile(name, bytes) { path in
            var events: [Event] = []
            let input = try EventInput.read(
                file: path, schema: ingestSchema, texts: TextDictionary(), options: .timeless()
            ) { batch in
                events += (0..<batch.count).map(batch.event(at:))
            }
            return (events, input)
        }
    }

    @Test func readsFilesByTheirNames() throws {
        let expected = [Event("a", time: 1, attributes: ["user": .int(2)]), Event("b", time: 0)]
        let csv = try Self.read("x.csv", Array("event,timestamp,user\na,1,2\nb,0,x".utf8))
        #expect(csv.events == expected && csv.input.missingNames == ["page", "price", "shop", "gift", "seen"])
        let gzip = try Self.read("x.csv.gz", Self.compressed)
        #expect(gzip.events == expected && gzip.input.badLines[.otherType] == 1 && gzip.input.unfitCount("user") == 1)
        let lines = "{\"event\":\"a\",\"timestamp\":1,\"user\":2}\nx\n{\"event\":\"b\",\"timestamp\":0}"
        let json = try Self.read("x.ndjson", Array(lines.utf8))
        #expect(json.events == expected && json.input.takeBadLines().map(\.text) == ["x"])
        #expect(try Self.read("empty.csv", []).events.isEmpty)
    }

    @Test func tellsWhatIsWrong() throws {
        func message(_ name: String, _ bytes: [UInt8]) -> String {
            do {
                _ = try Self.read(name, bytes)
                return ""
            } catch { return String(describing: error) }
        }
        #expect(message("x.csv", Array("event,timestmp\na,1\n".utf8)).contains("Did you mean \"timestmp\"?"))
        #expect(message("x.csv", Array("a,timestamp".utf8)).contains("It has: a, timestamp."))
        #expect(message("x.csv.gz", Array(Self.compressed.dropLast())).contains("ends too early"))
        #expect(message("x.csv.gz", Array("event".utf8)).contains("incorrect header check"))
        #expect(message("x.txt", []).contains(".jsonl"))
        #expect(throws: StreamError.self) {
            _ = try EventInput.read(file: "/none/x.csv", schema: ingestSchema, texts: TextDictionary()) { _ in }
        }
    }
}
