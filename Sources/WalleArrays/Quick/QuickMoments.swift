internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Variance and standard deviation: of all elements, or of each row.
///
/// The squares of deviations stay in the first cache: they are added up piece by piece, and the pieces pairwise, which is
/// no worse than NumPy's pairwise sum of all.
enum QuickMoments {
    static let all = [
        QuickFunction("var") { try moment(isRoot: false, $0, $1) },
        QuickFunction("std") { try moment(isRoot: true, $0, $1) },
    ]

    private static let piece = 512
    private static func moment(
        isRoot: Bool, _ given: QuickArguments, _ state: StatePointer
    ) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state) else { return nil }
        let axis = given.take(1, .axis, state)
        guard given.isSpent, array.dtype == .float64 || array.dtype == .float32, let line = QuickCall.line(array),
            line.count > 0, line.count <= QuickCall.mostAtOnce
        else { return nil }
        let rank = array.rank
        FloatErrors.clear()
        let result: PythonPointer
        if let axis {
            guard let index = QuickFunction.integer(axis), index == rank - 1 || index == -1, rank > 1 else {
                return nil
            }
            var shape = array.shape
            let length = shape[rank - 1]
            shape.remove(at: rank - 1)
            result = try state.array(array.dtype, shape: shape) { output in
                rows(line, length, array.dtype, isRoot, output)
            }.object
        } else {
            let place = state.pointee.numbers + 48
            Moment(array.dtype).write(line, isRoot: isRoot, to: place)
            result = try state.scalar(array.dtype, place)
        }
        do { try FloatErrors.check(state, "reduce") } catch {
            Py_DecRef(result)
            throw error
        }
        return result
    }

    private static func rows(
        _ line: QuickCall.Line, _ length: Int, _ dtype: DType, _ isRoot: Bool, _ output: View
    ) {
        guard var to = output.base else { return }
        let moment = Moment(dtype)
        var row = line
        row.count = length
        for _ in 0..<line.count / length {
            moment.write(row, isRoot: isRoot, to: to)
            row.base += length * line.stride
            to += dtype.byteCount
        }
    }

    /// The kernels of one type.
    private struct Moment {
        private let bytes: Int
        private let isDouble: Bool
        private let sum: walle_fold_kernel
        private let subtract, multiply: walle_binary_kernel

        init(_ dtype: DType) {
            let (kernels, kernel) = (walle_kernels_shared(), Int32(dtype.kernel))
            bytes = dtype.byteCount
            isDouble = dtype == .float64
            sum = walle_kernels_fold(kernels, Int32(FoldOperation.sum.rawValue), kernel).unsafelyUnwrapped
            subtract = walle_kernels_binary(kernels, Int32(BinaryOperation.subtract.rawValue), kernel).unsafelyUnwrapped
            multiply = walle_kernels_binary(kernels, Int32(BinaryOperation.multiply.rawValue), kernel).unsafelyUnwrapped
        }

        /// The mean of the squares of what the elements are away from their mean.
        func write(_ line: QuickCall.Line, isRoot: Bool, to place: UnsafeMutableRawPointer) {
            let pieces = (line.count + piece - 1) / piece
            withUnsafeTemporaryAllocation(byteCount: (piece + pieces + 1) * bytes, alignment: 64) { memory in
                let scratch = memory.baseAddress.unsafelyUnwrapped
                let sums = scratch + piece * bytes
                let mean = sums + pieces * bytes
                memory.initializeMemory(as: UInt8.self, repeating: 0)
                sum(line.count, line.base, line.stride, mean)
                divide(mean, by: line.count)
                for index in 0..<pieces {
                    let count = min(piece, line.count - index * piece)
                    subtract(
                        count, line.base + index * piece * line.stride, line.stride, mean, 0, scratch, bytes)
                    multiply(count, scratch, bytes, scratch, bytes, scratch, bytes)
                    sum(count, scratch, bytes, sums + index * bytes)
                }
                place.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
                sum(pieces, sums, bytes, place)
                divide(place, by: line.count)
                if isRoot { takeRoot(of: place) }
            }
        }

        private func divide(_ place: UnsafeMutableRawPointer, by count: Int) {
            if isDouble {
                place.assumingMemoryBound(to: Double.self).pointee /= Double(count)
            } else {
                place.assumingMemoryBound(to: Float.self).pointee /= Float(count)
            }
        }

        private func takeRoot(of place: UnsafeMutableRawPointer) {
            if isDouble {
                place.assumingMemoryBound(to: Double.self).pointee.formSquareRoot()
            } else {
                place.assumingMemoryBound(to: Float.self).pointee.formSquareRoot()
            }
        }
    }
}
