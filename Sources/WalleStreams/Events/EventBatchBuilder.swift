/// Collects events into batches.
package struct EventBatchBuilder: ~Copyable {
    package let schema: EventSchema
    package let texts: TextDictionary
    private var times: ColumnBuilder
    private var events: ColumnBuilder
    private var pages: ColumnBuilder
    private var attributes: Attributes
    private var free = FreeAttributesBuilder()
    private let mostFreeBytes: Int
    /// The place in the stream of the next batch's first row.
    private var offset: Int64

    /// - Parameter mostFreeBytes: Of the attributes that an event has beside the schema's; zero: these are left out.
    package init(
        schema: EventSchema, texts: TextDictionary, capacity: Int = 1024, offset: Int64 = 0, mostFreeBytes: Int = 0
    ) {
        self.schema = schema
        self.mostFreeBytes = mostFreeBytes
        self.texts = texts
        self.offset = offset
        times = ColumnBuilder(.time, capacity: capacity)
        events = ColumnBuilder(.text, capacity: capacity)
        pages = ColumnBuilder(.text, capacity: capacity)
        attributes = Attributes(schema.attributes.map(\.type), capacity: capacity)
    }

    package var count: Int { times.count }

    /// Appends an event. Attributes that the schema does not have, and values of other types than it says, are free.
    ///
    /// - Returns: How many attributes were null because their values were of another type, and how many free ones were
    ///   left out because they had too many bytes.
    @discardableResult
    package mutating func append(_ event: Event) -> (unfit: Int, leftOut: Int) {
        times.append(int: event.time)
        events.append(code: texts.code(of: event.name))
        if let page = event.page { pages.append(code: texts.code(of: page)) } else { pages.appendNull() }
        var (unfit, known) = (0, 0)
        for (index, attribute) in schema.attributes.enumerated() {
            let value = event.attributes[attribute.name]
            if value != nil { known += 1 }
            guard !attributes.append(value ?? .null, to: index, texts: texts), let value else { continue }
            unfit += 1
            if mostFreeBytes > 0 { free.append(attribute.name, value) }
        }
        let freeCount = event.attributes.count - known + (mostFreeBytes > 0 ? unfit : 0)
        return (unfit, freeCount == 0 ? 0 : appendFree(event, freeCount))
    }

    /// - Returns: How many were left out, of so many.
    private mutating func appendFree(_ event: Event, _ count: Int) -> Int {
        guard mostFreeBytes > 0 else { return count }
        // In one order, so that equal events have equal bytes.
        for (name, value) in event.attributes.sorted(by: { $0.key < $1.key }) {
            if !schema.attributes.contains(where: { $0.name == name }) { free.append(name, value) }
        }
        guard free.rowByteCount <= mostFreeBytes else {
            free.abandonRow()
            return count
        }
        free.endRow(self.count - 1)
        return 0
    }

    /// The events so far. The builder is empty after it.
    package mutating func finish() -> EventBatch {
        let rows = count
        let batch = EventBatch(
            schema: schema, times: times.finish(), events: events.finish(), pages: pages.finish(),
            attributes: attributes.finish(), free: free.finish(rows: rows), texts: texts, offset: offset)
        offset += Int64(batch.count)
        return batch
    }
}

/// The builders of a batch's attributes. A class, as an array cannot hold what may not be copied.
private final class Attributes {
    private let builders: UnsafeMutableBufferPointer<ColumnBuilder>

    init(_ types: [ColumnType], capacity: Int) {
        builders = .allocate(capacity: types.count)
        for (index, type) in types.enumerated() {
            builders.initializeElement(at: index, to: ColumnBuilder(type, capacity: capacity))
        }
    }

    deinit {
        builders.deinitialize()
        builders.deallocate()
    }

    func append(_ value: EventValue, to index: Int, texts: TextDictionary) -> Bool {
        builders[index].append(value, texts: texts)
    }

    func finish() -> [Column] { builders.indices.map { builders[$0].finish() } }
}
