extension LinearAlgebra {
    /// How much of a QR factorization is wanted.
    package enum QRMode: Sendable, Hashable, CaseIterable {
        /// Q of `m × k` and R of `k × n`, with `k` the smaller of `m` and `n`.
        case reduced
        /// Q of `m × m` and R of `m × n`.
        case complete
        /// R of `k × n`, no Q.
        case r
        /// As LAPACK's `geqrf` leaves it, transposed (`n × m`): R, and below it the reflections; and the `k` scales of
        /// these.
        case raw
    }

    /// The types of Q, or of LAPACK's scales, which is nil for `.r`, and of R, or LAPACK's matrix.
    ///
    /// - Throws: `.linearAlgebra` when there are no matrices; `.type`.
    package static func inferQR(
        _ a: TensorType, _ mode: QRMode
    ) throws(TensorError) -> (q: TensorType?, r: TensorType) {
        try a.checkMatrix()
        let (rows, columns) = (a.rows, a.columns)
        let short = min(rows, columns)
        return switch mode {
        case .reduced: (a.with(rows, short), a.with(short, columns))
        case .complete: (a.with(rows, rows), a.with(rows, columns))
        case .r: (nil, a.with(short, columns))
        case .raw: (a.with(short), a.with(columns, rows))
        }
    }

    /// `a = q · r` with orthonormal columns of `q` and an upper triangle `r`.
    ///
    /// - Parameter q: the scales for `.raw`; nil for `.r`.
    /// - Throws: `.memory`
    package static func qr(_ a: View, _ mode: QRMode, q: View?, r: View) throws(TensorError) {
        if a.dtype.kind == .complex {
            try qr(Complex.self, a, mode, q, r)
        } else {
            try qr(Double.self, a, mode, q, r)
        }
    }

    private static func qr<Scalar: LinearScalar>(
        _: Scalar.Type, _ a: View, _ mode: QRMode, _ q: View?, _ r: View
    ) throws(TensorError) {
        let (rows, columns) = (a.type.rows, a.type.columns)
        let short = min(rows, columns)
        let width = mode == .complete ? rows : mode == .reduced ? short : 0
        var workspace = Workspace()
        let factors = try QR<Scalar>(rows: rows, columns: columns, widest: width, &workspace)
        let orthogonal: Block<Scalar> = try workspace.block(rows, width)
        let triangle: Block<Scalar> =
            mode == .raw
            ? factors.matrix : try workspace.block(mode == .complete ? rows : short, columns)
        var operands: [(View, MatrixBatch.Core)] = [(r, .matrix), (a, .matrix)]
        if let q { operands.append((q, mode == .raw ? .vector : .matrix)) }
        MatrixBatch(operands).forEach { place in
            place[1].load(into: factors.matrix)
            factors.factorize()
            if mode == .raw {
                factors.copyVectors()
                place[0].transposed.store(triangle)
                place[2].store(Block(base: factors.reflectors.scales, rows: short, columns: 1, stride: 1))
                return
            }
            factors.copyTriangle(to: triangle)
            place[0].store(triangle)
            guard mode != .r else { return }
            factors.reflectors.form(orthogonal)
            place[2].store(orthogonal)
        }
    }
}

extension QR {
    /// Puts the reflections below the triangle, as LAPACK has them.
    fileprivate func copyVectors() {
        for index in 0..<reflectors.count {
            let vector = reflectors.vectors.row(index)
            for row in index + 1..<max(matrix.rows, index + 1) { matrix[row, index] = vector[row] }
        }
    }
}
