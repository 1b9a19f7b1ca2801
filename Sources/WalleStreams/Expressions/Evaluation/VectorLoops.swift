/// Loops over the values of registers, specialised for each use. The closures are inlined into them.

@inline(__always) func forEachValue<A, R>(
    _ left: UnsafeMutablePointer<A>, _ out: UnsafeMutablePointer<R>, _ count: Int, _ compute: (A) -> R
) {
    var row = 0
    while row < count {
        out[row] = compute(left[row])
        row += 1
    }
}

@inline(__always) func forEachPair<A, B, R>(
    _ left: UnsafeMutablePointer<A>, _ right: UnsafeMutablePointer<B>, _ out: UnsafeMutablePointer<R>, _ count: Int,
    _ compute: (A, B) -> R
) {
    var row = 0
    while row < count {
        out[row] = compute(left[row], right[row])
        row += 1
    }
}

/// A bit a row. First a byte a row, which vectorises, then eight bytes to eight bits by a product that carries nothing.
@inline(__always) func bitsOfPairs<A>(
    _ left: UnsafeMutablePointer<A>, _ right: UnsafeMutablePointer<A>, _ out: UnsafeMutablePointer<UInt64>,
    _ count: Int, _ bytes: UnsafeMutablePointer<UInt8>, _ holds: (A, A) -> Bool
) {
    var row = 0
    while row < count {
        bytes[row] = holds(left[row], right[row]) ? 1 : 0
        row += 1
    }
    packBits(bytes, out, count)
}

/// A bit for each byte that is 0 or 1. Reads up to the next multiple of 64 bytes.
@inline(__always) func packBits(_ bytes: UnsafeMutablePointer<UInt8>, _ out: UnsafeMutablePointer<UInt64>, _ count: Int)
{
    let words = UnsafeRawPointer(bytes)
    for word in 0..<((count + 63) >> 6) {
        var bits: UInt64 = 0
        for eighth in 0..<8 {
            let eight = words.loadUnaligned(fromByteOffset: word * 64 + eighth * 8, as: UInt64.self)
            bits |= (((eight & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) >> 56) << UInt64(eighth * 8)
        }
        out[word] = bits
    }
}

/// Rows whose bit is set, the lowest first.
@inline(__always) func forEachBit(_ bits: UInt64, from row: Int, _ visit: (Int) -> Void) {
    var rest = bits
    while rest != 0 {
        visit(row + rest.trailingZeroBitCount)
        rest &= rest - 1
    }
}
