/// Collects events into batches.
package struct EventBatchBuilder: ~Copyable {
    package let schema: EventSchema
    package let texts: TextDictionary
    private var times: ColumnBuilder
    private var events: ColumnBuilder
    private var pages: ColumnBuilder
    private var attributes: Attributes
    /// The place in the stream of the next batch's first row.
    private var offset: Int64

    package init(schema: EventSchema, texts: TextDictionary, capacity: Int = 1024, offset: Int64 = 0) {
        self.schema = schema
        self.texts = texts
        self.offset = offset
        times = ColumnBuilder(.time, capacity: capacity)
        events = ColumnBuilder(.text, capacity: capacity)
        pages = ColumnBuilder(.text, capacity: capacity)
        attributes = Attributes(schema.attributes.map(\.type), capacity: capacity)
    }

    package var count: Int { times.count }

    /// Appends an event. Its attributes are those of the schema, by name; others are left out.
    ///
    /// - Returns: How many attributes were null because their values were of another type.
    @discardableResult
    package mutating func append(_ event: Event) -> Int {
        times.append(int: event.time)
        events.append(code: texts.code(of: event.name))
        if let page = event.page { pages.append(code: texts.code(of: page)) } else { pages.appendNull() }
        var unfit = 0
        for (index, attribute) in schema.attributes.enumerated() {
            let value = event.attributes[attribute.name] ?? .null
            if !attributes.append(value, to: index, texts: texts) { unfit += 1 }
        }
        return unfit
    }

    /// The events so far. The builder is empty after it.
    package mutating func finish() -> EventBatch {
        let batch = EventBatch(
            schema: schema, times: times.finish(), events: events.finish(), pages: pages.finish(),
            attributes: attributes.finish(), texts: texts, offset: offset)
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
