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

        /// The values for which it is true; nil where they are none, or not in one row.
        var range: ClosedRange<Int64>? {
            switch relation {
            case .equal: bound...bound
            case .unequal: nil
            case .less: bound > .min ? .min...(bound - 1) : nil
            case .lessOrEqual: .min...bound
            case .greater: bound < .max ? (bound + 1)...(.max) : nil
            case .greaterOrEqual: bound...(.max)
            }
        }
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
