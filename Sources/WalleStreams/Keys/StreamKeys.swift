/// Turns the key of an event into one number, and numbers back into columns.
///
/// The number of a key of one column is its value; a key of several columns is numbered as it comes, and its number goes
/// to another when nothing needs it any more.
final class StreamKeys {
    private let types: [ColumnType]
    @exclusivity(unchecked) private var tuples: TupleDictionary
    /// Rows that stand for ever are named by the numbers of their keys, which these thus keep.
    private let keepsTold: Bool
    /// Of each number whether it was told, where those are kept.
    @exclusivity(unchecked) private var isTold: [Bool] = []

    init(_ types: [ColumnType], keepsTold: Bool = false) {
        self.types = types
        self.keepsTold = keepsTold && types.count > 1
        tuples = TupleDictionary(width: types.count)
    }

    var byteCount: Int { tuples.byteCount }

    /// Of each row the number of its key.
    func numbers(_ columns: [Column], count: Int) -> [UInt64] {
        switch columns.count {
        case 0: return [UInt64](repeating: 0, count: count)
        case 1:
            return [UInt64](unsafeUninitializedCapacity: count) { numbers, made in
                Self.write(columns[0], to: numbers, each: 1)
                made = count
            }
        default: return tupleNumbers(columns, count)
        }
    }

    private func tupleNumbers(_ columns: [Column], _ count: Int) -> [UInt64] {
        guard count > 0 else { return [] }
        let width = columns.count
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count * width) { words in
            for (index, column) in columns.enumerated() {
                Self.write(column, to: UnsafeMutableBufferPointer(rebasing: words[index...]), each: width)
            }
            return tuples.numbers(UnsafeBufferPointer(words), count)
        }
    }

    /// Writes the words of a column's values, so many places apart.
    private static func write(_ column: Column, to words: UnsafeMutableBufferPointer<UInt64>, each width: Int) {
        guard let words = words.baseAddress else { return }
        switch column.type {
        case .bool: write(column, column.bools, to: words, each: width)
        case .text: write(column, column.codes, to: words, each: width)
        case .int, .time: write(column, column.pointer(as: UInt64.self), to: words, each: width)
        case .float: for row in 0..<column.count { words[row &* width] = column.bits(row) }
        }
        guard let nulls = column.nulls else { return }
        for row in 0..<column.count where nulls[row] { words[row &* width] = null(column.type) }
    }

    @inline(__always)
    private static func write<Value: FixedWidthInteger>(
        _ column: Column, _ values: UnsafeMutablePointer<Value>, to words: UnsafeMutablePointer<UInt64>, each width: Int
    ) {
        for row in 0..<column.count { words[row &* width] = UInt64(truncatingIfNeeded: values[row]) }
    }

    /// What no value of the type has, for null: of floats a NaN that `bits` does not give, of integers the least one, which
    /// is null to a key.
    private static func null(_ type: ColumnType) -> UInt64 {
        switch type {
        case .bool, .text: 1 << 32
        case .float: Double.nan.bitPattern | 1
        case .int, .time: UInt64(bitPattern: .min)
        }
    }

    // MARK: forgetting

    /// Forgets keys that nothing needs, when it is worth a look. Between batches: none of their numbers may be on its way.
    ///
    /// - Parameter forEachKey: Tells the numbers that are needed, and whether it could.
    func forget(_ forEachKey: ((UInt64) -> Void) -> Bool) {
        guard tuples.isSweepDue else { return }
        var isNeeded = isTold + [Bool](repeating: false, count: tuples.bound - isTold.count)
        let isComplete = isNeeded.withUnsafeMutableBufferPointer { isNeeded in
            // Damaged state may name one that is not there.
            forEachKey { if $0 < UInt64(isNeeded.count) { isNeeded[Int($0)] = true } }
        }
        if isComplete { tuples.removeAll(but: isNeeded) } else { tuples.waitForSweep() }
    }

    private func tell(_ numbers: [UInt64]) {
        isTold += [Bool](repeating: false, count: tuples.bound - isTold.count)
        isTold.withUnsafeMutableBufferPointer { isTold in
            for number in numbers { isTold[Int(number)] = true }
        }
    }

    // MARK: saving

    func record(_ recorder: StateRecorder) { tuples.record(recorder) }

    func restore(_ state: SavedState) throws(StreamError) {
        try tuples.restore(state)
        // Which of them were told is not saved: they all may have been.
        if keepsTold { isTold = [Bool](repeating: true, count: tuples.bound) }
    }

    /// A column for each part of the keys.
    func columns(_ numbers: [UInt64]) -> [Column] {
        if keepsTold { tell(numbers) }
        return types.enumerated().map { index, type in
            var column = ColumnBuilder(type, capacity: numbers.count)
            for number in numbers {
                let word = types.count == 1 ? number : tuples.word(Int(number), index)
                if word == Self.null(type) { column.appendNull() } else { column.append(bits: word) }
            }
            return column.finish()
        }
    }
}
