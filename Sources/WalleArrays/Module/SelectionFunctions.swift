internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Functions of positions: elements taken, put, counted.
enum SelectionFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "take", "(array, positions, axis)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "take") { given, state in
                        let (array, positions) = (try state.array(given[0]), try state.array(given[1]))
                        let axis = try array.layout.axis(try Integer.read(given[2]))
                        let shape = try Selection.shape(
                            taking: positions.shape, of: positions.dtype, from: array.shape, axis: axis)
                        let result = try state.array(array.dtype, shape: shape) { output in
                            try Selection.take(array.view, at: positions.view, axis: axis, to: output)
                        }
                        return try state.scalarOrArray(result)
                    }
                }),
            .fast(
                "clip", "(array, low, high, out): None where two calls are needed.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "clip") { given, state in
                        let out = try given.optional(3).map { try state.array($0, "out") }
                        // Two nodes of a chain are one pass as well.
                        if out == nil, state.isLazy(given[0]) { return none }
                        return try Clipping.run(try state.array(given[0]), given[1], given[2], out, state) ?? none
                    }
                }),
            .fast(
                "scatter", "(function, array, positions, values): combine in place, one after the other.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "scatter") { given, state in
                        try SelectionFunctions.scatter(given, state)
                    }
                }),
            .fast(
                "bincount", "(integers, weights, minlength)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "bincount") { given, state in
                        let integers = try state.array(given[0])
                        let weights = try given.optional(1).map { try state.array($0, "weights") }
                        guard weights.map({ $0.dtype == .float64 && $0.shape == integers.shape }) ?? true else {
                            throw TensorError.value("The weights and list don't have the same length.")
                        }
                        let length = try Tally.length(integers.view, atLeast: try Integer.read(given[2]))
                        let type = weights == nil ? DType.int64 : .float64
                        return try state.array(type, shape: [length]) { output in
                            Tally.run(integers.view, weights: weights?.view, to: output)
                        }.object
                    }
                }),
            .fast(
                "count_nonzero", "(array)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "count_nonzero") { given, state in
                        try new(PyLong_FromLong(Masks.count(try state.array(given[0]).view)))
                    }
                }),
        ]
    }

    private static func scatter(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let function = FunctionObject(given[0]).function
        guard case .binary(let operation) = function.operation else {
            throw TensorError.value("scatter() takes a function of two operands")
        }
        let (array, positions) = (try state.array(given[1]), try state.array(given[2]))
        // First: memory that is shared moves with it.
        let target = try array.writableView()
        let values = try state.array(given[3])
        let combination = try Combination(operation, array.dtype)
        let cast =
            values.dtype == array.dtype && values.body.pointee.cell != array.body.pointee.cell
            ? ArrayPointer(Py_NewRef(values.object)) : try state.copy(of: values, as: array.dtype)
        defer { Py_DecRef(cast.object) }
        FloatErrors.clear()
        try combination.run(cast.view, at: positions.view, of: target)
        try FloatErrors.check(state, function.name)
        return none
    }
}
