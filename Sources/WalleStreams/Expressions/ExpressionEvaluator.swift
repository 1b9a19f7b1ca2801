internal import WalleMemory

/// Computes an expression for batch after batch, column by column. Made once; belongs to one thread at a time.
///
/// What functions of texts gave is remembered between batches, in bounded memory. Nothing is allocated for a row; texts
/// that are new go to the dictionary of the batch.
package final class ExpressionEvaluator {
    package let type: ColumnType
    private let program: VectorProgram
    /// Where its values are already, when it is a mere name.
    private let place: ExpressionScope.Place?

    package init(_ expression: CheckedExpression) {
        type = expression.type
        program = VectorProgram(expression)
        if case .column(let place) = expression.node { self.place = place } else { place = nil }
    }

    /// - Parameter derived: Columns of the values derived before, in the order of the scope.
    /// - Returns: A column of the batch's rows.
    package func evaluate(_ batch: EventBatch, derived: [Column] = []) -> Column {
        switch place {
        case .event(let place): return batch.column(at: place)
        case .derived(let index): return derived[index]
        case nil: break
        }
        program.prepare(batch, derived: derived)
        let values = SharedStorage(uninitialized: max(1, batch.count * type.width))
        var nulls: NullMask?
        for start in stride(from: 0, to: batch.count, by: VectorRegister.rows) {
            let count = min(VectorRegister.rows, batch.count - start)
            compute(start, count, values)
            if program.result.hasNulls { nulls = keepNulls(nulls, start, count, batch.count) }
        }
        let column = Column(type, count: batch.count, values: values, nulls: nulls)
        column.zeroNulls()
        return column
    }

    private func compute(_ start: Int, _ count: Int, _ values: SharedStorage) {
        let place = values.bytes.baseAddress.unsafelyUnwrapped + start * type.width
        // The last step writes to the column itself.
        let direct = type != .bool && !program.hasNoSteps
        if direct { program.result.values = place }
        program.run(from: start, count: count)
        let result = program.result
        if type == .bool {
            let bytes = place.assumingMemoryBound(to: UInt8.self)
            for row in 0..<count {
                bytes[row] = UInt8(truncatingIfNeeded: result.bits[row >> 6] >> UInt64(row & 63) & 1)
            }
        } else if !direct {
            place.copyMemory(from: result.values, byteCount: count * type.width)
        }
    }

    /// The mask with the nulls of the last rows computed; nil as long as there are none.
    private func keepNulls(_ mask: NullMask?, _ start: Int, _ count: Int, _ total: Int) -> NullMask? {
        let words = NullMask.words(count)
        let last: UInt64 = count & 63 == 0 ? .max : 1 << UInt64(count & 63) - 1
        var found: UInt64 = 0
        for word in 0..<words { found |= program.result.nulls[word] & (word == words - 1 ? last : .max) }
        guard found != 0 else { return mask }
        let kept = mask ?? NullMask(none: total)
        for word in 0..<words {
            kept.words[start >> 6 + word] = program.result.nulls[word] & (word == words - 1 ? last : .max)
        }
        return kept
    }
}

extension Column {
    /// Gives nulls the value that every reader may count on.
    fileprivate func zeroNulls() {
        guard let nulls else { return }
        for word in 0..<NullMask.words(count) {
            forEachBit(nulls.words[word], from: word * 64) { row in
                switch type {
                case .bool: bools[row] = 0
                case .text: codes[row] = 0
                case .int, .float, .time: ints[row] = 0
                }
            }
        }
    }
}
