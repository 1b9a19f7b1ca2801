internal import WalleMemory

/// The attributes of a batch, to be read a row at a time. Valid while the batch is; `deallocate` when done.
struct RowValues {
    private let columns: UnsafeMutableBufferPointer<RawColumn>
    private let batch: EventBatch

    private struct RawColumn {
        var type: ColumnType
        var values: UnsafeMutableRawPointer
        var nulls: UnsafeMutablePointer<UInt64>?
        var ordered = Ordered()
        /// The value in order of a batch of one event, for which no memory is asked.
        var single: Int64 = 0
    }

    /// The values of an attribute as numbers of the same order.
    struct Ordered {
        fileprivate var values: UnsafeMutablePointer<Int64>?
        /// A bit for every value that is null, or in no order.
        fileprivate var nulls: UnsafeMutablePointer<UInt64>?
        /// Whether they were made for it.
        fileprivate var isOwned = false
        fileprivate var ownsNulls = false

        /// Whether a value is from `low` to `low + span`.
        @inline(__always) func isWithin(_ row: Int, _ low: Int64, _ span: UInt64) -> Bool {
            guard UInt64(bitPattern: values.unsafelyUnwrapped[row] &- low) <= span else { return false }
            guard let nulls else { return true }
            return nulls[row >> 6] >> UInt64(row & 63) & 1 == 0
        }
    }

    init(_ batch: EventBatch) {
        self.batch = batch
        columns = .allocate(capacity: batch.attributes.count)
        for (index, column) in batch.attributes.enumerated() {
            let values = column.values.bytes.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 64)!
            columns.initializeElement(
                at: index, to: RawColumn(type: column.type, values: values, nulls: column.nulls?.words))
        }
    }

    func deallocate() {
        for column in columns where column.ordered.isOwned {
            column.ordered.values?.deallocate()
            if column.ordered.ownsNulls { column.ordered.nulls?.deallocate() }
        }
        columns.deallocate()
    }

    /// The values of an attribute in order: found for the whole batch when they are first asked for.
    @inline(__always) func ordered(_ attribute: Int) -> Ordered {
        if columns[attribute].ordered.values == nil { columns[attribute].ordered = order(attribute) }
        return columns[attribute].ordered
    }

    private func order(_ attribute: Int) -> Ordered {
        let (column, count) = (columns[attribute], batch.count)
        if column.type == .int || column.type == .time {
            return Ordered(values: column.values.assumingMemoryBound(to: Int64.self), nulls: column.nulls)
        }
        if count == 1, case .ordered(let value) = value(attribute, 0), let columns = columns.baseAddress,
            let offset = MemoryLayout<RawColumn>.offset(of: \.single)
        {
            columns[attribute].single = value
            let place = UnsafeMutableRawPointer(columns + attribute) + offset
            return Ordered(values: place.assumingMemoryBound(to: Int64.self))
        }
        let values = UnsafeMutablePointer<Int64>.allocate(capacity: count)
        if column.type == .text {
            let codes = column.values.assumingMemoryBound(to: UInt32.self)
            for row in 0..<count { (values + row).initialize(to: Int64(codes[row])) }
            return Ordered(values: values, nulls: column.nulls, isOwned: true)
        }
        let words = (count + 63) / 64
        let nulls = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        nulls.initialize(repeating: 0, count: words)
        for row in 0..<count {
            if case .ordered(let value) = value(attribute, row) {
                (values + row).initialize(to: value)
            } else {
                (values + row).initialize(to: 0)
                nulls[row >> 6] |= 1 << UInt64(row & 63)
            }
        }
        return Ordered(values: values, nulls: nulls, isOwned: true, ownsNulls: true)
    }

    enum Value {
        case null
        /// A NaN, which is unequal to everything and in no order.
        case unordered
        /// A number of the same order as the value.
        case ordered(Int64)
    }

    @inline(__always) func value(_ attribute: Int, _ row: Int) -> Value {
        let column = columns[attribute]
        if let nulls = column.nulls, nulls[row >> 6] >> UInt64(row & 63) & 1 != 0 { return .null }
        switch column.type {
        case .bool: return .ordered(Int64(column.values.load(fromByteOffset: row, as: UInt8.self)))
        case .text: return .ordered(Int64(column.values.load(fromByteOffset: row * 4, as: UInt32.self)))
        case .int, .time: return .ordered(column.values.load(fromByteOffset: row * 8, as: Int64.self))
        case .float:
            let value = column.values.load(fromByteOffset: row * 8, as: Double.self)
            return Self.ordered(value).map(Value.ordered) ?? .unordered
        }
    }

    @inline(__always) func isTrue(_ comparison: TriggerPredicate.Comparison, _ row: Int) -> Bool {
        switch value(comparison.attribute, row) {
        case .null: return false
        case .unordered: return comparison.relation == .unequal
        case .ordered(let value):
            switch comparison.relation {
            case .equal: return value == comparison.bound
            case .unequal: return value != comparison.bound
            case .less: return value < comparison.bound
            case .lessOrEqual: return value <= comparison.bound
            case .greater: return value > comparison.bound
            case .greaterOrEqual: return value >= comparison.bound
            }
        }
    }

    /// Whole numbers in the order of the floats; nil for NaN.
    @inline(__always) static func ordered(_ value: Double) -> Int64? {
        if value.isNaN { return nil }
        let bits = Int64(bitPattern: (value + 0).bitPattern)
        return bits >= 0 ? bits : Int64.min &- bits
    }
}
