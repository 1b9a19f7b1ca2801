/// All that a processor knows in one piece, with the texts that its state names by their codes: for owners who keep it
/// somewhere else than in a store.
package struct ProcessorImage {
    /// What the source's events had: the definition may have been made by it.
    package let columns: [EventSchema.Attribute]
    /// Events taken.
    package let position: Int64
    /// What the owner counted, by names of its own.
    package let counters: [String: Int64]
    private let identity: [String]
    private let state: SavedState

    /// Tells such a piece from the blocks of stores.
    private static let item = StateItem(.pipeline, -1)

    // MARK: saving

    /// The bytes of an image.
    package static func bytes(
        of processor: any EventProcessor, texts: TextDictionary, position: Int64, counters: [String: Int64]
    ) -> [UInt8] {
        var writer = BlockWriter(capacity: texts.byteCount + processor.byteCount)
        writer.write(processor.identity.count)
        for line in processor.identity { writer.write(text: line) }
        let columns = processor.source.schema.attributes
        writer.write(columns.count)
        for column in columns {
            writer.write(text: column.name)
            writer.write(text: column.type.rawValue)
        }
        writer.write(position)
        writer.write(counters.count)
        for (name, value) in counters.sorted(by: { $0.key < $1.key }) {
            writer.write(text: name)
            writer.write(value)
        }
        texts.write(from: 0, to: &writer)
        // A recorder that knows of no block that was saved before gets all of them.
        let blocks = processor.changes(StateRecorder()).written
        writer.write(blocks.count)
        for block in blocks {
            writer.write(block.item.code)
            writer.write(block.item.id)
            writer.write(block.index)
            block.bytes.withUnsafeBytes { writer.write(counted: $0) }
        }
        return writer.finish(item, 0).bytes
    }

    // MARK: restoring

    /// - Parameter texts: An empty dictionary, which gets the texts.
    /// - Throws: `.storage` for bytes that are no image, or are damaged.
    package init(_ bytes: [UInt8], texts: TextDictionary) throws(StreamError) {
        do throws(StreamError) {
            var reader = try BlockReader(StateBlock(item: Self.item, index: 0, bytes: bytes))
            try self.init(&reader, texts)
            try reader.finish()
        } catch {
            throw StreamError(error.code, error.message, remedy: "Begin anew, without the state.")
        }
    }

    private init(_ reader: inout BlockReader, _ texts: TextDictionary) throws(StreamError) {
        identity = try Self.array(&reader) { reader throws(StreamError) in try reader.readText() }
        columns = try Self.array(&reader) { reader throws(StreamError) in
            let name = try reader.readText()
            guard let type = ColumnType(rawValue: try reader.readText()) else {
                throw StateFormat.damaged("a column of no type")
            }
            return EventSchema.Attribute(name, type)
        }
        position = Int64(try reader.readCounter())
        let counters = try Self.array(&reader) { reader throws(StreamError) in
            (try reader.readText(), Int64(try reader.readCounter()))
        }
        self.counters = Dictionary(counters) { _, last in last }
        try texts.read(from: &reader)
        state = try SavedState(
            Self.array(&reader) { reader throws(StreamError) in
                guard let item = StateItem(code: try reader.read(), id: try reader.read()) else {
                    throw StateFormat.damaged("a block of no kind")
                }
                return StateBlock(item: item, index: try reader.read(), bytes: Array(try reader.readBytes()))
            })
    }

    private static func array<Element>(
        _ reader: inout BlockReader, _ element: (inout BlockReader) throws(StreamError) -> Element
    ) throws(StreamError) -> [Element] {
        let count = try reader.readCount(each: 8)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element(&reader)) }
        return elements
    }

    /// Lets a processor go on where the other was saved. It has seen no event, and its dictionary has the texts.
    ///
    /// - Throws: `.definition` with the part that is another than it was; `.storage` for a damaged state.
    package func restore(_ processor: any EventProcessor) throws(StreamError) {
        try StateIdentity.check(
            identity, processor.identity, remedy: "Put it back, or begin anew, without the state.")
        _ = try processor.restore(state)
    }
}

/// Compares what a saved state depends on with a definition.
enum StateIdentity {
    /// - Throws: `.definition` with the first part that is another than it was.
    static func check(_ old: [String], _ new: [String], remedy: String) throws(StreamError) {
        guard old != new else { return }
        let was = old.first { !new.contains($0) }
        let other = was ?? new.first { !old.contains($0) }
        let change =
            was.map { "it was \($0)" } ?? other.map { "it was without \($0)" } ?? "its parts were in another order"
        throw StreamError(
            .definition, field: other.map { String($0.prefix { $0 != " " }) },
            "the saved state is of another definition: \(change)",
            remedy: remedy)
    }
}
