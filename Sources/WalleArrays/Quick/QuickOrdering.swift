internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Sorting and searching along one axis.
enum QuickOrdering {
    static let all = [
        QuickFunction("sort", sort),
        QuickFunction("argsort", argsort),
        QuickFunction("partition", partition),
        QuickFunction("searchsorted", searchSorted),
        QuickFunction("nonzero", nonzero),
    ]

    /// An array and the axis to sort, the last unless another is given.
    private static func operands(
        _ given: QuickArguments, _ place: Int, _ state: StatePointer
    ) throws -> (array: ArrayPointer, axis: Int)? {
        var given = given
        guard let array = given.array(0, state), array.rank > 0 else { return nil }
        for index in 1..<max(place, 1) { _ = given.take(index, nil, state) }
        let isGiven = given.hasMore
        let wanted = given.take(place, .axis, state)
        // None, which is not the same as no axis, is for Python.
        guard given.isSpent, !isGiven || wanted != nil else { return nil }
        guard let wanted else { return (array, array.rank - 1) }
        guard let axis = QuickFunction.integer(wanted) else { return nil }
        return (array, try array.layout.axis(axis))
    }

    private static func sort(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        guard let (array, axis) = try operands(given, 1, state) else { return nil }
        return try state.array(array.dtype, shape: array.shape) { output in
            try Stopping.allow(elements: array.count) {
                Sorting.sort(array.view, axis: axis, descending: false, isStable: false, to: output)
            }
        }.object
    }

    private static func argsort(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        guard let (array, axis) = try operands(given, 1, state) else { return nil }
        return try state.array(.int64, shape: array.shape) { output in
            try Stopping.allow(elements: array.count) {
                Sorting.order(array.view, axis: axis, descending: false, to: output)
            }
        }.object
    }

    private static func partition(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var all = given
        guard given.count > 1, let rank = all.take(1, nil, state).flatMap(QuickFunction.integer),
            let (array, axis) = try operands(given, 2, state), array.count > 0
        else { return nil }
        let ranks = try Sorting.ranks([rank], length: array.shape[axis])
        return try state.array(array.dtype, shape: array.shape) { output in
            Sorting.sort(array.view, axis: axis, ranks: ranks, to: output)
        }.object
    }

    private static func searchSorted(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let sorted = given.array(0, state), let values = given.take(1, nil, state), given.isSpent,
            sorted.rank == 1
        else { return nil }
        if walle_Type(values) == state.pointee.arrayType {
            let values = ArrayPointer(values)
            guard values.dtype == sorted.dtype, values.rank > 0 else { return nil }
            return try state.array(.int64, shape: values.shape) { output in
                Search.places(of: values.view, in: sorted.view, after: false, to: output)
            }.object
        }
        let (number, place) = (state.pointee.numbers, state.pointee.numbers + 48)
        // Numbers of Python are not rounded to the type of what is searched.
        guard sorted.dtype == .float64 || sorted.dtype.kind == .integer || walle_IsExactFloat(values) == 0,
            state.write(values, as: sorted.dtype, to: number)
        else { return nil }
        let none = Layout(shape: [], strides: [])
        Search.places(
            of: View(base: number, dtype: sorted.dtype, layout: none), in: sorted.view, after: false,
            to: View(base: place, dtype: .int64, layout: none))
        return try state.scalar(.int64, place)
    }

    private static func nonzero(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard let array = given.array(0, state), given.isSpent else { return nil }
        return try Conditions.nonzero(array, state)
    }
}
