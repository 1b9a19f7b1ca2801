internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Values held between two bounds, in one pass over memory.
enum Clipping {
    /// Elements between the two operations: they stay in the first cache.
    private static let piece = 2048

    /// - Returns: nil when the array and the bounds are not of one type and order, and two calls do as well.
    static func run(
        _ array: ArrayPointer, _ low: PythonPointer, _ high: PythonPointer, _ out: ArrayPointer?, _ state: StatePointer
    ) throws -> PythonPointer? {
        let type = array.dtype
        if let out {
            guard out.dtype == type, out.layout == array.layout else { return nil }
            _ = try out.writableView()
        }
        guard type == type.computing, type.kind == .integer || type.kind == .floating, array.rank > 0,
            array.isContiguous, let lower = try bound(low, type, state, place: 0),
            let upper = try bound(high, type, state, place: 1)
        else { return nil }
        let (shared, code) = (walle_kernels_shared(), Int32(type.kernel))
        guard let raise = walle_kernels_binary(shared, Int32(BinaryOperation.maximum.rawValue), code),
            let cut = walle_kernels_binary(shared, Int32(BinaryOperation.minimum.rawValue), code)
        else { return nil }
        let result = try out.map { ArrayPointer(Py_NewRef($0.object)) } ?? state.array(type, shape: array.shape)
        guard let to = result.view.base, let from = array.view.base else { return result.object }
        let (count, bytes) = (array.count, type.byteCount)
        let isLarge = Flat.isLarge(result.view) && to != from
        if let clip = walle_kernels_clip(shared, code) {
            try Flat.forEachPiece(count) { start, some in
                clip(some, from + start * bytes, lower, upper, to + start * bytes, isLarge)
            }
            return result.object
        }
        for start in stride(from: 0, to: count, by: piece) {
            let (some, offset) = (min(piece, count - start), start * bytes)
            raise(some, from + offset, bytes, lower, 0, to + offset, bytes)
            cut(some, to + offset, bytes, upper, 0, to + offset, bytes)
        }
        return result.object
    }

    /// Where a number lies as an element of the type; nil when it would widen the type.
    private static func bound(
        _ object: PythonPointer, _ type: DType, _ state: StatePointer, place: Int
    ) throws -> UnsafeMutableRawPointer? {
        if let scalar = Scalar(object, state) { return scalar.dtype == type ? scalar.value : nil }
        let isFloat = walle_IsExactFloat(object) != 0
        guard isFloat || walle_IsLong(object) != 0 && walle_IsBool(object) == 0, !isFloat || type.kind == .floating
        else { return nil }
        let address = state.pointee.numbers + 16 * place
        try Element.write(object, as: type, to: address)
        return address
    }
}
