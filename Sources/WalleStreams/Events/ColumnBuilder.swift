internal import WalleMemory

/// A column that grows by a row at a time.
///
/// A value of another type is converted where nothing is lost: a whole float to an int, an int to a float, a bool to
/// 0 or 1. Texts become numbers only in readers of formats without types.
package struct ColumnBuilder: ~Copyable {
    package let type: ColumnType
    package private(set) var count = 0
    /// Rows there is memory for; none before the first row.
    private var capacity = 0
    /// Rows of the first memory.
    private let firstCapacity: Int
    private var values: SharedStorage
    private var nulls: NullMask?

    package init(_ type: ColumnType, capacity: Int = 1024) {
        self.type = type
        firstCapacity = max(capacity, 1)
        values = Self.nothing
    }

    private static let nothing = SharedStorage(uninitialized: 0)

    package mutating func append(int value: Int64) { next().storeBytes(of: value, as: Int64.self) }
    package mutating func append(float value: Double) { next().storeBytes(of: value, as: Double.self) }
    package mutating func append(bool value: Bool) { next().storeBytes(of: value ? 1 : 0, as: UInt8.self) }
    package mutating func append(code value: UInt32) { next().storeBytes(of: value, as: UInt32.self) }

    /// A value by its bits, as `Column.bits` gives them.
    package mutating func append(bits: UInt64) {
        switch type {
        case .bool: append(bool: bits != 0)
        case .text: append(code: UInt32(truncatingIfNeeded: bits))
        case .int, .time, .float: next().storeBytes(of: bits, as: UInt64.self)
        }
    }

    package mutating func appendNull() {
        let row = count
        // Before the mask, which is as long as the memory.
        UnsafeMutableRawBufferPointer(start: next(), count: type.width).initializeMemory(as: UInt8.self, repeating: 0)
        let mask = nulls ?? NullMask(none: capacity)
        mask[row] = true
        nulls = mask
    }

    /// Appends a value, or null when the value does not convert to the column's type.
    ///
    /// - Returns: Whether it did.
    @discardableResult
    package mutating func append(_ value: EventValue, texts: TextDictionary) -> Bool {
        switch (type, value) {
        case (_, .null): appendNull()
        case (.bool, .bool(let value)): append(bool: value)
        case (.int, .int(let value)), (.time, .time(let value)): append(int: value)
        case (.float, .float(let value)): append(float: value)
        case (.float, .int(let value)): append(float: Double(value))
        case (.text, .text(let value)): append(code: texts.code(of: value))
        case (.int, .bool(let value)): append(int: value ? 1 : 0)
        case (.int, .float(let value)):
            guard let whole = Int64(exactly: value) else { return appendConverted(false) }
            append(int: whole)
        default: return appendConverted(false)
        }
        return true
    }

    private mutating func appendConverted(_ converted: Bool) -> Bool {
        appendNull()
        return converted
    }

    /// The rows so far. The builder is empty after it.
    package mutating func finish() -> Column {
        let column = Column(type, count: count, values: values, nulls: nulls?.prefix(count))
        // Most builders are used once: memory comes with the next row.
        values = Self.nothing
        (count, capacity, nulls) = (0, 0, nil)
        return column
    }

    /// The memory of the next row.
    @inline(__always) private mutating func next() -> UnsafeMutableRawPointer {
        if count == capacity { grow() }
        let place = values.bytes.baseAddress.unsafelyUnwrapped + count * type.width
        count += 1
        return place
    }

    private mutating func grow() {
        let larger = SharedStorage(uninitialized: max(firstCapacity, capacity * 2) * type.width)
        larger.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: values.bytes[..<(count * type.width)]))
        values = larger
        if let old = nulls {
            let mask = NullMask(none: max(firstCapacity, capacity * 2))
            mask.words.update(from: old.words, count: NullMask.words(capacity))
            nulls = mask
        }
        capacity = max(firstCapacity, capacity * 2)
    }
}

extension NullMask {
    /// The first rows only; in the same memory when there are no others.
    func prefix(_ length: Int) -> NullMask {
        if length == count { return self }
        let mask = NullMask(none: length)
        mask.words.update(from: words, count: Self.words(length))
        return mask
    }
}
