/// `A = Q · R` by Householder reflections.
struct QR<Scalar: LinearScalar> {
    /// A, then R in its upper triangle; what is below keeps no meaning.
    let matrix: Block<Scalar>
    let reflectors: Reflectors<Scalar>
    private let row: UnsafeMutablePointer<Scalar>

    /// - Parameter columns: of the widest other matrix that Q will be applied to.
    init(
        rows: Int, columns: Int, widest: Int = 0, _ workspace: inout Workspace
    ) throws(TensorError) {
        matrix = try workspace.block(rows, columns)
        reflectors = try Reflectors(
            min(rows, columns), length: rows, first: 0, columns: max(columns, widest), &workspace)
        row = try workspace.array(columns)
    }

    /// Factorizes what `matrix` holds.
    func factorize() {
        for start in stride(from: 0, to: reflectors.count, by: Reflectors<Scalar>.blockCount) {
            let block = start..<min(start + Reflectors<Scalar>.blockCount, reflectors.count)
            for index in block {
                if Interruption.isAsked { return }
                reflectColumn(index, before: block.upperBound)
            }
            guard block.upperBound < matrix.columns else { continue }
            reflectors.prepare(block)
            reflectors.applyPrepared(
                block, adjoint: true,
                to: matrix.part(rows: start..<matrix.rows, columns: block.upperBound..<matrix.columns))
        }
    }

    /// Reflects a column onto the diagonal, and what is right of it up to a column.
    private func reflectColumn(_ index: Int, before end: Int) {
        let vector = reflectors.vectors.row(index)
        vector.update(repeating: .zero, count: index)
        for row in index..<matrix.rows { vector[row] = matrix[row, index] }
        let (beta, scale) = Reflectors.reflect(vector + index, matrix.rows - index)
        reflectors.scales[index] = scale
        matrix[index, index] = Scalar(beta)
        reflectors.apply(
            index, adjoint: true, to: matrix.part(rows: index..<matrix.rows, columns: index + 1..<end), row: row)
    }

    /// The upper triangle, in a block of at most as many rows.
    func copyTriangle(to r: Block<Scalar>) {
        for row in 0..<r.rows {
            let start = min(row, r.columns)
            r.row(row).update(repeating: .zero, count: start)
            (r.row(row) + start).update(from: matrix.row(row) + start, count: r.columns - start)
        }
    }
}
