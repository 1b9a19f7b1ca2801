internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Elements by position, and products of small arrays.
enum QuickSelection {
    static let all = [
        QuickFunction("take", take),
        QuickFunction("compress", compress),
        QuickFunction("dot", dot),
        QuickFunction("matmul", matmul),
    ]

    private static func take(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), let positions = given.array(1, state) else { return nil }
        let wanted = given.take(2, .axis, state)
        guard given.isSpent, positions.dtype.kind == .integer, array.count > 0 else { return nil }
        var place = 0
        if let wanted {
            guard let axis = QuickFunction.integer(wanted), array.rank > 0 else { return nil }
            place = try array.layout.axis(axis)
        } else if array.rank != 1 {
            return nil
        }
        let shape = try Selection.shape(taking: positions.shape, of: positions.dtype, from: array.shape, axis: place)
        return try state.scalarOrArray(
            state.array(array.dtype, shape: shape) { output in
                try Selection.take(array.view, at: positions.view, axis: place, to: output)
            })
    }

    /// The elements of a vector where a condition of its length holds.
    private static func compress(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let condition = given.array(0, state), let array = given.array(1, state), given.isSpent,
            condition.dtype == .bool, condition.rank == 1, array.rank == 1, condition.count == array.count
        else { return nil }
        return try PositionIndex.get(array, condition.object, state)
    }

    private static func dot(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let left = given.array(0, state), let right = given.array(1, state), given.isSpent,
            left.rank > 0, left.rank <= 2, right.rank > 0, right.rank <= 2,
            left.shape[left.rank - 1] == right.shape[0]
        else { return nil }
        return try ArrayProduct.run(left.object, right.object, state)
    }

    private static func matmul(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let left = given.array(0, state), let right = given.array(1, state) else { return nil }
        let out = given.take(2, .out, state)
        guard given.isSpent else { return nil }
        guard let out else { return try ArrayProduct.run(left.object, right.object, state) }
        guard walle_Type(out) == state.pointee.arrayType else { return nil }
        return try QuickProduct.run(left.object, right.object, into: ArrayPointer(out), state) ? Py_NewRef(out) : nil
    }
}
