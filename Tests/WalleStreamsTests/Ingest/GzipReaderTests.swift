import Foundation
import Testing

@testable import WalleStreams

@Suite struct GzipReaderTests {
    /// `hello, hello, hello` and a line feed, by zlib.
    static let member: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 215, 81, 200, 64, 162, 184, 0, 231, 66, 110, 82, 20, 0,
        0, 0,
    ]
    static let text = "hello, hello, hello\n"
    /// A million times the letter x, in a thousand bytes.
    static let bomb: [UInt8] =
        [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 1, 1, 0, 0, 0, 130, 160, 219, 206, 111, 72, 64, 1]
        + [UInt8](repeating: 0, count: 968)
        + [175, 6, 194, 91, 116, 99, 64, 66, 15, 0]

    /// What the pieces of an input inflate to.
    static func inflate(_ input: [UInt8], piece: Int, room: Int) throws -> (text: String, isComplete: Bool) {
        let reader = try GzipReader()
        var result: [UInt8] = []
        var space = [UInt8](repeating: 0, count: room)
        for start in stride(from: 0, to: input.count, by: piece) {
            var rest = Array(input[start..<min(start + piece, input.count)])
            while true {
                let step = try space.withUnsafeMutableBytes { space in
                    try rest.withUnsafeBytes { try reader.inflate($0, into: space) }
                }
                result += space[..<step.made]
                rest.removeFirst(step.taken)
                if step == (0, 0) { break }
            }
        }
        return (String(decoding: result, as: UTF8.self), reader.isComplete)
    }

    @Test(arguments: [1, 2, 7, 1000], [1, 5, 4096]) func inflatesPieces(piece: Int, room: Int) throws {
        let result = try Self.inflate(Self.member, piece: piece, room: room)
        #expect(result.text == Self.text && result.isComplete)
        let twice = try Self.inflate(Self.member + Self.member + [0, 0, 0], piece: piece, room: room)
        #expect(twice.text == Self.text + Self.text && twice.isComplete, "members, and padding")
    }

    @Test func boundsWhatOneReadMakes() throws {
        let reader = try GzipReader()
        var space = [UInt8](repeating: 0, count: 4096)
        var (taken, made, reads) = (0, 0, 0)
        while made < 1_000_000 {
            let step = try space.withUnsafeMutableBytes { space in
                try Self.bomb[taken...].withUnsafeBytes { try reader.inflate($0, into: space) }
            }
            #expect(step.made <= 4096 && step.made > 0)
            (taken, made, reads) = (taken + step.taken, made + step.made, reads + 1)
        }
        #expect(made == 1_000_000 && reads == 245)
    }

    @Test func tellsDamage() throws {
        for place in 0..<Self.member.count {
            var damaged = Self.member
            damaged[place] ^= 0x55
            // The header's time, flags of the compressor and system mean nothing to the contents.
            if (4..<10).contains(place) { continue }
            do {
                let result = try Self.inflate(damaged, piece: 100, room: 100)
                #expect(!result.isComplete || result.text == Self.text, "byte \(place)")
            } catch let error as StreamError {
                #expect(error.code == .input, "byte \(place)")
            }
        }
        for end in 0..<Self.member.count {
            #expect(try !Self.inflate(Array(Self.member[..<end]), piece: 100, room: 100).isComplete, "\(end) bytes")
        }
        #expect(throws: StreamError.self) { try Self.inflate(Self.member + [1, 2], piece: 100, room: 100) }
        #expect(throws: StreamError.self) { try Self.inflate(Self.member + [0, 1], piece: 100, room: 100) }
        #expect(throws: StreamError.self) { try Self.inflate(Array("{\"a\":1}".utf8), piece: 100, room: 100) }
    }

    @Test func knowsFormatsByName() throws {
        #expect(try InputFormat(fileName: "a/clicks.JSONL") == InputFormat(.jsonLines))
        #expect(try InputFormat(fileName: "x.ndjson.gz") == InputFormat(.jsonLines, isCompressed: true))
        #expect(try InputFormat(fileName: "x.json") == InputFormat(.jsonLines))
        #expect(try InputFormat(fileName: "ecom.csv.gz") == InputFormat(.csv, isCompressed: true))
        for name in ["x", "x.gz", "csv", "x.csv.zip", ""] {
            #expect(throws: StreamError.self, "\(name)") { try InputFormat(fileName: name) }
        }
    }
}
