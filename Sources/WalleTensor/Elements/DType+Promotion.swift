extension DType {
    /// The type that values of both types become when they meet, after the Array API standard 2024.12, section "Type
    /// promotion rules"; where that says nothing (integers with floats, `uint64` with signed integers), as NumPy 2.
    public static func promoted(_ left: DType, _ right: DType) -> DType {
        if left == right { return left }
        let (low, high) = left.kind <= right.kind ? (left, right) : (right, left)
        switch (low.kind, high.kind) {
        case (.bool, _): return high
        case (.integer, .integer): return promotedIntegers(low, high)
        case (.integer, .floating): return floating(holding: low, atLeast: high)
        case (.integer, .complex): return low.byteCount <= 2 ? high : .complex128
        case (.floating, .floating): return promotedFloats(low, high)
        case (.floating, .complex): return low == .float64 ? .complex128 : high
        default: return .complex128
        }
    }

    private static func promotedIntegers(_ left: DType, _ right: DType) -> DType {
        if left.isSigned == right.isSigned { return left.byteCount >= right.byteCount ? left : right }
        let (signed, unsigned) = left.isSigned ? (left, right) : (right, left)
        if signed.byteCount > unsigned.byteCount { return signed }
        switch unsigned {
        case .uint8: return .int16
        case .uint16: return .int32
        case .uint32: return .int64
        default: return .float64  // nothing holds both
        }
    }

    /// A float that holds the integers: one of twice their size.
    private static func floating(holding integer: DType, atLeast float: DType) -> DType {
        switch integer.byteCount {
        case 1: float
        case 2: float == .float64 ? .float64 : .float32
        default: .float64
        }
    }

    /// `float16` and `bfloat16` hold one another's values only in `float32`.
    private static func promotedFloats(_ left: DType, _ right: DType) -> DType {
        if left.byteCount == right.byteCount { return .float32 }
        return left.byteCount > right.byteCount ? left : right
    }
}
