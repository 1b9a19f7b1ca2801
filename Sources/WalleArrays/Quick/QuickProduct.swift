internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Matrix products of arrays of one or two axes and one type.
enum QuickProduct {
    /// Nil for other arrays, and where the shapes do not fit.
    @inline(__always)
    static func run(
        _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard let factors = Factors(first, second, state) else { return nil }
        if factors.shape.count == 0 {
            let place = state.pointee.numbers + 48
            try factors.multiply(into: place)
            return try state.scalar(factors.dtype, place)
        }
        let result = try state.array(factors.dtype, shape: factors.shape)
        if factors.rows > 0 && factors.columns > 0 {
            do { try factors.multiply(into: result.body.pointee.first) } catch {
                Py_DecRef(result.object)
                throw error
            }
        }
        return result.object
    }

    /// Into a packed array of the result's shape that lies apart; false when it is not.
    static func run(
        _ first: PythonPointer, _ second: PythonPointer, into out: ArrayPointer, _ state: StatePointer
    ) throws -> Bool {
        try out.writableBody()
        guard let factors = Factors(first, second, state), out.dtype == factors.dtype, out.shape == factors.shape,
            out.isContiguous, !ArrayPointer(first).view.overlaps(out.view),
            !ArrayPointer(second).view.overlaps(out.view)
        else { return false }
        if factors.rows > 0 && factors.columns > 0 {
            try factors.multiply(into: out.body.pointee.first)
        }
        return true
    }

    private struct Factors {
        let dtype: DType
        let left: Matrix, right: Matrix
        let shape: Axes
        var rows: Int { left.rows }
        var columns: Int { right.columns }

        @inline(__always)
        init?(_ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer) {
            guard walle_Type(first) == state.pointee.arrayType, walle_Type(second) == state.pointee.arrayType else {
                return nil
            }
            let (a, b) = (ArrayPointer(first).body, ArrayPointer(second).body)
            let (rankA, rankB) = (a.pointee.layout.rank, b.pointee.layout.rank)
            dtype = a.pointee.dtype
            guard dtype.computing == dtype, b.pointee.dtype == dtype, rankA == 1 || rankA == 2,
                rankB == 1 || rankB == 2, a.pointee.layout.shape[rankA - 1] == b.pointee.layout.shape[0]
            else { return nil }
            let (depth, bytes) = (b.pointee.layout.shape[0], dtype.byteCount)
            let rows = rankA == 2 ? a.pointee.layout.shape[0] : 1
            let columns = rankB == 2 ? b.pointee.layout.shape[1] : 1
            left = Matrix(
                a.pointee.first, rows: rows, columns: depth,
                rowStride: rankA == 2 ? a.pointee.layout.strides[0] / bytes : depth,
                columnStride: a.pointee.layout.strides[rankA - 1] / bytes)
            right = Matrix(
                b.pointee.first, rows: depth, columns: columns, rowStride: b.pointee.layout.strides[0] / bytes,
                columnStride: rankB == 2 ? b.pointee.layout.strides[1] / bytes : 1)
            var shape = Axes(repeating: rankA == 2 ? rows : columns, count: rankA + rankB - 2)
            if shape.count == 2 { shape[1] = columns }
            self.shape = shape
        }

        func multiply(into place: UnsafeMutableRawPointer) throws {
            try Stopping.allow(elements: rows * columns * left.columns / 256) {
                MatrixProduct(dtype, pool: .shared).multiply(
                    left, right, into: MutableMatrix(place, rows: rows, columns: columns))
            }
        }
    }
}
