internal import WalleMemory

// Columns in blocks of state.
extension BlockWriter {
    /// Writes some rows of a column, whose number the reader must know.
    mutating func write(_ column: Column, _ rows: Range<Int>) {
        let width = column.type.width
        let nulls = column.nulls.map { nulls in rows.filter { nulls[$0] } } ?? []
        write(nulls.count)
        for row in nulls { write(UInt32(row - rows.lowerBound)) }
        write(
            counted: UnsafeRawBufferPointer(
                rebasing: UnsafeRawBufferPointer(column.values.bytes)[rows.lowerBound * width..<rows.upperBound * width]
            ))
    }
}

extension BlockReader {
    /// Reads what `write` wrote.
    ///
    /// - Parameter texts: How many the dictionary has.
    mutating func readColumn(_ type: ColumnType, count: Int, texts: Int) throws(StreamError) -> Column {
        let nullCount = try readCount(each: 4)
        let mask = nullCount > 0 ? NullMask(none: count) : nil
        for _ in 0..<nullCount {
            let row = Int(try read(UInt32.self))
            try StateFormat.check(row < count, "a null of no row")
            mask?[row] = true
        }
        let bytes = try readBytes()
        try StateFormat.check(bytes.count == count * type.width, "a column of another length")
        let column = Column(uninitialized: type, count: count, nulls: mask)
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(column.values.bytes).copyMemory(from: $0) }
        switch type {
        case .text:
            try StateFormat.check(
                (0..<count).allSatisfy { column.isNull($0) || column.codes[$0] < texts }, "a text that is not there")
        case .bool: try StateFormat.check((0..<count).allSatisfy { column.bools[$0] < 2 }, "a bool that is none")
        case .int, .float, .time: break
        }
        return column
    }
}
