/// Collects events into batches.
package struct EventBatchBuilder: ~Copyable {
    package let schema: EventSchema
    package let texts: TextDictionary
    private var times: ColumnBuilder
    private var events: ColumnBuilder
    private var pages: ColumnBuilder
    private var attributes: Attributes
    private var free = FreeAttributesBuilder()
    private let limits: Limits

    package struct Limits: Sendable {
        /// Of the attributes that an event has beside the schema's; zero: these are left out.
        package var freeBytes = 0
        /// Distinct texts of the dictionary, and their memory; another new one is null, and free.
        package var texts = Int.max
        package var textBytes = Int.max

        package init() {}
    }

    /// What of the attributes of an event is in no column.
    package struct Misfits: Sendable, Equatable {
        /// Values of another type than the schema says.
        package var unfit = 0
        /// Texts for which the dictionary had no room.
        package var crowded = 0
        /// Free attributes that were left out because they had too many bytes.
        package var leftOut = 0
    }
    /// The place in the stream of the next batch's first row.
    private var offset: Int64

    package init(
        schema: EventSchema, texts: TextDictionary, capacity: Int = 1024, offset: Int64 = 0, limits: Limits = Limits()
    ) {
        self.schema = schema
        self.limits = limits
        self.texts = texts
        self.offset = offset
        times = ColumnBuilder(.time, capacity: capacity)
        events = ColumnBuilder(.text, capacity: capacity)
        pages = ColumnBuilder(.text, capacity: capacity)
        attributes = Attributes(schema.attributes.map(\.type), capacity: capacity)
    }

    package var count: Int { times.count }

    /// Appends an event. Attributes that the schema does not have, and values that do not fit their column, are free.
    @discardableResult
    package mutating func append(_ event: Event) -> Misfits {
        var misfits = Misfits()
        times.append(int: event.time)
        events.append(code: texts.code(of: event.name))
        appendPage(event.page, &misfits)
        var (known, freeCount) = (0, 0)
        for (index, attribute) in schema.attributes.enumerated() {
            guard let value = event.attributes[attribute.name] else {
                attributes.appendNull(to: index)
                continue
            }
            known += 1
            if append(value, to: index, &misfits) { continue }
            freeCount += 1
            if limits.freeBytes > 0 { free.append(attribute.name, value) }
        }
        freeCount += event.attributes.count - known
        if freeCount > 0, !appendFree(event) { misfits.leftOut = freeCount }
        return misfits
    }

    private mutating func appendPage(_ page: String?, _ misfits: inout Misfits) {
        guard let page else { return pages.appendNull() }
        if let code = code(page) { return pages.append(code: code) }
        misfits.crowded += 1
        pages.appendNull()
    }

    /// Nil when the text is new and there is no room for it.
    private func code(_ text: String) -> UInt32? {
        var text = text
        return text.withUTF8 {
            texts.code(of: UnsafeRawBufferPointer($0), mostTexts: limits.texts, mostBytes: limits.textBytes)
        }
    }

    /// - Returns: Whether the column has it; it is null there otherwise.
    private mutating func append(_ value: EventValue, to index: Int, _ misfits: inout Misfits) -> Bool {
        if case .text(let text) = value, schema.attributes[index].type == .text {
            guard let code = code(text) else {
                misfits.crowded += 1
                attributes.appendNull(to: index)
                return false
            }
            attributes.append(code: code, to: index)
            return true
        }
        let isFit = attributes.append(value, to: index, texts: texts)
        if !isFit { misfits.unfit += 1 }
        return isFit
    }

    /// - Returns: Whether what the columns do not have was kept.
    private mutating func appendFree(_ event: Event) -> Bool {
        guard limits.freeBytes > 0 else { return false }
        // In one order, so that equal events have equal bytes.
        for (name, value) in event.attributes.sorted(by: { $0.key < $1.key }) {
            if !schema.attributes.contains(where: { $0.name == name }) { free.append(name, value) }
        }
        guard free.rowByteCount <= limits.freeBytes else {
            free.abandonRow()
            return false
        }
        free.endRow(count - 1)
        return true
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

    func append(code: UInt32, to index: Int) { builders[index].append(code: code) }
    func appendNull(to index: Int) { builders[index].appendNull() }
    func finish() -> [Column] { builders.indices.map { builders[$0].finish() } }
}
