/// Up to `rows` values of a part of an expression, and which of them are null.
///
/// Ints, floats and times take eight bytes a value, texts four, truths a bit. The value of a null is anything.
struct VectorRegister {
    var values: UnsafeMutableRawPointer
    /// A bit a row; says nothing unless `hasNulls`.
    var nulls: UnsafeMutablePointer<UInt64>
    var hasNulls = false

    /// So few that what several steps share stays in the first caches; a multiple of 64 for the bits.
    static let rows = 1024
    static let words = rows / 64

    var ints: UnsafeMutablePointer<Int64> { values.assumingMemoryBound(to: Int64.self) }
    var floats: UnsafeMutablePointer<Double> { values.assumingMemoryBound(to: Double.self) }
    var codes: UnsafeMutablePointer<UInt32> { values.assumingMemoryBound(to: UInt32.self) }
    var bits: UnsafeMutablePointer<UInt64> { values.assumingMemoryBound(to: UInt64.self) }
    var payloads: UnsafeMutablePointer<UInt64> { values.assumingMemoryBound(to: UInt64.self) }

    @inline(__always) func isNull(_ row: Int) -> Bool {
        hasNulls && nulls[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    /// Nulls of word `word`, none when there are none at all.
    @inline(__always) func nullWord(_ word: Int) -> UInt64 { hasNulls ? nulls[word] : 0 }

    mutating func clearNulls() {
        nulls.update(repeating: 0, count: Self.words)
        hasNulls = true
    }

    /// Null where one of the others is.
    mutating func joinNulls(_ left: VectorRegister, _ right: VectorRegister) {
        hasNulls = left.hasNulls || right.hasNulls
        guard hasNulls else { return }
        for word in 0..<Self.words { nulls[word] = left.nullWord(word) | right.nullWord(word) }
    }

    mutating func copyNulls(_ other: VectorRegister) {
        hasNulls = other.hasNulls
        if hasNulls { nulls.update(from: other.nulls, count: Self.words) }
    }

    mutating func setNull(_ row: Int) {
        if !hasNulls { clearNulls() }
        nulls[row >> 6] |= 1 << UInt64(row & 63)
    }
}

/// The registers of one program, in memory of their own.
final class VectorMemory {
    let registers: UnsafeMutablePointer<VectorRegister>
    private let count: Int
    private let buffers: UnsafeMutableRawPointer

    /// Bytes of a register: values of eight bytes, then the bits of nulls.
    private static let stride = VectorRegister.rows * 8 + VectorRegister.words * 8

    init(count: Int) {
        self.count = count
        registers = .allocate(capacity: max(count, 1))
        buffers = .allocate(byteCount: max(count, 1) * Self.stride, alignment: 64)
        buffers.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, 1) * Self.stride)
        for index in 0..<count { registers.advanced(by: index).initialize(to: own(index)) }
    }

    deinit {
        registers.deallocate()
        buffers.deallocate()
    }

    /// A register over its own memory: one that shows a column lies over the column's.
    func own(_ index: Int) -> VectorRegister {
        let values = buffers + index * Self.stride
        let nulls = (values + VectorRegister.rows * 8).assumingMemoryBound(to: UInt64.self)
        return VectorRegister(values: values, nulls: nulls)
    }
}
