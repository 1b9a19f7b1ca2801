/// Events that may become part of a match, until they are too old for any, so that a match can be told with its events.
///
/// A row is a few words: the place in the stream, the time, where its free attributes end, a bit for each value that is null,
/// the values by their bits. Rows lie in chunks, ascending by place; the oldest chunk goes when all of its events are
/// out of date, or when there are too many.
struct HeldEvents {
    private struct Chunk {
        /// Counts chunks.
        var number: Int64
        var words: [UInt64] = []
        /// The free attributes of its rows, one behind the other.
        var free: [UInt8] = []
        var latest = Int64.min
        /// It was full when it was last recorded: it has not changed since.
        var isRecorded = false
    }

    private let schema: EventSchema
    private let mostBytes: Int
    /// Words of a row; those with the bits of nulls among them.
    private let width: Int
    private let nullWords: Int
    private var chunks: [Chunk] = []
    private var nextChunk: Int64 = 0
    private static let chunkRows = 1024
    /// Words of a row before those of nulls: the place, the time, and where its free attributes end.
    private static let headWords = 3
    /// Events that had to go although a match could still have told of them.
    private(set) var forgotten = 0

    init(_ schema: EventSchema, mostBytes: Int) {
        self.schema = schema
        self.mostBytes = mostBytes
        let values = schema.attributes.count + 2
        nullWords = (values + 63) / 64
        width = Self.headWords + nullWords + values
    }

    var byteCount: Int { chunks.reduce(0) { $0 + $1.words.count * 8 + $1.free.count } }

    // MARK: holding

    /// Holds rows of a batch, which are ascending.
    mutating func hold(_ batch: EventBatch, _ rows: [UInt32]) {
        let columns = [batch.events, batch.pages] + batch.attributes
        for row in rows {
            if chunks.last.map({ $0.words.count >= width * Self.chunkRows }) ?? true { startChunk() }
            append(Int(row), batch, columns, to: &chunks[chunks.count - 1])
        }
    }

    /// Whether there is something to let go of.
    func hasEvents(before bound: Int64) -> Bool { chunks.contains { $0.latest < bound } }

    /// Lets go of events of which all are before a time, more or less.
    mutating func forget(before bound: Int64) { chunks.removeAll { $0.latest < bound } }

    private mutating func startChunk() {
        while byteCount >= mostBytes, !chunks.isEmpty { forgotten += chunks.removeFirst().words.count / width }
        chunks.append(Chunk(number: nextChunk))
        nextChunk += 1
    }

    private func append(_ row: Int, _ batch: EventBatch, _ columns: [Column], to chunk: inout Chunk) {
        chunk.words.append(UInt64(bitPattern: batch.offset + Int64(row)))
        chunk.words.append(UInt64(bitPattern: batch.times.ints[row]))
        if let free = batch.free { chunk.free += free.bytes(row) }
        chunk.words.append(UInt64(chunk.free.count))
        let nulls = chunk.words.count
        chunk.words.append(contentsOf: repeatElement(0, count: nullWords))
        for (index, column) in columns.enumerated() {
            if column.isNull(row) { chunk.words[nulls + index / 64] |= 1 << UInt64(index % 64) }
            chunk.words.append(column.bits(row))
        }
        chunk.latest = max(chunk.latest, batch.times.ints[row])
    }

    // MARK: saving

    mutating func record(_ recorder: StateRecorder) {
        for index in chunks.indices {
            let item = StateItem(.held, chunks[index].number)
            if chunks[index].isRecorded, recorder.keeps(item) { continue }
            recorder.write(item, capacity: chunks[index].words.count * 8 + chunks[index].free.count) { writer in
                writer.write(chunks[index].latest)
                writer.write(counted: chunks[index].words)
                chunks[index].free.withUnsafeBytes { writer.write(counted: $0) }
            }
            chunks[index].isRecorded = chunks[index].words.count >= width * Self.chunkRows
        }
    }

    mutating func restore(_ state: SavedState) throws(StreamError) {
        for number in state.ids(.held) {
            var chunk = Chunk(number: number)
            try state.read(StateItem(.held, number)) { reader throws(StreamError) in
                chunk.latest = try reader.read()
                chunk.words = try reader.readWords()
                chunk.free = Array(try reader.readBytes())
            }
            let isSound = !chunk.words.isEmpty && chunk.words.count % width == 0
            try StateFormat.check(isSound, "events of another width")
            let ends = stride(from: 2, to: chunk.words.count, by: width).map { chunk.words[$0] }
            let hasEnds = zip([0] + ends, ends).allSatisfy(<=) && ends.last.map { $0 == chunk.free.count } ?? true
            try StateFormat.check(hasEnds, "events with free attributes that are not there")
            chunks.append(chunk)
            nextChunk = number + 1
        }
    }

    // MARK: reading

    /// The event at a place in the stream; nil when it is held no more.
    func event(at place: Int64, _ texts: TextDictionary) -> Event? {
        guard let chunk = chunks.last(where: { Int64(bitPattern: $0.words[0]) <= place }) else { return nil }
        var (low, high) = (0, chunk.words.count / width)
        while low < high {
            let middle = (low + high) / 2
            if Int64(bitPattern: chunk.words[middle * width]) < place { low = middle + 1 } else { high = middle }
        }
        guard low * width < chunk.words.count, Int64(bitPattern: chunk.words[low * width]) == place else { return nil }
        var event = event(chunk.words[low * width..<(low + 1) * width], texts)
        let (start, end) = (low == 0 ? 0 : chunk.words[(low - 1) * width + 2], chunk.words[low * width + 2])
        guard start < end else { return event }
        let padding = [UInt8](repeating: 0, count: PackedReader.padding)
        let free = (chunk.free[Int(start)..<Int(end)] + padding).withUnsafeBytes {
            FreeAttributes.attributes(UnsafeRawBufferPointer(rebasing: $0.dropLast(padding.count)))
        }
        event.attributes.merge(free) { column, _ in column }
        return event
    }

    private func event(_ row: ArraySlice<UInt64>, _ texts: TextDictionary) -> Event {
        func value(_ index: Int, _ type: ColumnType) -> EventValue {
            let isNull = row[row.startIndex + Self.headWords + index / 64] >> UInt64(index % 64) & 1 != 0
            return isNull
                ? .null : EventValue(bits: row[row.startIndex + Self.headWords + nullWords + index], type, texts)
        }
        var event = Event("", time: Int64(bitPattern: row[row.startIndex + 1]))
        if case .text(let name) = value(0, .text) { event.name = name }
        if case .text(let page) = value(1, .text) { event.page = page }
        for (index, attribute) in schema.attributes.enumerated() {
            let value = value(index + 2, attribute.type)
            if value != .null { event.attributes[attribute.name] = value }
        }
        return event
    }
}

extension EventValue {
    /// A value that is not null by its bits, as `Column.bits` gives them.
    fileprivate init(bits: UInt64, _ type: ColumnType, _ texts: TextDictionary) {
        self =
            switch type {
            case .bool: .bool(bits != 0)
            case .int: .int(Int64(bitPattern: bits))
            case .time: .time(Int64(bitPattern: bits))
            case .float: .float(Double(bitPattern: bits))
            case .text: .text(texts.string(UInt32(truncatingIfNeeded: bits)))
            }
    }
}
