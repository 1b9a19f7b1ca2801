package import WalleMemory

/// The values of one attribute, a value a row, in memory that Swift and scripts read in place.
///
/// A value of `int` and `time` is an `Int64`, of `float` a `Double`, of `bool` a `UInt8` that is 0 or 1, of `text` the
/// `UInt32` code of a `TextDictionary`. The value of a null is zero.
package struct Column: Sendable {
    package let type: ColumnType
    package let count: Int
    /// Values without gaps; perhaps longer than they are.
    package let values: SharedStorage
    /// Nil when no row is null.
    package let nulls: NullMask?

    package init(_ type: ColumnType, count: Int, values: SharedStorage, nulls: NullMask? = nil) {
        precondition(values.bytes.count >= count * type.width, "a column's memory holds its rows")
        self.type = type
        self.count = count
        self.values = values
        self.nulls = nulls
    }

    /// For an operator that writes every value before anybody reads one.
    package init(uninitialized type: ColumnType, count: Int, nulls: NullMask? = nil) {
        self.init(type, count: count, values: SharedStorage(uninitialized: count * type.width), nulls: nulls)
    }

    /// The values as `Element`, which must be of the type's width. Valid while the column is.
    package func pointer<Element>(as element: Element.Type = Element.self) -> UnsafeMutablePointer<Element> {
        assert(MemoryLayout<Element>.stride == type.width, "\(Element.self) is not how \(type) is stored")
        return values.bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Element.self)
    }

    /// Without nulls.
    static func of(ints values: [Int64], _ type: ColumnType = .int) -> Column {
        let column = Column(uninitialized: type, count: values.count)
        for (row, value) in values.enumerated() { column.ints[row] = value }
        return column
    }

    package var ints: UnsafeMutablePointer<Int64> { pointer() }
    package var floats: UnsafeMutablePointer<Double> { pointer() }
    package var bools: UnsafeMutablePointer<UInt8> { pointer() }
    package var codes: UnsafeMutablePointer<UInt32> { pointer() }

    package func isNull(_ row: Int) -> Bool { nulls?[row] ?? false }

    /// The value of one row: for messages, results of few rows and tests.
    package func value(at row: Int, texts: TextDictionary) -> EventValue {
        precondition((0..<count).contains(row), "a row of the column")
        if isNull(row) { return .null }
        return switch type {
        case .bool: .bool(bools[row] != 0)
        case .int: .int(ints[row])
        case .float: .float(floats[row])
        case .text: .text(texts.string(codes[row]))
        case .time: .time(ints[row])
        }
    }

    /// Only the rows at the given positions, in that order.
    package func taking(_ rows: UnsafeBufferPointer<UInt32>) -> Column {
        let taken = Column(uninitialized: type, count: rows.count, nulls: nulls?.taking(rows))
        switch type {
        case .bool: take(rows, UInt8.self, to: taken)
        case .text: take(rows, UInt32.self, to: taken)
        case .int, .float, .time: take(rows, UInt64.self, to: taken)
        }
        return taken
    }

    private func take<Element>(_ rows: UnsafeBufferPointer<UInt32>, _: Element.Type, to taken: Column) {
        let from: UnsafeMutablePointer<Element> = pointer()
        let to: UnsafeMutablePointer<Element> = taken.pointer()
        for index in rows.indices { to[index] = from[Int(rows[index])] }
    }
}
