internal import WalleMemory

/// Writes columns of a segment: which rows are null, then the other values, packed.
struct LogColumnWriter: ~Copyable {
    /// How nulls are told.
    enum Nulls: UInt8 { case none, some, all }
    /// A float that is no decimal number of few digits.
    static let plainFloats: UInt8 = 255
    /// Powers of ten that are tried: prices, and shares.
    static let powers: [Double] = [1, 10, 100, 1000, 10_000]

    var bytes = ByteWriter()
    private let texts: TextDictionary
    /// Values of a column without its nulls.
    private var values: UnsafeMutablePointer<Int64>
    private var capacity = 1024
    /// Of each code, in the upper half the column it was last seen in, in the lower its number there.
    private var seen: UnsafeMutablePointer<UInt64>
    private var seenCount = 0
    private var column: UInt64 = 0

    init(_ texts: TextDictionary) {
        self.texts = texts
        values = .allocate(capacity: capacity)
        seen = .allocate(capacity: 1)
    }

    deinit {
        values.deallocate()
        seen.deallocate()
    }

    /// Writes the rows of a column, in their order.
    mutating func append(_ column: Column, _ rows: UnsafeBufferPointer<UInt32>) {
        let nullCount = appendNulls(column, rows)
        guard nullCount < rows.count else { return }
        makeRoom(rows.count)
        switch column.type {
        case .int, .time: append(rows, column, column.ints) { $0 }
        case .bool: append(rows, column, column.bools) { Int64($0) }
        case .text: appendTexts(column, rows)
        case .float: appendFloats(column, rows)
        }
    }

    /// Writes numbers of rows.
    mutating func append(_ numbers: UnsafePointer<Int64>, _ rows: UnsafeBufferPointer<UInt32>) {
        makeRoom(rows.count)
        for index in 0..<rows.count { values[index] = numbers[Int(rows[index])] }
        bytes.append(packed: values, rows.count)
    }

    private mutating func makeRoom(_ count: Int) {
        guard count > capacity else { return }
        values.deallocate()
        capacity = count
        values = .allocate(capacity: capacity)
    }

    /// - Returns: How many there are.
    private mutating func appendNulls(_ column: Column, _ rows: UnsafeBufferPointer<UInt32>) -> Int {
        guard let nulls = column.nulls else {
            bytes.append(Nulls.none.rawValue)
            return 0
        }
        let words = nulls.words
        let mask = bytes.room(rows.count / 8 + 2) + 1
        mask.update(repeating: 0, count: rows.count / 8 + 1)
        var count = 0
        for (index, row) in rows.enumerated() where words[Int(row >> 6)] >> UInt64(row & 63) & 1 != 0 {
            mask[index >> 3] |= 1 << UInt8(index & 7)
            count += 1
        }
        bytes.append((count == 0 ? Nulls.none : count == rows.count ? .all : .some).rawValue)
        if count > 0, count < rows.count { bytes.advance((rows.count + 7) / 8) }
        return count
    }

    /// Values of rows that are not null.
    @inline(__always)
    private func gather<Value>(
        _ rows: UnsafeBufferPointer<UInt32>, _ column: Column, _ from: UnsafePointer<Value>, _ value: (Value) -> Int64
    ) -> Int {
        guard let nulls = column.nulls?.words else {
            for index in 0..<rows.count { values[index] = value(from[Int(rows[index])]) }
            return rows.count
        }
        var count = 0
        for row in rows where nulls[Int(row >> 6)] >> UInt64(row & 63) & 1 == 0 {
            values[count] = value(from[Int(row)])
            count += 1
        }
        return count
    }

    private mutating func append<Value>(
        _ rows: UnsafeBufferPointer<UInt32>, _ column: Column, _ from: UnsafePointer<Value>, _ value: (Value) -> Int64
    ) {
        let count = gather(rows, column, from, value)
        bytes.append(packed: values, count)
    }

    // MARK: texts

