/// Operators of linear algebra and Fourier transforms, which have kernels of their own.
extension Operator {
    // MARK: matrices

    private static let cube: Costing = { inputs, outputs, _ in
        let (count, side) = (inputs.first?.count ?? 0, inputs.first?.shape.last ?? 1)
        return Cost(operations: 2 * count * side, bytes: Cost.moved(inputs, outputs))
    }

    static let matrices: [Operator] = [
        kernel(
            "cholesky", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in try LinearAlgebra.inferCholesky(types[0]) },
            run: { inputs, output, attributes in
                try LinearAlgebra.cholesky(inputs[0], isUpper: attributes.flag("upper"), into: output)
            }),
        kernel(
            "solve", arity: 2...2, cost: cube,
            infer: { (types, _) throws(TensorError) in try LinearAlgebra.inferSolve(types[0], types[1]) },
            run: { inputs, output, _ in try LinearAlgebra.solve(inputs[0], inputs[1], into: output) }),
        kernel(
            "solve_triangular", arity: 2...2, cost: cube,
            infer: { (types, _) throws(TensorError) in try LinearAlgebra.inferSolveTriangle(types[0], types[1]) },
            run: { inputs, output, attributes in
                try LinearAlgebra.solveTriangle(
                    inputs[0], inputs[1], isUpper: attributes.flag("upper"), isUnit: attributes.flag("unit"),
                    into: output)
            }),
        kernel(
            "inv", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in try LinearAlgebra.inferInverse(types[0]) },
            run: { inputs, output, _ in try LinearAlgebra.inverse(inputs[0], into: output) }),
        kernel(
            "det", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in try LinearAlgebra.inferDeterminant(types[0]).determinant },
            run: { inputs, output, _ in try LinearAlgebra.determinant(inputs[0], into: output) }),
        several(
            "slogdet", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in
                let found = try LinearAlgebra.inferDeterminant(types[0])
                return [found.determinant, found.logarithm]
            },
            run: { inputs, outputs, _ in
                try LinearAlgebra.logarithmicDeterminant(inputs[0], sign: outputs[0], logarithm: outputs[1])
            }),
        several(
            "qr", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in
                let found = try LinearAlgebra.inferQR(types[0], .reduced)
                return [found.q ?? found.r, found.r]
            },
            run: { inputs, outputs, _ in
                try LinearAlgebra.qr(inputs[0], .reduced, q: outputs[0], r: outputs[1])
            }),
        several(
            "svd", arity: 1...1, cost: cube,
            infer: { (types, attributes) throws(TensorError) in
                let found = try LinearAlgebra.inferSingularValues(types[0], isFull: attributes.flag("full"))
                return [found.u, found.values, found.vh]
            },
            run: { inputs, outputs, attributes in
                try LinearAlgebra.singularValues(
                    inputs[0], isFull: attributes.flag("full"), values: outputs[1], vectors: (outputs[0], outputs[2]))
            }),
        several(
            "eigh", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in
                let found = try LinearAlgebra.inferHermitianEigenvalues(types[0])
                return [found.values, found.vectors]
            },
            run: { inputs, outputs, attributes in
                try LinearAlgebra.hermitianEigenvalues(
                    inputs[0], isUpper: attributes.flag("upper"), values: outputs[0], vectors: outputs[1])
            }),
        several(
            "eig", arity: 1...1, cost: cube,
            infer: { (types, _) throws(TensorError) in
                let found = try LinearAlgebra.inferEigenvalues(types[0])
                return [found.values, found.vectors]
            },
            run: { inputs, outputs, _ in
                try LinearAlgebra.eigenvalues(inputs[0], values: outputs[0], vectors: outputs[1])
            }),
    ]

    // MARK: spectra

    static let spectra: [Operator] = [
        kernel(
            "fft", arity: 1...1, cost: transformCost,
            infer: { (types, attributes) throws(TensorError) in
                try Fourier.inferTransform(types[0], axis: try attributes.integer("axis", default: -1))
            },
            run: { inputs, output, attributes in
                try Fourier.transform(inputs[0], axis: try axis(inputs[0].type, attributes), .forward, into: output)
            }),
        kernel(
            "ifft", arity: 1...1, cost: transformCost,
            infer: { (types, attributes) throws(TensorError) in
                try Fourier.inferTransform(types[0], axis: try attributes.integer("axis", default: -1))
            },
            run: { inputs, output, attributes in
                let axis = try axis(inputs[0].type, attributes)
                try Fourier.transform(
                    inputs[0], axis: axis, .backward, scale: 1 / Double(inputs[0].layout.shape[axis]), into: output)
            }),
        kernel(
            "rfft", arity: 1...1, cost: transformCost,
            infer: { (types, attributes) throws(TensorError) in
                try Fourier.inferRealTransform(types[0], axis: try attributes.integer("axis", default: -1))
            },
            run: { inputs, output, attributes in
                let axis = try axis(inputs[0].type, attributes)
                try Fourier.realTransform(inputs[0], axis: axis, length: inputs[0].layout.shape[axis], into: output)
            }),
        kernel(
            "irfft", arity: 1...1, cost: transformCost,
            infer: { (types, attributes) throws(TensorError) in
                try Fourier.inferRealInverse(types[0], axis: try attributes.integer("axis", default: -1))
            },
            run: { inputs, output, attributes in
                let axis = try axis(inputs[0].type, attributes)
                try Fourier.realInverse(
                    inputs[0], axis: axis, scale: 1 / Double(output.layout.shape[axis]), into: output)
            }),
    ]

    /// Five operations an element and level of the fast Fourier transform (Cooley and Tukey 1965).
    private static let transformCost: Costing = { inputs, outputs, _ in
        let count = outputs.first?.count ?? 0
        return Cost(
            operations: 5 * count * (Int.bitWidth - count.leadingZeroBitCount), bytes: Cost.moved(inputs, outputs))
    }
}
