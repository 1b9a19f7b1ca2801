internal import WalleMemory

/// The columns that a reader fills, a row at a time and its values in any order. A row counts once it is committed;
/// what was written of it before is forgotten otherwise.
struct RowWriter: ~Copyable {
    /// The columns that every event has; attributes follow.
    static let time = 0
    static let event = 1
    static let page = 2
    static let firstAttribute = 3

    let schema: EventSchema
    let texts: TextDictionary
    let capacity: Int
    let columnCount: Int
    private let options: IngestOptions
    private(set) var count = 0
    /// The latest time that is not too far in the future.
    private var latest = Int64.max
    /// The place in the stream of the batch's first row.
    private var offset: Int64

    private var storages: [SharedStorage] = []
    private var masks: [NullMask?] = []
    /// The memory of each column, and the words of its null mask if it has one.
    private let bases: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private let nullWords: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>
    /// Bits of the row's columns: those with a value, those whose value is of another type, new texts without room.
    private let wordCount: Int
    private let seen: UnsafeMutablePointer<UInt64>
    private let unfit: UnsafeMutablePointer<UInt64>
    private let crowded: UnsafeMutablePointer<UInt64>
    private var hasUnfit = false
    /// Whether somebody wants what the schema does not have.
    let keepsFree: Bool
    /// Of which the parser writes the current row's.
    var free = FreeAttributesBuilder()
    /// Values of another type and texts without room, by column.
    private let unfitCounts: UnsafeMutablePointer<Int64>

    init(schema: EventSchema, texts: TextDictionary, options: IngestOptions, offset: Int64) {
        self.schema = schema
        self.texts = texts
        self.options = options
        self.offset = offset
        keepsFree = options.mostFreeBytes > 0
        capacity = max(options.batchRows, 1)
        columnCount = Self.firstAttribute + schema.attributes.count
        wordCount = NullMask.words(columnCount)
        bases = .allocate(capacity: columnCount)
        nullWords = .allocate(capacity: columnCount)
        seen = .allocate(capacity: wordCount)
        unfit = .allocate(capacity: wordCount)
        crowded = .allocate(capacity: wordCount)
        unfitCounts = .allocate(capacity: columnCount)
        unfitCounts.initialize(repeating: 0, count: columnCount)
        seen.initialize(repeating: 0, count: wordCount)
        unfit.initialize(repeating: 0, count: wordCount)
        crowded.initialize(repeating: 0, count: wordCount)
        allocate()
        begin()
    }

    deinit {
        bases.deallocate()
        nullWords.deallocate()
        seen.deallocate()
        unfit.deallocate()
        crowded.deallocate()
        unfitCounts.deallocate()
    }

    var isFull: Bool { count == capacity }

    func type(_ column: Int) -> ColumnType {
        switch column {
        case Self.time: .time
        case Self.event, Self.page: .text
        default: schema.attributes[column - Self.firstAttribute].type
        }
    }

    /// Where the values of a name go; nil when the schema does not have it.
    func column(of name: String) -> Int? {
        switch schema.place(of: name) {
        case .time: Self.time
        case .event: Self.event
        case .page: Self.page
        case .attribute(let index): Self.firstAttribute + index
        case nil: nil
        }
    }

    /// How many values of an attribute were null because they did not fit, since the reader began.
    func unfitCount(_ name: String) -> Int64 { column(of: name).map { unfitCounts[$0] } ?? 0 }

    /// Asks the clock how late an event may be.
    mutating func lookAtClock() {
        guard let bound = options.futureBound else { return }
        let (sum, overflow) = options.clock().addingReportingOverflow(bound)
        latest = overflow ? .max : sum
    }
}

// The values of the current row.
extension RowWriter {
    @inline(__always) func set(_ column: Int, int value: Int64) {
        bases[column].assumingMemoryBound(to: Int64.self)[count] = value
        mark(column)
    }

    @inline(__always) func set(_ column: Int, float value: Double) {
        bases[column].assumingMemoryBound(to: Double.self)[count] = value
        mark(column)
    }

    @inline(__always) func set(_ column: Int, bool value: Bool) {
        bases[column].assumingMemoryBound(to: UInt8.self)[count] = value ? 1 : 0
        mark(column)
    }

    /// - Parameter text: Valid UTF-8.
    @inline(__always) mutating func set(_ column: Int, text: UnsafePointer<UInt8>, length: Int) {
        let text = UnsafeRawBufferPointer(start: text, count: length)
        let code = texts.code(of: text, mostTexts: options.mostTexts, mostBytes: options.mostTextBytes)
        guard let code else { return setCrowded(column) }
        bases[column].assumingMemoryBound(to: UInt32.self)[count] = code
        mark(column)
    }

    /// A time written as a number, in microseconds; digits below them are dropped. Nil beyond 64 bits.
    @inline(__always) func time(_ number: DecimalNumber) -> Int64? {
        if number.isWhole, options.timeUnit == .microseconds { return number.int }
        return number.scaled(by: options.timeUnit.exponent, exactly: false)
    }

    /// Null, also when the row had a value before.
    @inline(__always) func setNull(_ column: Int) {
        let others = ~(UInt64(1) << UInt64(column & 63))
        seen[column >> 6] &= others
        unfit[column >> 6] &= others
        crowded[column >> 6] &= others
    }

