@testable import WalleStreams

/// What a reader made of an input.
struct Reading {
    var rows: [Event] = []
    var offsets: [Int64] = []
    var bad = BadLines(mostKept: 0)
    var badLines: [BadLine] = []
    var end = InputPosition()
    var unfit: [String: Int64] = [:]

    /// Reads an input in pieces that end at the given places.
    static func of(
        _ reader: consuming some EventReader & ~Copyable, _ input: [UInt8], splits: [Int] = []
    ) -> Reading {
        var reading = Reading()
        let note = { (batch: EventBatch) in
            reading.offsets.append(batch.offset)
            reading.rows += (0..<batch.count).map(batch.event(at:))
        }
        input.withUnsafeBytes { bytes in
            var start = 0
            for end in splits.sorted() + [input.count] {
                reader.read(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) { note($0) }
                start = end
            }
        }
        reader.finish { note($0) }
        reading.bad = reader.badLines
        reading.badLines = reader.takeBadLines()
        reading.end = reader.position
        return reading
    }
}

extension IngestOptions {
    /// Takes any time.
    static func timeless(batchRows: Int = 7) -> IngestOptions {
        var options = IngestOptions()
        options.futureBound = nil
        options.batchRows = batchRows
        return options
    }
}

let ingestSchema = EventSchema(attributes: [
    .init("user", .int), .init("price", .float), .init("shop", .text), .init("gift", .bool), .init("seen", .time),
])
