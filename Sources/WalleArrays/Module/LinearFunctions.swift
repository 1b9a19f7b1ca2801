internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Matrix factorizations and what is solved by them, of floats and complex numbers; over the last two axes.
enum LinearFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "linalg_solve", "(a, b)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 2...2, "linalg_solve") { given, state in
                        let (a, b) = (try state.array(given[0]), try state.array(given[1]))
                        let type = try LinearAlgebra.inferSolve(a.type, b.type)
                        return try state.array(type) { try LinearAlgebra.solve(a.view, b.view, into: $0) }.object
                    }
                }),
            .fast(
                "linalg_inv", "(a)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 1...1, "linalg_inv") { given, state in
                        let a = try state.array(given[0])
                        let type = try LinearAlgebra.inferInverse(a.type)
                        return try state.array(type) { try LinearAlgebra.inverse(a.view, into: $0) }.object
                    }
                }),
            .fast(
                "linalg_det", "(a)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 1...1, "linalg_det") { given, state in
                        let a = try state.array(given[0])
                        let type = try LinearAlgebra.inferDeterminant(a.type).determinant
                        return try state.scalarOrArray(
                            try state.array(type) { try LinearAlgebra.determinant(a.view, into: $0) })
                    }
                }),
            .fast(
                "linalg_slogdet", "(a): signs and logarithms.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 1...1, "linalg_slogdet") { given, state in
                        let a = try state.array(given[0])
                        let types = try LinearAlgebra.inferDeterminant(a.type)
                        return try LinearFunctions.results([types.determinant, types.logarithm], state) {
                            try LinearAlgebra.logarithmicDeterminant(a.view, sign: $0[0], logarithm: $0[1])
                        }
                    }
                }),
            .fast(
                "linalg_cholesky", "(a, upper)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 2...2, "linalg_cholesky") { given, state in
                        let a = try state.array(given[0])
                        let isUpper = PyObject_IsTrue(given[1]) == 1
                        let type = try LinearAlgebra.inferCholesky(a.type)
                        return try state.array(type) {
                            try LinearAlgebra.cholesky(a.view, isUpper: isUpper, into: $0)
                        }.object
                    }
                }),
            .fast(
                "linalg_qr", "(a, mode): mode is reduced, complete, r or raw.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 2...2, "linalg_qr") { given, state in
                        try LinearFunctions.qr(try state.array(given[0]), String(python: given[1]), state)
                    }
                }),
            .fast(
                "linalg_eigh", "(a, upper, vectors): values, or values and vectors.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...3, "linalg_eigh") { given, state in
                        let a = try state.array(given[0])
                        let isUpper = PyObject_IsTrue(given[1]) == 1
                        let types = try LinearAlgebra.inferHermitianEigenvalues(a.type)
                        let wanted = PyObject_IsTrue(given[2]) == 1 ? [types.values, types.vectors] : [types.values]
                        return try LinearFunctions.results(wanted, state) {
                            try LinearAlgebra.hermitianEigenvalues(
                                a.view, isUpper: isUpper, values: $0[0], vectors: $0.count > 1 ? $0[1] : nil)
                        }
                    }
                }),
            .fast(
                "linalg_eig", "(a, vectors): complex values, or values and vectors.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 2...2, "linalg_eig") { given, state in
                        let a = try state.array(given[0])
                        let types = try LinearAlgebra.inferEigenvalues(a.type)
                        let wanted = PyObject_IsTrue(given[1]) == 1 ? [types.values, types.vectors] : [types.values]
                        return try LinearFunctions.results(wanted, state) {
                            try LinearAlgebra.eigenvalues(
                                a.view, values: $0[0], vectors: $0.count > 1 ? $0[1] : nil)
                        }
                    }
                }),
            .fast(
                "contract", "(a, b, batch of a, batch of b, summed of a, summed of b)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 6...6, "contract") { given, state in
                        try ArrayProduct.contract(given, state)
                    }
                }),
            .fast(
                "linalg_svd", "(a, full, vectors): u, values, vh; or values.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...3, "linalg_svd") { given, state in
                        let a = try state.array(given[0])
                        let isFull = PyObject_IsTrue(given[1]) == 1
                        let types = try LinearAlgebra.inferSingularValues(a.type, isFull: isFull)
                        let hasVectors = PyObject_IsTrue(given[2]) == 1
                        let wanted = hasVectors ? [types.u, types.values, types.vh] : [types.values]
                        return try LinearFunctions.results(wanted, state) {
                            try LinearAlgebra.singularValues(
                                a.view, isFull: isFull, values: $0[hasVectors ? 1 : 0],
                                vectors: hasVectors ? ($0[0], $0[2]) : nil)
                        }
                    }
                }),
            .fast(
                "linalg_lstsq", "(a, b, rcond): solutions, residuals, singular values, rank.",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 3...3, "linalg_lstsq") { given, state in
                        let (a, b) = (try state.array(given[0]), try state.array(given[1]))
                        let cutoff = try given.optional(2).map(Element.double)
                        let types = try LinearAlgebra.inferLeastSquares(a.type, b.type)
                        var rank = 0
                        let arrays = try LinearFunctions.results([types.x, types.residuals, types.values], state) {
                            rank = try LinearAlgebra.leastSquares(
                                a.view, b.view, cutoff: cutoff, x: $0[0], residuals: $0[1], values: $0[2])
                        }
                        defer { Py_DecRef(arrays) }
                        let tuple = try new(PyTuple_New(4))
                        for index in 0..<3 {
                            walle_TupleSetItem(tuple, index, Py_NewRef(walle_TupleItem(arrays, index)))
                        }
                        walle_TupleSetItem(tuple, 3, PyLong_FromLong(rank))
                        return tuple
                    }
                }),
        ]
    }

    private static func qr(_ a: ArrayPointer, _ name: String, _ state: StatePointer) throws -> PythonPointer {
        let modes: [String: LinearAlgebra.QRMode] = ["reduced": .reduced, "complete": .complete, "r": .r, "raw": .raw]
        guard let mode = modes[name] else { throw TensorError.value("Unrecognized mode '\(name)'") }
        let types = try LinearAlgebra.inferQR(a.type, mode)
        guard let q = types.q else {
            return try state.array(types.r) { try LinearAlgebra.qr(a.view, mode, q: nil, r: $0) }.object
        }
        return try results([q, types.r], state) { try LinearAlgebra.qr(a.view, mode, q: $0[0], r: $0[1]) }
    }

    /// A new array for each type, filled together; a tuple, or the array itself when there is one.
    private static func results(
        _ types: [TensorType], _ state: StatePointer, _ fill: ([View]) throws -> Void
    ) throws -> PythonPointer {
        let tuple = try new(PyTuple_New(types.count))
        do {
            var views: [View] = []
            for (index, type) in types.enumerated() {
                let array = try state.array(type.dtype, shape: type.shape)
                walle_TupleSetItem(tuple, index, array.object)
                views.append(array.view)
            }
            try fill(views)
        } catch {
            Py_DecRef(tuple)
            throw error
        }
        guard types.count == 1 else { return tuple }
        defer { Py_DecRef(tuple) }
        return Py_NewRef(walle_TupleItem(tuple, 0))
    }
}

