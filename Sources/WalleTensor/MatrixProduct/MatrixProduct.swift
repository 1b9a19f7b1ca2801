internal import CWalleKernels

/// Multiplies matrices: `C = alpha * A * B + beta * C`, then an epilogue.
///
/// Elements of A, B and C have one type: not `float16` or `bfloat16`. With `beta` 0 the former C is not read. Sums run
/// in order of depth; integers wrap; `bool` is the semiring of `or` and `and`. Complex products are real ones of twice
/// the depth.
///
/// After K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", TOMS 34 (2008), and F. Van
/// Zee and R. van de Geijn, "BLIS: a framework for rapidly instantiating BLAS functionality", TOMS 41 (2015).
///
/// ```swift
/// MatrixProduct(.float32).multiply(
///     Matrix(a, rows: m, columns: k), Matrix(b, rows: k, columns: n), into: MutableMatrix(c, rows: m, columns: n))
/// ```
package struct MatrixProduct {
    let kernels: UnsafePointer<walle_gemm>
    let type: DType
    let level: UnsafePointer<walle_kernels>
    let byteCount: Int
    var alpha: Double
    var beta: Double
    /// Only with `float32` and `float64`.
    var epilogue: ProductEpilogue?
    /// Runs large products; nil keeps them on the caller's thread.
    var pool: ThreadPool?

    package init(
        _ type: DType, alpha: Double = 1, beta: Double = 0, epilogue: ProductEpilogue? = nil, pool: ThreadPool? = nil
    ) {
        self.init(type, kernels: Self.shared, alpha: alpha, beta: beta, epilogue: epilogue, pool: pool)
    }

    /// With the kernels of one level of CPU features; nil when this CPU lacks it.
    package init?(
        _ type: DType, level: String, alpha: Double = 1, beta: Double = 0, epilogue: ProductEpilogue? = nil,
        pool: ThreadPool? = nil
    ) {
        guard let kernels = walle_kernels_named(level) else { return nil }
        self.init(type, kernels: kernels, alpha: alpha, beta: beta, epilogue: epilogue, pool: pool)
    }

    init(
        _ type: DType, kernels: UnsafePointer<walle_kernels>, alpha: Double, beta: Double, epilogue: ProductEpilogue?,
        pool: ThreadPool?
    ) {
        self.type = type
        level = kernels
        self.kernels = walle_gemm_of(kernels, walle_dtype(UInt32(type.rawValue)))
        byteCount = type.byteCount
        self.alpha = alpha
        self.beta = beta
        self.epilogue = epilogue
        self.pool = pool
        precondition(isReal || self.kernels.pointee.product != nil, "no products of \(type)")
        precondition(isReal || epilogue == nil, "an epilogue needs float32 or float64")
    }

    private nonisolated(unsafe) static let shared = walle_kernels_shared()!

    private var isReal: Bool { kernels.pointee.tile != nil }

    package func multiply(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) {
        precondition(a.rows == c.rows && b.columns == c.columns && a.columns == b.rows, "shapes do not match")
        if c.rows == 0 || c.columns == 0 { return }
        if type.kind == .complex { return multiplyComplex(a, b, into: c) }
        if !isReal { return multiplySimply(a, b, into: c) }
        if a.columns == 0 || alpha == 0 { return scale(c) }
        if c.columns == 1 || (c.columnStride != 1 && c.rowStride == 1 && c.rows != 1) {
            transposed.multiplyRows(b.transposed, a.transposed, into: c.transposed)
        } else {
            multiplyRows(a, b, into: c)
        }
    }

    /// With a right factor packed before, for `float32` and `float64`.
    package func multiply(_ a: Matrix, _ b: PackedMatrix, into c: MutableMatrix) {
        precondition(a.rows == c.rows && b.columns == c.columns && a.columns == b.rows, "shapes do not match")
        precondition(b.kernels == kernels, "packed for another type or level")
        if c.rows == 0 || c.columns == 0 { return }
        if a.columns == 0 || alpha == 0 { return scale(c) }
        let work = c.rows * c.columns * a.columns
        multiplyBlocks(a, .packed(b), into: c, pool: work >= Self.sharedWork ? pool : nil)
    }

    /// Of the transposed problem.
    private var transposed: MatrixProduct {
        guard let epilogue else { return self }
        var result = self
        result.epilogue = epilogue.transposed
        return result
    }

    /// With C laid out by rows if it is contiguous at all.
    private func multiplyRows(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) {
        if c.rows * c.columns * a.columns < Self.leastSearchedWork {
            if c.rows == 1, multiplyVector(a, b, into: c) { return }
            let isDirect = b.columnStride == 1 && c.columnStride == 1
            return isDirect
                ? multiplyDirectly(a, b, into: c, pool: nil) : multiplyBlocks(a, .matrix(b), into: c, pool: nil)
        }
        let problem = ProductProblem(product: self, a: a, b: b, c: c)
        problem.run(MethodSearch.choice(problem))
    }

    /// Multiplications below which every way takes about as long as choosing one.
    private static let leastSearchedWork = 1 << 17
    /// Multiplications below which threads do not pay when a factor is packed: about 0.2 ms.
    private static let sharedWork = 1 << 23

    // MARK: no sums

    private func scale(_ c: MutableMatrix) {
        kernels.pointee.merge(c.rows, c.columns, nil, 0, c.base, c.rowStride, c.columnStride, beta)
        finish(c, row: 0, column: 0)
    }

    /// Applies the epilogue to a part of C that begins at `row` and `column`.
    @inline(__always) func finish(_ c: MutableMatrix, row: Int, column: Int) {
        guard let epilogue else { return }
        var kernel = epilogue.kernel(fromRow: row, column: column, byteCount: byteCount)
        kernels.pointee.finish(c.rows, c.columns, c.base, c.rowStride, c.columnStride, &kernel)
    }

    // MARK: other types

    private func multiplySimply(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) {
        var product = walle_gemm_product(
            rows: c.rows, columns: c.columns, depth: a.columns, a: a.base, a_row: a.rowStride, a_column: a.columnStride,
            b: b.base, b_row: b.rowStride, b_column: b.columnStride, c: c.base, c_row: c.rowStride,
            c_column: c.columnStride, alpha: alpha, beta: beta)
        kernels.pointee.product(&product)
    }

    // MARK: a vector and a matrix

    /// `c = a * b` for one row; false when the strides need packing.
    func multiplyVector(_ a: Matrix, _ b: Matrix, into c: MutableMatrix) -> Bool {
        if b.columnStride == 1, c.columnStride == 1 || c.columns == 1, c.columns > 1 || b.rows == 1 {
            kernels.pointee.sums(
                c.columns, b.rows, b.base, b.rowStride, a.base, a.columnStride, c.base, alpha, beta)
        } else if b.rowStride == 1, a.columnStride == 1 || a.columns == 1 {
            kernels.pointee.dots(
                c.columns, b.rows, b.base, b.columnStride, a.base, c.base, c.columnStride, alpha, beta)
        } else {
            return false
        }
        finish(c, row: 0, column: 0)
        return true
    }
}
