internal import CWalleKernels

/// A matrix, or a part of one, in scratch: its rows are contiguous.
struct Block<Scalar: LinearScalar> {
    var base: UnsafeMutablePointer<Scalar>
    var rows: Int
    var columns: Int
    /// Elements from one row to the next.
    var stride: Int

    @inline(__always) subscript(row: Int, column: Int) -> Scalar {
        get { base[row * stride + column] }
        nonmutating set { base[row * stride + column] = newValue }
    }

    @inline(__always) func row(_ index: Int) -> UnsafeMutablePointer<Scalar> { base + index * stride }

    @inline(__always) func part(rows: Range<Int>, columns: Range<Int>) -> Block {
        Block(
            base: base + rows.lowerBound * stride + columns.lowerBound, rows: rows.count, columns: columns.count,
            stride: stride)
    }

    @inline(__always) func rows(_ range: Range<Int>) -> Block { part(rows: range, columns: 0..<columns) }

    /// As a factor of a product.
    var factor: Matrix { Matrix(base, rows: rows, columns: columns, rowStride: stride) }
    var target: MutableMatrix { MutableMatrix(base, rows: rows, columns: columns, rowStride: stride) }

    func fill(_ value: Scalar) {
        for row in 0..<rows { self.row(row).update(repeating: value, count: columns) }
    }

    /// Zero but for ones on the diagonal.
    func fillIdentity() {
        fill(.zero)
        for index in 0..<min(rows, columns) { self[index, index] = .one }
    }

    /// The elements of another block of the same shape.
    func copy(_ other: Block) {
        for row in 0..<rows { self.row(row).update(from: other.row(row), count: columns) }
    }

    /// The elements of another block with rows and columns exchanged, a tile at a time.
    func copyTransposed(_ other: Block, conjugating: Bool = false) {
        let tile = 16
        for start in Swift.stride(from: 0, to: rows, by: tile) {
            for column in Swift.stride(from: 0, to: columns, by: tile) {
                for i in start..<min(start + tile, rows) {
                    let to = row(i)
                    for j in column..<min(column + tile, columns) {
                        let value = other[j, i]
                        to[j] = conjugating ? value.conjugate : value
                    }
                }
            }
        }
    }

    func conjugate() {
        for row in 0..<rows {
            let values = self.row(row)
            for column in 0..<columns { values[column] = values[column].conjugate }
        }
    }

    /// Scales the elements, if they are very large or small, so that their squares are representable.
    ///
    /// - Returns: what they were multiplied by, a power of two; nil when there is NaN or infinity.
    func scaleIntoRange() -> Double? {
        var (largest, sum) = (0.0, 0.0)
        for row in 0..<rows {
            let values = self.row(row)
            for column in 0..<columns {
                largest = Swift.max(largest, values[column].size)
                // NaN and infinity stay, which `max` does not promise.
                sum += 0 * values[column].size
            }
        }
        guard sum == 0 else { return nil }
        if largest == 0 || largest > 1e-120 && largest < 1e120 { return 1 }
        let scale = Double(sign: .plus, exponent: -Int(largest.exponent), significand: 1)
        for row in 0..<rows {
            let values = self.row(row)
            for column in 0..<columns { values[column] = scale * values[column] }
        }
        return scale
    }

    func exchange(_ first: Int, _ second: Int) {
        let (a, b) = (row(first), row(second))
        for column in 0..<columns {
            let held = a[column]
            a[column] = b[column]
            b[column] = held
        }
    }

    /// `self = alpha * left * right + beta * self`.
    func multiply(_ left: Matrix, _ right: Matrix, alpha: Double = 1, beta: Double = 0) {
        MatrixProduct(Scalar.dtype, alpha: alpha, beta: beta, pool: .shared).multiply(left, right, into: target)
    }
}

/// Operations on rows, by kernels. See `walle_linear`.
extension LinearScalar {
    /// `y += Σ x[i] · (row i of a)`.
    @inline(__always) static func addSums(
        _ x: UnsafePointer<Self>, stride: Int = 1, of a: Block<Self>, conjugating: Bool = false,
        to y: UnsafeMutablePointer<Self>
    ) {
        kernels.pointee.sums.unsafelyUnwrapped(a.rows, a.columns, x, stride, a.base, a.stride, conjugating, y)
    }

    /// `y[i] = (row i of a) · x`.
    @inline(__always) static func dots(
        _ a: Block<Self>, conjugating: Bool = false, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>,
        stride: Int = 1
    ) {
        kernels.pointee.dots.unsafelyUnwrapped(a.rows, a.columns, a.base, a.stride, conjugating, x, y, stride)
    }

    /// `Σ x[i] · y[i]`, of the conjugates of `x` if asked.
    @inline(__always) static func dot(
        _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ count: Int, conjugating: Bool = false
    ) -> Self {
        var result = Self.zero
        kernels.pointee.dots.unsafelyUnwrapped(1, count, x, 0, conjugating, y, &result, 1)
        return result
    }

    /// `a[i][j] += x[i] · y[j]`.
    @inline(__always) static func addProduct(
        _ x: UnsafePointer<Self>, stride: Int = 1, _ y: UnsafePointer<Self>, conjugating: Bool = false,
        to a: Block<Self>
    ) {
        kernels.pointee.rank_one.unsafelyUnwrapped(a.rows, a.columns, x, stride, y, conjugating, a.base, a.stride)
    }

    /// `y += scale · x`.
    @inline(__always) static func add(
        _ scale: Self, _ x: UnsafePointer<Self>, _ count: Int, to y: UnsafeMutablePointer<Self>
    ) {
        var scale = scale
        kernels.pointee.rank_one.unsafelyUnwrapped(1, count, &scale, 1, x, false, y, 0)
    }

    /// The Euclidean length, without overflow or underflow on the way.
    static func norm(_ x: UnsafePointer<Self>, _ count: Int) -> Double {
        let square = dot(x, x, count, conjugating: true).re
        if square > 1e-280 && square < 1e300 { return square.squareRoot() }
        var largest = 0.0
        for index in 0..<count {
            let size = x[index].size
            if size.isNaN { return .nan }
            largest = max(largest, size)
        }
        if largest == 0 || largest == .infinity { return largest }
        var sum = 0.0
        for index in 0..<count {
            let (re, im) = (x[index].re / largest, x[index].im / largest)
            sum += re * re + im * im
        }
        return largest * sum.squareRoot()
    }
}