/// Discrete Fourier transforms along an axis.
enum FourierFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "fft", "(array, axis, length, forward, factor)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 5...5, "fft") { given, state in
                        let a = try state.array(given[0])
                        let axis = try a.layout.axis(try Integer.read(given[1]))
                        let direction = PyObject_IsTrue(given[3]) == 1 ? Fourier.Direction.forward : .backward
                        let scale = try Element.double(given[4])
                        let type = try Fourier.inferTransform(a.type, axis: axis, length: try Integer.read(given[2]))
                        return try state.array(type) {
                            try Fourier.transform(a.view, axis: axis, direction, scale: scale, into: $0)
                        }.object
                    }
                }),
            .fast(
                "rfft", "(array, axis, length, factor)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 4...4, "rfft") { given, state in
                        let a = try state.array(given[0])
                        let axis = try a.layout.axis(try Integer.read(given[1]))
                        let (length, scale) = (try Integer.read(given[2]), try Element.double(given[3]))
                        let type = try Fourier.inferRealTransform(a.type, axis: axis, length: length)
                        return try state.array(type) {
                            try Fourier.realTransform(a.view, axis: axis, length: length, scale: scale, into: $0)
                        }.object
                    }
                }),
            .fast(
                "irfft", "(array, axis, length, factor)",
                { _, arguments, count in
                    ArrayFunctions.callStopping(arguments, count, 4...4, "irfft") { given, state in
                        let a = try state.array(given[0])
                        let axis = try a.layout.axis(try Integer.read(given[1]))
                        let scale = try Element.double(given[3])
                        let type = try Fourier.inferRealInverse(a.type, axis: axis, length: try Integer.read(given[2]))
                        return try state.array(type) {
                            try Fourier.realInverse(a.view, axis: axis, scale: scale, into: $0)
                        }.object
                    }
                }),
        ]
    }
}

extension ArrayPointer {
    var type: TensorType { TensorType(dtype, shape) }
}

extension StatePointer {
    func array(_ type: TensorType, _ fill: (View) throws -> Void) throws -> ArrayPointer {
        try array(type.dtype, shape: type.shape, fill)
    }
}
