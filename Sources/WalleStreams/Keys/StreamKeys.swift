/// Turns the key of an event into one number, and numbers back into columns.
///
/// The number of a key of one column is its value; a key of several columns is numbered as it comes.
final class StreamKeys {
    private let types: [ColumnType]
    private var tuples: TupleDictionary

    init(_ types: [ColumnType]) {
        self.types = types
        tuples = TupleDictionary(width: types.count)
    }

    var byteCount: Int { tuples.byteCount }

    /// Of each row the number of its key.
    func numbers(_ columns: [Column], count: Int) -> [UInt64] {
        switch columns.count {
        case 0: return [UInt64](repeating: 0, count: count)
        case 1: return (0..<count).map { Self.word(columns[0], $0) }
        default:
            return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: columns.count) { tuple in
                (0..<count).map { row in
                    for (index, column) in columns.enumerated() { tuple[index] = Self.word(column, row) }
                    return UInt64(tuples.number(UnsafeBufferPointer(tuple)))
                }
            }
        }
    }

    /// A value's bits, or what no value of its type has for null.
    @inline(__always) private static func word(_ column: Column, _ row: Int) -> UInt64 {
        column.isNull(row) ? null(column.type) : column.bits(row)
    }

    /// For floats a NaN that `bits` does not give; for integers the least one, which is null to a key.
    private static func null(_ type: ColumnType) -> UInt64 {
        switch type {
        case .bool, .text: 1 << 32
        case .float: Double.nan.bitPattern | 1
        case .int, .time: UInt64(bitPattern: .min)
        }
    }

    // MARK: saving

    func record(_ recorder: StateRecorder) { tuples.record(recorder) }
    func restore(_ state: SavedState) throws(StreamError) { try tuples.restore(state) }

    /// A column for each part of the keys.
    func columns(_ numbers: [UInt64]) -> [Column] {
        types.enumerated().map { index, type in
            var column = ColumnBuilder(type, capacity: numbers.count)
            for number in numbers {
                let word = types.count == 1 ? number : tuples.word(Int(number), index)
                if word == Self.null(type) { column.appendNull() } else { column.append(bits: word) }
            }
            return column.finish()
        }
    }
}

/// Numbers tuples of words as they come.
private struct TupleDictionary {
    private let width: Int
    private var words: [UInt64] = []
    private var slots = [Int32](repeating: -1, count: 64)
    private var count = 0

    init(width: Int) { self.width = width }

    var byteCount: Int { words.capacity * 8 + slots.count * 4 }

    func word(_ number: Int, _ index: Int) -> UInt64 { words[number * width + index] }

    mutating func number(_ tuple: UnsafeBufferPointer<UInt64>) -> Int {
        var slot = home(tuple)
        while slots[slot] >= 0 {
            if equals(Int(slots[slot]), tuple) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(count)
        words.append(contentsOf: tuple)
        count += 1
        if count * 2 > slots.count { grow() }
        return count - 1
    }

    private func home(_ tuple: UnsafeBufferPointer<UInt64>) -> Int {
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        for word in tuple { hash = fold(hash ^ word, 0xd6e8_feb8_6659_fd93) }
        return Int(truncatingIfNeeded: hash) & (slots.count - 1)
    }

    private func equals(_ number: Int, _ tuple: UnsafeBufferPointer<UInt64>) -> Bool {
        for index in 0..<width where words[number * width + index] != tuple[index] { return false }
        return true
    }

    /// Tuples of a block. Full ones never change.
    private static let blockTuples = 4096

    func record(_ recorder: StateRecorder) {
        let item = StateItem(.keys)
        for first in stride(from: 0, to: count, by: Self.blockTuples) {
            let end = min(first + Self.blockTuples, count)
            if end - first == Self.blockTuples, recorder.keepsFull(item) { continue }
            recorder.write(item, capacity: (end - first) * width * 8) { writer in
                writer.write(counted: Array(words[first * width..<end * width]))
            }
        }
    }

    mutating func restore(_ state: SavedState) throws(StreamError) {
        try state.forEachBlock(StateItem(.keys)) { reader throws(StreamError) in
            let tuples = try reader.readWords()
            guard width > 0, tuples.count % width == 0 else { throw StateFormat.damaged("keys of another width") }
            for first in stride(from: 0, to: tuples.count, by: width) {
                let before = count
                tuples[first..<first + width].withUnsafeBufferPointer { _ = number($0) }
                guard count == before + 1 else { throw StateFormat.damaged("a key is there twice") }
            }
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        words.withUnsafeBufferPointer { words in
            for number in 0..<count {
                var slot = home(UnsafeBufferPointer(rebasing: words[number * width..<(number + 1) * width]))
                while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = Int32(number)
            }
        }
    }
}
