internal import WalleMemory

/// Events side by side: a column an attribute, so that a million events are a few objects.
package struct EventBatch: Sendable {
    package let schema: EventSchema
    package let count: Int
    package let times: Column
    /// Null when the input had none.
    package let events: Column
    package let pages: Column
    /// In the order of the schema's attributes.
    package let attributes: [Column]
    /// What events tell beside the schema; nil when they tell no more.
    package var free: FreeAttributes?
    /// What the codes of texts mean.
    package let texts: TextDictionary
    /// The place of the first row in its stream, counted from zero.
    package var offset: Int64

    package init(
        schema: EventSchema, times: Column, events: Column, pages: Column, attributes: [Column],
        free: FreeAttributes? = nil, texts: TextDictionary, offset: Int64 = 0
    ) {
        precondition(attributes.count == schema.attributes.count, "a column for every attribute")
        self.schema = schema
        count = times.count
        self.times = times
        self.events = events
        self.pages = pages
        self.attributes = attributes
        self.free = free
        self.texts = texts
        self.offset = offset
    }

    /// Bytes of memory of its columns.
    package var byteCount: Int {
        ([times, events, pages] + attributes).reduce(free?.byteCount ?? 0) { sum, column in
            sum + column.values.bytes.count + (column.nulls?.storage.bytes.count ?? 0)
        }
    }

    package func column(at place: EventSchema.Place) -> Column {
        switch place {
        case .event: events
        case .page: pages
        case .time: times
        case .attribute(let index): attributes[index]
        }
    }

    /// Nil when the schema has no such name.
    package func column(_ name: String) -> Column? { schema.place(of: name).map(column(at:)) }

    /// An event as an app tells it. Values that are null are left out.
    package func event(at row: Int) -> Event {
        var event = Event("", time: times.ints[row])
        if case .text(let name) = events.value(at: row, texts: texts) { event.name = name }
        if case .text(let page) = pages.value(at: row, texts: texts) { event.page = page }
        if let free { event.attributes = free.attributes(row) }
        for (attribute, column) in zip(schema.attributes, attributes) {
            let value = column.value(at: row, texts: texts)
            if value != .null { event.attributes[attribute.name] = value }
        }
        return event
    }

    /// Only the rows at the given positions, in that order.
    package func taking(_ rows: UnsafeBufferPointer<UInt32>) -> EventBatch {
        EventBatch(
            schema: schema, times: times.taking(rows), events: events.taking(rows), pages: pages.taking(rows),
            attributes: attributes.map { $0.taking(rows) }, free: free?.taking(rows), texts: texts, offset: offset)
    }
}
