/// `A = Q · B · Pᴴ` with a real upper bidiagonal B, of a matrix with at least as many rows as columns.
///
/// In blocks: the matrix itself changes only after each, by products of matrices (J. Dongarra, S. Hammarling and
/// D. Sorensen, J. Comput. Appl. Math. 27, 1989; LAPACK's `labrd`).
struct Bidiagonalization<Scalar: LinearScalar> {
    /// A; destroyed.
    let matrix: Block<Scalar>
    let diagonal: UnsafeMutablePointer<Double>
    let offDiagonal: UnsafeMutablePointer<Double>
    /// Q and P.
    let left: Reflectors<Scalar>
    let right: Reflectors<Scalar>
    /// For each reflection of a block: what it subtracts is `v · yᴴ`, with `v` of the left ones and a row of `leftUpdates`,
    /// and `x · uᴴ`, with a row of `rightUpdates` and `u` of the right ones.
    private let leftUpdates: Block<Scalar>
    private let rightUpdates: Block<Scalar>
    private let sums: UnsafeMutablePointer<Scalar>
    private let row: UnsafeMutablePointer<Scalar>

    private static var blockCount: Int { Reflectors<Scalar>.blockCount }

    /// - Parameters:
    ///   - leftColumns: of the widest matrix that Q will be applied to.
    init(
        rows: Int, columns: Int, leftColumns: Int, _ workspace: inout Workspace
    ) throws(TensorError) {
        matrix = try workspace.block(rows, columns)
        diagonal = try workspace.array(columns)
        offDiagonal = try workspace.array(columns)
        left = try Reflectors(columns, length: rows, first: 0, columns: leftColumns, &workspace)
        right = try Reflectors(max(columns - 1, 0), length: columns, first: 1, columns: columns, &workspace)
        let block = min(columns, Self.blockCount)
        leftUpdates = try workspace.block(block, columns)
        rightUpdates = try workspace.block(block, rows)
        sums = try workspace.array(2 * Self.blockCount)
        row = try workspace.array(columns)
    }

    func reduce() {
        for start in stride(from: 0, to: matrix.columns, by: Self.blockCount) {
            let block = start..<min(start + Self.blockCount, matrix.columns)
            for index in block {
                if Interruption.isAsked { return }
                reduceColumn(index, block)
                if index + 1 < matrix.columns { reduceRow(index, block) }
            }
            update(after: block)
        }
    }

    /// Reflects a column onto the diagonal.
    private func reduceColumn(_ index: Int, _ block: Range<Int>) {
        let (rows, columns, done) = (matrix.rows, matrix.columns, index - block.lowerBound)
        let vector = left.vectors.row(index)
        vector.update(repeating: .zero, count: index)
        for row in index..<rows { vector[row] = matrix[row, index] }
        for k in 0..<done {
            let (v, u) = (left.vectors.row(block.lowerBound + k), right.vectors.row(block.lowerBound + k))
            Scalar.add(-leftUpdates[k, index].conjugate, v + index, rows - index, to: vector + index)
            Scalar.add(-u[index].conjugate, rightUpdates.row(k) + index, rows - index, to: vector + index)
        }
        let (beta, scale) = Reflectors.reflect(vector + index, rows - index)
        diagonal[index] = beta
        left.scales[index] = scale
        // y = τ · Aᴴ · v, of A as it would be by now.
        let y = leftUpdates.row(done)
        y.update(repeating: .zero, count: columns)
        let from = index + 1
        guard from < columns, scale.size != 0 else { return }
        Scalar.addSums(
            vector + index, of: matrix.part(rows: index..<rows, columns: from..<columns), conjugating: true,
            to: y + from)
        let formerLeft = left.vectors.part(rows: block.lowerBound..<index, columns: index..<rows)
        Scalar.dots(formerLeft, conjugating: true, vector + index, into: sums)
        let formerX = rightUpdates.part(rows: 0..<done, columns: index..<rows)
        Scalar.dots(formerX, conjugating: true, vector + index, into: sums + done)
        for k in 0..<2 * done { sums[k] = -sums[k] }
        Scalar.addSums(sums, of: leftUpdates.part(rows: 0..<done, columns: from..<columns), to: y + from)
        Scalar.addSums(
            sums + done, of: right.vectors.part(rows: block.lowerBound..<index, columns: from..<columns), to: y + from)
        for column in from..<columns { y[column] *= scale }
    }

    /// Reflects a row, right of the diagonal, onto its first element.
    private func reduceRow(_ index: Int, _ block: Range<Int>) {
        let (rows, columns, done) = (matrix.rows, matrix.columns, index - block.lowerBound)
        let from = index + 1
        let length = columns - from
        // The conjugate of the row.
        let vector = right.vectors.row(index)
        vector.update(repeating: .zero, count: from)
        for column in from..<columns { vector[column] = matrix[index, column].conjugate }
        for k in 0...done {
            let v = left.vectors[block.lowerBound + k, index]
            Scalar.add(-v.conjugate, leftUpdates.row(k) + from, length, to: vector + from)
        }
        for k in 0..<done {
            let u = right.vectors.row(block.lowerBound + k) + from
            Scalar.add(-rightUpdates[k, index].conjugate, u, length, to: vector + from)
        }
        let (beta, scale) = Reflectors.reflect(vector + from, length)
        offDiagonal[index] = beta
        right.scales[index] = scale
        // x = τ · A · u
        let x = rightUpdates.row(done)
        x.update(repeating: .zero, count: rows)
        guard from < rows, scale.size != 0 else { return }
        Scalar.dots(matrix.part(rows: from..<rows, columns: from..<columns), vector + from, into: x + from)
        Scalar.dots(
            leftUpdates.part(rows: 0..<done + 1, columns: from..<columns), conjugating: true, vector + from, into: sums)
        for k in 0...done { sums[k] = -sums[k] }
        Scalar.addSums(
            sums, of: left.vectors.part(rows: block.lowerBound..<index + 1, columns: from..<rows), to: x + from)
        Scalar.dots(
            right.vectors.part(rows: block.lowerBound..<index, columns: from..<columns), conjugating: true,
            vector + from, into: sums)
        for k in 0..<done { sums[k] = -sums[k] }
        Scalar.addSums(sums, of: rightUpdates.part(rows: 0..<done, columns: from..<rows), to: x + from)
        for row in from..<rows { x[row] *= scale }
    }

    /// Subtracts what a block's reflections change from the rest of the matrix.
    private func update(after block: Range<Int>) {
        let (rows, columns) = (block.upperBound..<matrix.rows, block.upperBound..<matrix.columns)
        guard !rows.isEmpty, !columns.isEmpty else { return }
        let rest = matrix.part(rows: rows, columns: columns)
        subtract(
            left.vectors.part(rows: block, columns: rows),
            leftUpdates.part(rows: 0..<block.count, columns: columns), from: rest)
        subtract(
            rightUpdates.part(rows: 0..<block.count, columns: rows), right.vectors.part(rows: block, columns: columns),
            from: rest)
    }

    private func subtract(_ columns: Block<Scalar>, _ rows: Block<Scalar>, from rest: Block<Scalar>) {
        var conjugate = rows.factor
        conjugate.isConjugate = Scalar.isComplex
        rest.multiply(columns.factor.transposed, conjugate, alpha: -1, beta: 1)
    }
}