    /// Every text once, then their numbers.
    private mutating func appendTexts(_ column: Column, _ rows: UnsafeBufferPointer<UInt32>) {
        let count = gather(rows, column, column.codes) { Int64($0) }
        remember()
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: count * 2) { scratch in
            let found = scratch.baseAddress.unsafelyUnwrapped
            let lengths = found + count
            var foundCount = 0
            for index in 0..<count {
                let code = Int(values[index])
                if seen[code] >> 32 != self.column {
                    seen[code] = self.column << 32 | UInt64(foundCount)
                    found[foundCount] = values[index]
                    lengths[foundCount] = Int64(texts.text(UInt32(code)).count)
                    foundCount += 1
                }
                values[index] = Int64(seen[code] & 0xffff_ffff)
            }
            bytes.append(varint: UInt64(foundCount))
            append(texts: found, lengths, foundCount)
        }
        bytes.append(packed: values, count)
    }

    /// Writes what all begin with once: ids often begin alike.
    private mutating func append(
        texts found: UnsafePointer<Int64>, _ lengths: UnsafeMutablePointer<Int64>, _ count: Int
    ) {
        let first = texts.text(UInt32(found[0]))
        var prefix = first.count
        for index in 1..<max(count, 1) where prefix > 0 {
            let text = texts.text(UInt32(found[index]))
            prefix = min(prefix, text.count)
            if let equal = (0..<prefix).first(where: { text[$0] != first[$0] }) { prefix = equal }
        }
        bytes.append(varint: UInt64(prefix))
        bytes.append(UnsafeRawBufferPointer(rebasing: first[..<prefix]))
        for index in 0..<count { lengths[index] -= Int64(prefix) }
        bytes.append(packed: lengths, count)
        for index in 0..<count {
            bytes.append(UnsafeRawBufferPointer(rebasing: texts.text(UInt32(found[index]))[prefix...]))
        }
    }

    /// Begins with a column that has seen no code.
    private mutating func remember() {
        column += 1
        guard seenCount < texts.count || column >> 32 != 0 else { return }
        seen.deallocate()
        seenCount = texts.count + texts.count / 2
        seen = .allocate(capacity: seenCount)
        seen.initialize(repeating: 0, count: seenCount)
        column = 1
    }

    // MARK: floats

    /// Numbers of few decimals as whole numbers (Afroozeh, Kuffó and Boncz, "ALP: Adaptive lossless floating-point
    /// compression", 2023, in its simplest form), others as they are.
    private mutating func appendFloats(_ column: Column, _ rows: UnsafeBufferPointer<UInt32>) {
        let count = gather(rows, column, column.floats) { Int64(bitPattern: $0.bitPattern) }
        guard let power = power(count) else {
            bytes.append(Self.plainFloats)
            bytes.append(UnsafeRawBufferPointer(start: values, count: count * 8))
            return
        }
        bytes.append(UInt8(power))
        let factor = Self.powers[power]
        for index in 0..<count { values[index] = Int64((float(index) * factor).rounded()) }
        bytes.append(packed: values, count)
    }

    private func float(_ index: Int) -> Double { Double(bitPattern: UInt64(bitPattern: values[index])) }

    private func power(_ count: Int) -> Int? {
        Self.powers.indices.first { power in
            let factor = Self.powers[power]
            for index in 0..<count {
                let value = float(index)
                let whole = (value * factor).rounded()
                // Beyond, not every whole number is a float.
                guard whole.magnitude < 9e15 else { return false }
                // A whole number has no negative zero.
                guard (Double(Int64(whole)) / factor).bitPattern == value.bitPattern else { return false }
            }
            return true
        }
    }
}

