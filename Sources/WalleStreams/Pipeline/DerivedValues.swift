/// A derived value whose names are found and whose types fit.
package enum CheckedDerived: Hashable, Sendable {
    case expression(CheckedExpression)
    case external(ColumnType, of: [CheckedExpression])

    init(_ value: DerivedValue, in scope: ExpressionScope) throws(StreamError) {
        switch value {
        case .expression(let expression): self = .expression(try CheckedExpression(expression, in: scope))
        case .external(let type, let arguments):
            var checked: [CheckedExpression] = []
            for argument in arguments { checked.append(try CheckedExpression(argument, in: scope)) }
            self = .external(type, of: checked)
        }
    }

    package var type: ColumnType {
        switch self {
        case .expression(let expression): expression.type
        case .external(let type, _): type
        }
    }

    /// The places whose values it needs.
    var places: Set<ExpressionScope.Place> {
        switch self {
        case .expression(let expression): expression.places
        case .external(_, let arguments): arguments.reduce(into: []) { $0.formUnion($1.places) }
        }
    }
}

/// Computes a derived value outside of the engine: a column of the type that the definition says, a value a row.
///
/// - Parameter name: Of the derived value.
/// - Parameter arguments: Columns of `count` rows without nulls.
/// - Parameter texts: What the codes of texts mean, and where new texts get theirs.
/// - Throws: What stops the batch: nothing of it is taken then.
package typealias ExternalFunction =
    (_ name: String, _ arguments: [Column], _ count: Int, _ texts: TextDictionary) throws(StreamError) -> Column

/// Computes the derived values of batches, each visible to the next. Belongs to one thread at a time.
final class DerivedValues {
    private enum Part {
        case expression(ExpressionEvaluator)
        case external(name: String, of: [ExpressionEvaluator], ExternalFunction)
    }
    private let parts: [Part]

    /// - Throws: `.definition` for a value of a function that nobody gave.
    init(
        _ definition: StreamDefinition, _ checked: [CheckedDerived], external: ExternalFunction?
    ) throws(StreamError) {
        var parts: [Part] = []
        for (value, checked) in zip(definition.derived, checked) {
            switch checked {
            case .expression(let expression): parts.append(.expression(ExpressionEvaluator(expression)))
            case .external(_, let arguments):
                guard let external else {
                    throw StreamError(
                        .definition, field: "let.\(value.name)", "nobody gave the function that computes it",
                        remedy: "Run the stream where its function is, or write an expression.")
                }
                parts.append(.external(name: value.name, of: arguments.map(ExpressionEvaluator.init), external))
            }
        }
        self.parts = parts
    }

    /// A column for each derived value.
    func columns(_ batch: EventBatch) throws(StreamError) -> [Column] {
        var values: [Column] = []
        for part in parts {
            switch part {
            case .expression(let expression): values.append(expression.evaluate(batch, derived: values))
            case .external(let name, let arguments, let function):
                let arguments = arguments.map { $0.evaluate(batch, derived: values) }
                let texts = batch.texts
                let column = try Self.skippingNulls(arguments, batch.count) { columns, count throws(StreamError) in
                    try function(name, columns, count, texts)
                }
                values.append(column)
            }
        }
        return values
    }

    /// Calls the function for the rows where no argument is null; in the others the value is null.
    private static func skippingNulls(
        _ arguments: [Column], _ count: Int, _ function: ([Column], Int) throws(StreamError) -> Column
    ) throws(StreamError) -> Column {
        guard let nulls = arguments.reduce(nil, { NullMask.union($0, $1.nulls) }) else {
            return try function(arguments, count)
        }
        let rows = (0..<count).filter { !nulls[$0] }.map(UInt32.init)
        let taken = rows.withUnsafeBufferPointer { rows in arguments.map { $0.taking(rows) } }
        let whole = taken.map { Column($0.type, count: $0.count, values: $0.values) }
        return try function(whole, rows.count).spread(to: rows, of: count)
    }
}

extension Column {
    /// The column with its values at these rows, ascending, and nulls between them.
    fileprivate func spread(to rows: [UInt32], of total: Int) -> Column {
        var spread = ColumnBuilder(type, capacity: total)
        var next = 0
        for row in 0..<total {
            guard next < rows.count, rows[next] == row else {
                spread.appendNull()
                continue
            }
            if isNull(next) { spread.appendNull() } else { spread.append(bits: bits(next)) }
            next += 1
        }
        return spread.finish()
    }
}
