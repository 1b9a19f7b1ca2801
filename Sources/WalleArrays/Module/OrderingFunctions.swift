internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Functions of order: sorting, searching, distinct elements.
enum OrderingFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "sort", "(array, axis, stable, descending): a sorted copy.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...4, "sort") { given, state in
                        let array = try state.array(given[0])
                        let axis = try Sorting.axis(try Integer.read(given[1]), of: array.layout)
                        return try state.array(array.dtype, shape: array.shape) { output in
                            Sorting.sort(
                                array.view, axis: axis, descending: given.isTrue(3),
                                isStable: PyObject_IsTrue(given[2]) == 1, to: output)
                        }.object
                    }
                }),
            .fast(
                "argsort", "(array, axis, stable, descending): the positions that sort.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...4, "argsort") { given, state in
                        let array = try state.array(given[0])
                        let axis = try Sorting.axis(try Integer.read(given[1]), of: array.layout)
                        return try state.array(.int64, shape: array.shape) { output in
                            Sorting.order(
                                array.view, axis: axis, descending: given.isTrue(3), to: output)
                        }.object
                    }
                }),
            .fast(
                "partition", "(array, axis, ranks): a copy with the elements of some ranks at their places.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...3, "partition") { given, state in
                        let array = try state.array(given[0])
                        let axis = try Sorting.axis(try Integer.read(given[1]), of: array.layout)
                        let ranks = try OrderingFunctions.ranks(given[2], array, axis)
                        return try state.array(array.dtype, shape: array.shape) { output in
                            Sorting.sort(array.view, axis: axis, ranks: ranks, to: output)
                        }.object
                    }
                }),
            .fast(
                "argpartition", "(array, axis, ranks): the positions that put the elements of some ranks there.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...3, "argpartition") { given, state in
                        let array = try state.array(given[0])
                        let axis = try Sorting.axis(try Integer.read(given[1]), of: array.layout)
                        let ranks = try OrderingFunctions.ranks(given[2], array, axis)
                        return try state.array(.int64, shape: array.shape) { output in
                            Sorting.order(array.view, axis: axis, ranks: ranks, to: output)
                        }.object
                    }
                }),
            .fast(
                "searchsorted", "(sorted, values, after): where values of the same type belong.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "searchsorted") { given, state in
                        let (sorted, values) = (try state.array(given[0]), try state.array(given[1]))
                        guard sorted.dtype == values.dtype, sorted.rank == 1 else {
                            throw TensorError.type("searchsorted() takes a sorted axis and values of one type")
                        }
                        return try state.array(.int64, shape: values.shape) { output in
                            Search.places(
                                of: values.view, in: sorted.view, after: PyObject_IsTrue(given[2]) == 1, to: output)
                        }.object
                    }
                }),
            .fast(
                "argmax", "(array, axis)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "argmax") { given, state in
                        try OrderingFunctions.extreme(given, ofGreatest: true, state)
                    }
                }),
            .fast(
                "argmin", "(array, axis)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "argmin") { given, state in
                        try OrderingFunctions.extreme(given, ofGreatest: false, state)
                    }
                }),
            .fast(
                "accumulate", "(function, array, axis, dtype): the folds of the elements so far.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 4...4, "accumulate") { given, state in
                        try OrderingFunctions.accumulate(given, state)
                    }
                }),
            .fast(
                "unique", "(array, positions, merging_nan): values, first positions, inverse and counts.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "unique") { given, state in
                        try OrderingFunctions.distinct(given, state)
                    }
                }),
        ]
    }

    private static func ranks(_ object: PythonPointer, _ array: ArrayPointer, _ axis: Int) throws -> [Int] {
        try Sorting.ranks(Array(try Integer.readAxes(object)), length: array.shape[axis])
    }

    private static func extreme(
        _ given: Arguments, ofGreatest: Bool, _ state: StatePointer
    ) throws -> PythonPointer {
        let array = try state.array(given[0])
        let axis = try array.layout.axis(try Integer.read(given[1]))
        let shape = try Search.shapeOfExtremes(array.shape, axis: axis)
        let result = try state.array(.int64, shape: shape) { output in
            Search.extremes(array.view, axis: axis, ofGreatest: ofGreatest, to: output)
        }
        return try state.scalarOrArray(result)
    }

    private static func accumulate(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let function = FunctionObject(given[0]).function
        guard case .binary(let operation) = function.operation else {
            throw TensorError.value("accumulate only supported for binary functions")
        }
        let array = try state.array(given[1])
        let axis = try array.layout.axis(try Integer.read(given[2]))
        let accumulation = try Accumulation(
            operation, of: array.dtype, as: try state.optionalDType(given.optional(3)))
        FloatErrors.clear()
        let result = try state.array(accumulation.dtype, shape: array.shape) { output in
            accumulation.run(array.view, axis: axis, to: output)
            try FloatErrors.check(state, FloatErrors.name(of: function, in: "accumulate"))
        }
        return result.object
    }

    private static func distinct(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let array = try state.array(given[0])
        let withPositions = PyObject_IsTrue(given[1]) == 1
        let distinct = try Distinct(
            array.view, withPositions: withPositions, mergingNaN: PyObject_IsTrue(given[2]) == 1)
        let tuple = try new(PyTuple_New(4))
        do {
            let values = try state.array(array.dtype, shape: [distinct.count], distinct.writeValues)
            walle_TupleSetItem(tuple, 0, values.object)
            for index in 1...2 {
                guard withPositions else {
                    walle_TupleSetItem(tuple, index, none)
                    continue
                }
                let positions = try state.array(
                    .int64, shape: [index == 1 ? distinct.count : array.count],
                    index == 1 ? distinct.writeFirstPositions : distinct.writeInverse)
                walle_TupleSetItem(tuple, index, positions.object)
            }
            let counts = try state.array(.int64, shape: [distinct.count], distinct.writeCounts)
            walle_TupleSetItem(tuple, 3, counts.object)
        } catch {
            Py_DecRef(tuple)
            throw error
        }
        return tuple
    }
}
