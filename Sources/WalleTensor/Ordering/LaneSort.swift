internal import CWalleKernels

/// Sorts lanes of one length and type by way of keys: signed integers in the order of the elements.
///
/// Only -0 and 0 are equal and yet differ, so a sort of keys that tells them apart is stable but for them; a stable sort
/// puts the zeros right afterwards.
struct LaneSort {
    let dtype: DType
    let length: Int
    let options: Int32
    let isStable: Bool
    /// Bytes between neighbours of the output's lanes, and of the input's.
    let (outputStride, inputStride): (Int, Int)
    private let kernels = walle_kernels_sorting(walle_kernels_shared()).unsafelyUnwrapped
    private let encode: walle_encode_kernel
    private let decode: walle_decode_kernel

    init(_ dtype: DType, length: Int, descending: Bool, isStable: Bool, strides: (output: Int, input: Int)) {
        self.dtype = dtype
        self.length = length
        self.isStable = isStable && dtype.kind == .floating
        options = Int32(descending ? walle_keys_descending : walle_keys_ascending)
        (outputStride, inputStride) = strides
        let shared = walle_kernels_shared()
        encode = walle_kernels_encode(shared, Int32(dtype.kernel)).unsafelyUnwrapped
        decode = walle_kernels_decode(shared, Int32(dtype.kernel)).unsafelyUnwrapped
    }

    private var laneBytes: Int { length * dtype.byteCount }
    private var needsKeys: Bool { outputStride != dtype.byteCount }
    /// Bytes: of keys, of the kernel's scratch, of a copy of the input.
    private var parts: (keys: Int, kernel: Int, copy: Int) {
        (
            needsKeys ? laneBytes.roundedUp(to: 64) : 0,
            dtype.byteCount == 2 ? walle_sort_16_scratch(length).roundedUp(to: 64) : 0, isStable ? laneBytes : 0
        )
    }
    var scratchBytes: Int { parts.keys + parts.kernel + parts.copy }

    /// Sorts one lane into another, or in place; whole, or up to where some ranks (rising) are right.
    func sort(
        _ input: UnsafeMutableRawPointer, to output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer,
        ranks: Span<Int>? = nil
    ) {
        if isStable, copyIfSorted(input, to: output) { return }
        let keys = needsKeys ? scratch : output
        let rest = scratch + parts.keys
        if isStable { copyKernel(length, input, inputStride, rest + parts.kernel, dtype.byteCount) }
        if keys != input || !keysAreElements { encode(length, input, inputStride, keys, options) }
        if let ranks { select(keys, ranks, rest) } else { sortKeys(keys, rest) }
        if keys != output || !keysAreElements { decode(length, keys, output, outputStride, options) }
        if isStable { orderZeros(of: output, as: rest + parts.kernel) }
    }

    /// Whether the lane was sorted as it is, or falls: then nothing is equal.
    private func copyIfSorted(_ input: UnsafeMutableRawPointer, to output: UnsafeMutableRawPointer) -> Bool {
        let options = options | Int32(walle_keys_equal_zeros)
        switch LaneDirection(dtype, length, input, inputStride, options) {
        case .rises: if input != output { copyKernel(length, input, inputStride, output, outputStride) }
        case .falls where input != output:
            copyKernel(length, input + (length - 1) * inputStride, -inputStride, output, outputStride)
        default: return false
        }
        return true
    }

    private var keysAreElements: Bool { dtype.kind == .integer && dtype.isSigned && options == 0 }

    private var copyKernel: walle_unary_kernel {
        walle_kernels_copy(walle_kernels_shared(), dtype.byteCount).unsafelyUnwrapped
    }

    private func sortKeys(_ keys: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer) {
        switch dtype.byteCount {
        case 1: kernels.pointee.sort_8(length, keys.assumingMemoryBound(to: Int8.self))
        case 2: kernels.pointee.sort_16(length, keys.assumingMemoryBound(to: Int16.self), scratch)
        case 4: kernels.pointee.sort_32(length, keys)
        default: kernels.pointee.sort_64(length, keys)
        }
    }

    /// Short keys are counted as fast as they are partitioned.
    private func select(_ keys: UnsafeMutableRawPointer, _ ranks: Span<Int>, _ scratch: UnsafeMutableRawPointer) {
        let bytes = dtype.byteCount
        guard bytes > 2, let kernel = bytes == 4 ? kernels.pointee.select_32 : kernels.pointee.select_64 else {
            return sortKeys(keys, scratch)
        }
        var start = 0
        for index in ranks.indices where ranks[index] >= start {
            kernel(length - start, keys + start * bytes, ranks[index] - start)
            start = ranks[index] + 1
        }
    }

    /// Gives the zeros of a sorted lane the order of signs that they had before.
    private func orderZeros(of output: UnsafeMutableRawPointer, as original: UnsafeMutableRawPointer) {
        switch dtype.byteCount {
        case 2: orderZeros(Int16.self, output, original)
        case 4: orderZeros(Int32.self, output, original)
        default: orderZeros(Int64.self, output, original)
        }
    }

    private func orderZeros<Bits: FixedWidthInteger>(
        _: Bits.Type, _ output: UnsafeMutableRawPointer, _ original: UnsafeMutableRawPointer
    ) {
        // Zeros are the bits without their sign.
        func isZero(_ place: UnsafeMutableRawPointer) -> Bool { place.load(as: Bits.self) << 1 == 0 }
        var place = 0
        while place < length && !isZero(output + place * outputStride) { place += 1 }
        guard place < length else { return }
        for index in 0..<length {
            let from = original + index * dtype.byteCount
            guard isZero(from) else { continue }
            (output + place * outputStride).storeBytes(of: from.load(as: Bits.self), as: Bits.self)
            place += 1
        }
    }
}

extension Int {
    func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
