internal import WalleMemory

/// A condition on attributes that an index can answer without evaluating an expression for every event: comparisons of an
/// attribute with a literal, perhaps with `AND` between; or any other, of which whoever evaluates expressions tells the truth.
struct TriggerPredicate {
    let predicate: PatternPredicate
    /// All must be true.
    let comparisons: [Comparison]
    /// Whether the comparisons say everything.
    let isComplete: Bool
    /// Trie nodes that refer to it.
    var uses = 0

    /// A value of an attribute compared with a literal, both as numbers of equal order.
    struct Comparison: Hashable, BitwiseCopyable {
        /// The index of the attribute.
        var attribute: Int
        var relation: Relation
        var bound: Int64
    }

    enum Relation: UInt8, BitwiseCopyable {
        case equal, unequal, less, lessOrEqual, greater, greaterOrEqual

        /// The same with both sides exchanged.
        var mirrored: Relation {
            switch self {
            case .equal, .unequal: self
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            }
        }
    }

    init(_ predicate: PatternPredicate, schema: EventSchema, texts: TextDictionary) {
        self.predicate = predicate
        var found: [Comparison] = []
        var isComplete = true
        var rest = [predicate.expression].compactMap(\.self)
        if rest.isEmpty { isComplete = false }
        while let expression = rest.popLast() {
            if case .binary(.and, let left, let right) = expression {
                rest += [right, left]
            } else if let comparison = Self.comparison(expression, schema, texts) {
                found.append(comparison)
            } else {
                isComplete = false
            }
        }
        comparisons = found
        self.isComplete = isComplete
    }

    private static func comparison(
        _ expression: Expression, _ schema: EventSchema, _ texts: TextDictionary
    ) -> Comparison? {
        guard case .binary(let sign, let left, let right) = expression, var relation = relation(sign) else {
            return nil
        }
        let sides: (String, EventValue)
        switch (left, right) {
        case (.name(let name), .literal(let value)): sides = (name, value)
        case (.literal(let value), .name(let name)):
            sides = (name, value)
            relation = relation.mirrored
        default: return nil
        }
        guard case .attribute(let index)? = schema.place(of: sides.0) else { return nil }
        let type = schema.attributes[index].type
        guard let bound = bound(sides.1, type, texts), type != .text || relation == .equal || relation == .unequal
        else {
            return nil
        }
        return Comparison(attribute: index, relation: relation, bound: bound)
    }

    private static func relation(_ sign: BinaryOperator) -> Relation? {
        switch sign {
        case .equal: .equal
        case .unequal: .unequal
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        default: nil
        }
    }

    /// Nil where the comparison needs a conversion, which expressions define, or has no order.
    private static func bound(_ value: EventValue, _ type: ColumnType, _ texts: TextDictionary) -> Int64? {
        switch (value, type) {
        case (.bool(let value), .bool): value ? 1 : 0
        case (.int(let value), .int), (.time(let value), .time): value
        case (.int(let value), .float): Double(exactly: value).flatMap(RowValues.ordered)
        case (.float(let value), .float): RowValues.ordered(value)
        case (.text(let value), .text): Int64(texts.code(of: value))
        default: nil
        }
    }
}

/// The attributes of a batch, to be read a row at a time.
struct RowValues {
    private let columns: UnsafeMutableBufferPointer<RawColumn>
    private let batch: EventBatch

    private struct RawColumn {
        var type: ColumnType
        var values: UnsafeMutableRawPointer
        var nulls: UnsafeMutablePointer<UInt64>?
    }

    /// Valid while the batch is; `deallocate` when done.
    init(_ batch: EventBatch) {
        self.batch = batch
        columns = .allocate(capacity: batch.attributes.count)
        for (index, column) in batch.attributes.enumerated() {
            let values = column.values.bytes.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 64)!
            columns.initializeElement(
                at: index, to: RawColumn(type: column.type, values: values, nulls: column.nulls?.words))
        }
    }

    func deallocate() { columns.deallocate() }

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
