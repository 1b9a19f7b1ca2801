/// Finds the rows of batches where a condition is true. Made once; belongs to one thread at a time.
///
/// The parts of an `AND` are evaluated one after the other, each only on rows that are left, as far as this is faster.
package final class EventFilter {
    private let programs: [VectorProgram]
    @exclusivity(unchecked) private var rows: UnsafeMutablePointer<UInt32>
    @exclusivity(unchecked) private var capacity: Int
    /// Rows of a piece that are left, and what the next part says of each row of the piece.
    private let left: UnsafeMutablePointer<UInt32>
    private let truths: UnsafeMutablePointer<UInt64>

    /// When fewer than one in so many rows are left, gathering them pays.
    private static let sparse = 4

    package init(_ condition: CheckedExpression) {
        precondition(condition.type == .bool, "a condition is true or false")
        programs = Self.parts(of: condition).map(VectorProgram.init)
        capacity = VectorRegister.rows
        rows = .allocate(capacity: capacity)
        left = .allocate(capacity: VectorRegister.rows)
        truths = .allocate(capacity: VectorRegister.words)
    }

    deinit {
        rows.deallocate()
        left.deallocate()
        truths.deallocate()
    }

    private static func parts(of condition: CheckedExpression) -> [CheckedExpression] {
        guard case .binary(.and, let left, let right) = condition.node else { return [condition] }
        return parts(of: left) + parts(of: right)
    }

    /// Hands the positions of the rows, upwards, to `body`, for whom alone they are valid.
    package func select<Result>(
        _ batch: EventBatch, derived: [Column] = [], _ body: (UnsafeBufferPointer<UInt32>) throws -> Result
    ) rethrows -> Result {
        let count = find(batch, derived)
        return try withExtendedLifetime(self) { try body(UnsafeBufferPointer(start: rows, count: count)) }
    }

    private func find(_ batch: EventBatch, _ derived: [Column]) -> Int {
        for program in programs { program.prepare(batch, derived: derived) }
        reserve(batch.count)
        var selected = 0
        for start in stride(from: 0, to: batch.count, by: VectorRegister.rows) {
            let count = min(VectorRegister.rows, batch.count - start)
            filter(start, count)
            for word in 0..<NullMask.words(count) {
                forEachBit(truths[word], from: start + word * 64) { row in
                    rows[selected] = UInt32(truncatingIfNeeded: row)
                    selected += 1
                }
            }
        }
        return selected
    }

    private func reserve(_ count: Int) {
        guard count > capacity else { return }
        rows.deallocate()
        rows = .allocate(capacity: count)
        capacity = count
    }

    /// Leaves in `truths` a bit for each row that all parts keep.
    private func filter(_ start: Int, _ count: Int) {
        let words = NullMask.words(count)
        truths.update(repeating: .max, count: words)
        if count & 63 != 0 { truths[words - 1] = 1 << UInt64(count & 63) - 1 }
        var rest = count
        for program in programs {
            if rest == 0 { return }
            if rest * Self.sparse < count {
                filterLeft(program, start, words)
            } else {
                program.run(from: start, count: count)
                let result = program.result
                for word in 0..<words { truths[word] &= result.bits[word] & ~result.nullWord(word) }
            }
            rest = (0..<words).reduce(0) { $0 + truths[$1].nonzeroBitCount }
        }
    }

    private func filterLeft(_ program: VectorProgram, _ start: Int, _ words: Int) {
        var count = 0
        for word in 0..<words {
            forEachBit(truths[word], from: start + word * 64) { row in
                left[count] = UInt32(truncatingIfNeeded: row)
                count += 1
            }
        }
        program.run(rows: left, count: count)
        let result = program.result
        for index in 0..<count
        where (result.bits[index >> 6] & ~result.nullWord(index >> 6)) >> UInt64(index & 63) & 1 == 0 {
            let row = Int(left[index]) - start
            truths[row >> 6] &= ~(1 << UInt64(row & 63))
        }
    }
}