extension PackedReader {
    /// Reads what a writer appended of a column.
    ///
    /// - Parameter texts: Gets the texts.
    mutating func readColumn(_ type: ColumnType, _ count: Int, _ texts: TextDictionary) throws(StreamError) -> Column {
        let mask = try readNulls(count)
        let column = Column(uninitialized: type, count: count, nulls: mask)
        let dense = count - (mask?.nullCount ?? 0)
        let values = UnsafeMutablePointer<Int64>.allocate(capacity: max(count, 1))
        defer { values.deallocate() }
        switch type {
        case .int, .time:
            try readPacked(dense, into: values)
            spread(values, mask, column.ints, count) { $0 }
        case .bool:
            try readPacked(dense, into: values)
            spread(values, mask, column.bools, count) { $0 == 0 ? 0 : 1 }
        case .float:
            if dense > 0 { try readFloats(dense, values) }
            spread(values, mask, column.floats, count) { Double(bitPattern: UInt64(bitPattern: $0)) }
        case .text:
            if dense > 0 { try readTexts(dense, values, texts) }
            spread(values, mask, column.codes, count) { UInt32(truncatingIfNeeded: $0) }
        }
        return column
    }

    private mutating func readNulls(_ count: Int) throws(StreamError) -> NullMask? {
        let kind = LogColumnWriter.Nulls(rawValue: try readByte())
        guard let kind else { throw StateFormat.damaged("nulls of no kind") }
        guard kind != .none else { return nil }
        let mask = NullMask(none: count)
        let bits = kind == .some ? try take((count + 7) / 8) : nil
        for row in 0..<count {
            let isNull = bits.map { $0.load(fromByteOffset: row >> 3, as: UInt8.self) >> UInt8(row & 7) & 1 != 0 }
            if isNull ?? true { mask[row] = true }
        }
        return mask
    }

    /// Puts values to the rows that are not null, and zero to the others.
    @inline(__always)
    private func spread<Value: AdditiveArithmetic>(
        _ values: UnsafePointer<Int64>, _ mask: NullMask?, _ to: UnsafeMutablePointer<Value>, _ count: Int,
        _ value: (Int64) -> Value
    ) {
        guard let mask else {
            for row in 0..<count { to[row] = value(values[row]) }
            return
        }
        var next = 0
        for row in 0..<count {
            let isNull = mask[row]
            to[row] = isNull ? .zero : value(values[next])
            if !isNull { next += 1 }
        }
    }

    private mutating func readFloats(_ count: Int, _ values: UnsafeMutablePointer<Int64>) throws(StreamError) {
        let power = try readByte()
        if power == LogColumnWriter.plainFloats {
            let plain = try take(count * 8)
            return UnsafeMutableRawPointer(values).copyMemory(from: plain, byteCount: count * 8)
        }
        try StateFormat.check(Int(power) < LogColumnWriter.powers.count, "floats of no kind")
        let factor = LogColumnWriter.powers[Int(power)]
        try readPacked(count, into: values)
        for index in 0..<count {
            values[index] = Int64(bitPattern: (Double(values[index]) / factor).bitPattern)
        }
    }

    private mutating func readTexts(
        _ count: Int, _ values: UnsafeMutablePointer<Int64>, _ texts: TextDictionary
    ) throws(StreamError) {
        let distinct = try readCount(count)
        let prefix = try readCount(Int(Int32.max))
        var text = [UInt8](UnsafeRawBufferPointer(start: try take(prefix), count: prefix))
        var lengths = [Int64](repeating: 0, count: distinct)
        try readNumbers(into: &lengths)
        var codes: [Int64] = []
        codes.reserveCapacity(distinct)
        for length in lengths {
            let rest = UnsafeRawBufferPointer(start: try take(Int(length)), count: Int(length))
            text.removeSubrange(prefix...)
            text.append(contentsOf: rest)
            codes.append(Int64(text.withUnsafeBytes(texts.code)))
        }
        try readPacked(count, into: values)
        for index in 0..<count {
            try StateFormat.check(codes.indices.contains(Int(values[index])), "a text that is not there")
            values[index] = codes[Int(values[index])]
        }
    }

    mutating func readNumbers(into numbers: inout [Int64]) throws(StreamError) {
        let count = numbers.count
        try numbers.withUnsafeMutableBufferPointer { numbers throws(StreamError) in
            guard let base = numbers.baseAddress else { return }
            try readPacked(count, into: base)
        }
    }
}
