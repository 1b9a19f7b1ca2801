internal import CWalleKernels

/// `A = Q · T · Qᴴ` of a Hermitian matrix, with a real tridiagonal T.
///
/// In blocks, so that half of the work is products of matrices (J. Dongarra, S. Hammarling and D. Sorensen, "Block
/// reduction of matrices to condensed forms for eigenvalue computations", J. Comput. Appl. Math. 27, 1989).
struct Tridiagonalization<Scalar: LinearScalar> {
    /// A by its lower triangle; destroyed.
    let matrix: Block<Scalar>
    let diagonal: UnsafeMutablePointer<Double>
    let offDiagonal: UnsafeMutablePointer<Double>
    let reflectors: Reflectors<Scalar>
    /// Of each reflection of a block: `w`, for which `A -= v · wᴴ + w · vᴴ`.
    private let updates: Block<Scalar>
    private let sums: UnsafeMutablePointer<Scalar>

    private static var blockCount: Int { Reflectors<Scalar>.blockCount }

    init(_ count: Int, _ workspace: inout Workspace) throws(TensorError) {
        matrix = try workspace.block(count, count)
        diagonal = try workspace.array(count)
        offDiagonal = try workspace.array(count)
        reflectors = try Reflectors(max(count - 1, 0), length: count, first: 1, columns: count, &workspace)
        updates = try workspace.block(min(count, Self.blockCount), count)
        sums = try workspace.array(2 * Self.blockCount)
    }

    func reduce() {
        let count = matrix.rows
        for start in stride(from: 0, to: max(count - 1, 0), by: Self.blockCount) {
            let block = start..<min(start + Self.blockCount, count - 1)
            for index in block {
                if Interruption.isAsked { return }
                reduceColumn(index, block: block)
            }
            update(after: block)
        }
        if count > 0 { diagonal[count - 1] = matrix[count - 1, count - 1].re }
    }

    private func reduceColumn(_ index: Int, block: Range<Int>) {
        let count = matrix.rows
        let done = index - block.lowerBound
        let vector = reflectors.vectors.row(index)
        vector.update(repeating: .zero, count: index)
        for row in index..<count { vector[row] = matrix[row, index] }
        // The column as the block's reflections so far leave it.
        for k in 0..<done {
            let (v, w) = (reflectors.vectors.row(block.lowerBound + k), updates.row(k))
            Scalar.add(-w[index].conjugate, v + index, count - index, to: vector + index)
            Scalar.add(-v[index].conjugate, w + index, count - index, to: vector + index)
        }
        diagonal[index] = vector[index].re
        vector[index] = .zero
        let (beta, scale) = Reflectors.reflect(vector + index + 1, count - index - 1)
        offDiagonal[index] = beta
        reflectors.scales[index] = scale
        findUpdate(index, done: done, block: block)
    }

    /// `w = τ·(A·v) - ½·τ·(wᴴ·v)·v` with A as the block's reflections so far leave it.
    private func findUpdate(_ index: Int, done: Int, block: Range<Int>) {
        let (from, count) = (index + 1, matrix.rows)
        let length = count - from
        let (v, w) = (reflectors.vectors.row(index) + from, updates.row(done))
        w.update(repeating: .zero, count: count)
        let scale = reflectors.scales[index]
        if scale.size == 0 { return }
        Scalar.kernels.pointee.hermitian.unsafelyUnwrapped(
            length, matrix.row(from) + from, matrix.stride, v, w + from)
        let former = reflectors.vectors.part(rows: block.lowerBound..<index, columns: from..<count)
        let formerUpdates = updates.part(rows: 0..<done, columns: from..<count)
        Scalar.dots(formerUpdates, conjugating: true, v, into: sums)
        Scalar.dots(former, conjugating: true, v, into: sums + done)
        for k in 0..<2 * done { sums[k] = -sums[k] }
        Scalar.addSums(sums, of: former, to: w + from)
        Scalar.addSums(sums + done, of: formerUpdates, to: w + from)
        for row in from..<count { w[row] *= scale }
        let half = Scalar(-0.5) * scale * Scalar.dot(w + from, v, length, conjugating: true)
        Scalar.add(half, v, length, to: w + from)
    }

    /// Subtracts what a block's reflections change from the rest of the lower triangle, some rows at a time.
    private func update(after block: Range<Int>) {
        let (from, count) = (block.upperBound, matrix.rows)
        let strip = 64
        for start in stride(from: from, to: count, by: strip) {
            let rows = start..<min(start + strip, count)
            let part = matrix.part(rows: rows, columns: from..<rows.upperBound)
            subtract(reflectors.vectors.rows(block), updates.rows(0..<block.count), from: part, rows)
            subtract(updates.rows(0..<block.count), reflectors.vectors.rows(block), from: part, rows)
        }
    }

    private func subtract(_ left: Block<Scalar>, _ right: Block<Scalar>, from part: Block<Scalar>, _ rows: Range<Int>) {
        let columns = rows.upperBound - part.columns..<rows.upperBound
        var conjugate = right.part(rows: 0..<right.rows, columns: columns).factor
        conjugate.isConjugate = Scalar.isComplex
        part.multiply(
            left.part(rows: 0..<left.rows, columns: rows).factor.transposed, conjugate, alpha: -1, beta: 1)
    }
}