    /// Null, since the value is of another type.
    mutating func setUnfit(_ column: Int) {
        setNull(column)
        unfit[column >> 6] |= 1 << UInt64(column & 63)
        hasUnfit = true
    }

    /// Whether the last value of a column in the current row was of another type.
    func isUnfit(_ column: Int) -> Bool { hasUnfit && unfit[column >> 6] >> UInt64(column & 63) & 1 != 0 }

    private mutating func setCrowded(_ column: Int) {
        setNull(column)
        crowded[column >> 6] |= 1 << UInt64(column & 63)
        hasUnfit = true
    }

    @inline(__always) private func mark(_ column: Int) { seen[column >> 6] |= 1 << UInt64(column & 63) }

    /// Forgets the values of the current row.
    @inline(__always) mutating func abandon() {
        for word in 0..<wordCount { seen[word] = 0 }
        if hasUnfit { forgetUnfit() }
        if keepsFree { free.abandonRow() }
    }

    private mutating func forgetUnfit() {
        unfit.update(repeating: 0, count: wordCount)
        crowded.update(repeating: 0, count: wordCount)
        hasUnfit = false
    }
}

// Rows and batches.
extension RowWriter {
    /// Ends the row.
    ///
    /// - Returns: Why it is none; nil when it counts.
    @inline(__always) mutating func commit(_ bad: inout BadLines) -> BadLine.Reason? {
        let time = bases[Self.time].assumingMemoryBound(to: Int64.self)[count]
        let needed: UInt64 = options.requiresEvent ? 3 : 1
        if seen[0] & needed != needed || time < 0 || time > latest {
            defer { abandon() }
            return fault(time)
        }
        if hasUnfit { countUnfit(&bad) }
        if keepsFree { endFree(&bad) }
        for word in 0..<wordCount {
            var missing = ~seen[word]
            if word == wordCount - 1 { missing &= UInt64.max >> UInt64(wordCount * 64 - columnCount) }
            while missing != 0 {
                makeNull(word * 64 + missing.trailingZeroBitCount)
                missing &= missing &- 1
            }
            seen[word] = 0
        }
        count &+= 1
        return nil
    }

    private mutating func endFree(_ bad: inout BadLines) {
        if free.rowByteCount > options.mostFreeBytes {
            bad.count(.tooManyFreeBytes)
            free.abandonRow()
        }
        free.endRow(count)
    }

    private func fault(_ time: Int64) -> BadLine.Reason {
        if seen[0] & 1 == 0 { return unfit[0] & 1 == 0 ? .missingTime : .unreadableTime }
        if time < 0 { return .negativeTime }
        if time > latest { return .futureTime }
        return crowded[0] & 2 == 0 ? .missingEvent : .tooManyTexts
    }

    private mutating func countUnfit(_ bad: inout BadLines) {
        for column in 0..<columnCount {
            let bit = UInt64(1) << UInt64(column & 63)
            // The last value of a name wins, also over one that did not fit.
            let seen = self.seen[column >> 6] & bit != 0
            if seen || (unfit[column >> 6] | crowded[column >> 6]) & bit == 0 { continue }
            bad.count(crowded[column >> 6] & bit != 0 ? .tooManyTexts : .otherType)
            unfitCounts[column] += 1
        }
        forgetUnfit()
    }

    private mutating func makeNull(_ column: Int) {
        let width = type(column).width
        (bases[column] + count * width).initializeMemory(as: UInt8.self, repeating: 0, count: width)
        let words = nullWords[column] ?? addMask(column)
        words[count >> 6] |= 1 << UInt64(count & 63)
    }

    private mutating func addMask(_ column: Int) -> UnsafeMutablePointer<UInt64> {
        let mask = NullMask(none: capacity)
        masks[column] = mask
        nullWords[column] = mask.words
        return mask.words
    }

    /// The committed rows; nil when there are none. A row that is being written is lost.
    mutating func takeBatch() -> EventBatch? {
        guard count > 0 else { return nil }
        // Few rows move to memory of their size, as somebody may keep many small batches.
        let isSmall = count * 2 < capacity
        var columns: [Column] = []
        for column in 0..<columnCount { columns.append(finishedColumn(column, isSmall)) }
        let rows = count
        let batch = EventBatch(
            schema: schema, times: columns[Self.time], events: columns[Self.event], pages: columns[Self.page],
            attributes: Array(columns[Self.firstAttribute...]), free: free.finish(rows: rows), texts: texts,
            offset: offset)
        offset += Int64(count)
        if !isSmall { allocate() }
        begin()
        return batch
    }

    private func finishedColumn(_ column: Int, _ isSmall: Bool) -> Column {
        let type = type(column)
        let rows = count
        let mask = masks[column].map { $0.prefix(rows) }
        let used = UnsafeRawBufferPointer(rebasing: storages[column].bytes[..<(count * type.width)])
        let values = isSmall ? SharedStorage(copying: used) : storages[column]
        return Column(type, count: count, values: values, nulls: mask)
    }

    private mutating func allocate() {
        storages = []
        for column in 0..<columnCount {
            storages.append(SharedStorage(uninitialized: capacity * type(column).width))
            bases[column] = storages[column].bytes.baseAddress.unsafelyUnwrapped
        }
    }

    private mutating func begin() {
        masks = Array(repeating: nil, count: columnCount)
        nullWords.initialize(repeating: nil, count: columnCount)
        count = 0
    }
}
