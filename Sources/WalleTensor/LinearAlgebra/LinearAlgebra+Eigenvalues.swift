extension LinearAlgebra {
    /// The types of the eigenvalues and eigenvectors of square matrices, which are complex.
    ///
    /// - Throws: `.linearAlgebra` for matrices that are not square; `.type`.
    package static func inferEigenvalues(
        _ a: TensorType
    ) throws(TensorError) -> (values: TensorType, vectors: TensorType) {
        try a.checkMatrix(isSquare: true)
        let type = DType.promoted(a.dtype, .complex64)
        return (a.with(a.rows, dtype: type), a.with(a.rows, a.rows, dtype: type))
    }

    /// Eigenvalues of square matrices in no order, but for conjugates of real matrices, which are neighbours; and right
    /// eigenvectors as columns, of length 1 and, where they are complex, with a largest element that is real.
    ///
    /// - Parameter vectors: nil when they are not wanted.
    /// - Throws: `.linearAlgebra` for NaN or infinity, or when an iteration does not converge; `.memory`.
    package static func eigenvalues(_ a: View, values: View, vectors: View?) throws(TensorError) {
        if a.dtype.kind == .complex {
            try complexEigenvalues(a, values, vectors)
        } else {
            try realEigenvalues(a, values, vectors)
        }
    }

    private static func realEigenvalues(_ a: View, _ values: View, _ vectors: View?) throws(TensorError) {
        let count = a.type.rows
        let kept = vectors == nil ? 0 : count
        var workspace = Workspace()
        let hessenberg = try Hessenberg<Double>(count, &workspace)
        let (orthogonal, rotated, triangular): (Block<Double>, Block<Double>, Block<Double>) = (
            try workspace.block(kept, kept), try workspace.block(kept, kept), try workspace.block(kept, kept)
        )
        let (results, spectrum): (Block<Complex>, Block<Complex>) = (
            try workspace.block(kept, kept), try workspace.block(count, 1)
        )
        let schur = RealSchur(
            matrix: hessenberg.matrix, vectors: vectors == nil ? nil : rotated, re: try workspace.array(count),
            im: try workspace.array(count))
        var failure: TensorError?
        batch(a, values, vectors).forEach { place in
            place[1].load(into: hessenberg.matrix)
            guard let scale = hessenberg.matrix.scaleIntoRange() else {
                failure = notFinite
                return
            }
            hessenberg.reduce()
            if vectors != nil {
                hessenberg.reflectors.form(orthogonal)
                rotated.copyTransposed(orthogonal)
            }
            guard schur.run() else {
                failure = noEigenvalues
                return
            }
            for index in 0..<count { spectrum[index, 0] = Complex(schur.re[index] / scale, schur.im[index] / scale) }
            place[0].store(spectrum)
            guard vectors != nil else { return }
            RealSchurVectors(hessenberg.matrix, re: schur.re, im: schur.im, vectors: triangular).run()
            orthogonal.multiply(triangular.factor, rotated.factor)
            combineConjugates(orthogonal, schur.im, hessenberg.balance, into: results)
            place[2].transposed.store(results)
        }
        if let failure { throw failure }
    }

    /// Complex eigenvectors of real and imaginary parts, as rows.
    private static func combineConjugates(
        _ parts: Block<Double>, _ im: UnsafeMutablePointer<Double>, _ balance: UnsafeMutablePointer<Double>,
        into results: Block<Complex>
    ) {
        let count = parts.rows
        for index in 0..<count where im[index] >= 0 {
            let row = results.row(index)
            for k in 0..<count {
                row[k] = balance[k] * Complex(parts[index, k], im[index] > 0 ? parts[index + 1, k] : 0)
            }
            normalize(row, count, isReal: im[index] == 0)
            guard im[index] > 0 else { continue }
            for k in 0..<count { results[index + 1, k] = row[k].conjugate }
        }
    }

    /// Gives an eigenvector length 1, and makes its largest element real unless all are.
    private static func normalize(_ x: UnsafeMutablePointer<Complex>, _ count: Int, isReal: Bool) {
        let length = Complex.norm(x, count)
        guard length > 0 else { return }
        var largest = 0
        for k in 0..<count {
            x[k] = Complex(x[k].re / length, x[k].im / length)
            if x[k].squaredMagnitude > x[largest].squaredMagnitude { largest = k }
        }
        if isReal { return }
        let turn = (1 / x[largest].magnitude) * x[largest].conjugate
        for k in 0..<count { x[k] = x[k] * turn }
        x[largest].im = 0
    }

    private static func complexEigenvalues(_ a: View, _ values: View, _ vectors: View?) throws(TensorError) {
        let count = a.type.rows
        let kept = vectors == nil ? 0 : count
        var workspace = Workspace()
        let hessenberg = try Hessenberg<Complex>(count, &workspace)
        let (orthogonal, rotated, triangular): (Block<Complex>, Block<Complex>, Block<Complex>) = (
            try workspace.block(kept, kept), try workspace.block(kept, kept), try workspace.block(kept, kept)
        )
        let spectrum: Block<Complex> = try workspace.block(count, 1)
        let schur = ComplexSchur(
            matrix: hessenberg.matrix, vectors: vectors == nil ? nil : rotated, values: try workspace.array(count))
        var failure: TensorError?
        batch(a, values, vectors).forEach { place in
            place[1].load(into: hessenberg.matrix)
            guard let scale = hessenberg.matrix.scaleIntoRange() else {
                failure = notFinite
                return
            }
            hessenberg.reduce()
            if vectors != nil {
                hessenberg.reflectors.form(orthogonal)
                rotated.copyTransposed(orthogonal)
            }
            guard schur.run() else {
                failure = noEigenvalues
                return
            }
            for index in 0..<count { spectrum[index, 0] = (1 / scale) * schur.values[index] }
            place[0].store(spectrum)
            guard vectors != nil else { return }
            schur.formVectors(triangular)
            orthogonal.multiply(triangular.factor, rotated.factor)
            for index in 0..<count {
                let row = orthogonal.row(index)
                for k in 0..<count { row[k] = hessenberg.balance[k] * row[k] }
                normalize(row, count, isReal: false)
            }
            place[2].transposed.store(orthogonal)
        }
        if let failure { throw failure }
    }

    private static func batch(_ a: View, _ values: View, _ vectors: View?) -> MatrixBatch {
        MatrixBatch(
            [(values, .vector), (a, .matrix)] + (vectors.map { [($0, MatrixBatch.Core.matrix)] } ?? []))
    }
}
