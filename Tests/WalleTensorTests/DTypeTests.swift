import CWalleKernels
import Testing
import WalleTensor

@Suite struct DTypeTests {
    @Test func agreesWithTheKernels() {
        #expect(DType.allCases.count == Int(walle_dtype_count.rawValue))
        for type in DType.allCases {
            #expect(walle_dtype_bytes(walle_dtype(UInt32(type.rawValue))) == type.byteCount, "\(type)")
        }
    }

    /// The tables of the standard, and NumPy's where it has none.
    @Test(arguments: [
        (DType.int8, DType.uint8, DType.int16), (.int8, .uint16, .int32), (.int8, .uint32, .int64),
        (.int16, .uint8, .int16), (.int64, .uint64, .float64), (.int8, .uint64, .float64), (.bool, .uint8, .uint8),
        (.uint8, .uint32, .uint32), (.int8, .int64, .int64), (.int8, .float16, .float16), (.int16, .float16, .float32),
        (.uint16, .float32, .float32), (.int32, .float16, .float64), (.int32, .float32, .float64),
        (.int64, .float32, .float64), (.float16, .bfloat16, .float32), (.float32, .float64, .float64),
        (.float32, .complex64, .complex64), (.float64, .complex64, .complex128), (.int32, .complex64, .complex128),
        (.int16, .complex64, .complex64), (.bool, .complex64, .complex64), (.complex64, .complex128, .complex128),
    ])
    func promotes(left: DType, right: DType, to result: DType) {
        #expect(DType.promoted(left, right) == result)
        #expect(DType.promoted(right, left) == result)
    }
}
