/// An operator on arrays without gaps, whose execution can be explained.
package struct SearchSubject: Sendable {
    package enum Operation: String, Sendable, CaseIterable {
        /// Of two matrices.
        case matmul
        /// A copy of an array with its axes in reverse order, and one of every other element of the last axis.
        case transpose, stride
        /// Folds along an axis, or along all.
        case sum, max
    }

    package var operation: Operation
    package var shapes: [Axes]
    package var dtype: DType
    /// nil folds all axes.
    package var axis: Int?

    package init(_ operation: Operation, _ shapes: [Axes], _ dtype: DType, axis: Int? = nil) {
        (self.operation, self.shapes, self.dtype, self.axis) = (operation, shapes, dtype, axis)
    }
}

extension SearchSubject: CustomStringConvertible {
    package var description: String {
        let sizes = shapes.map { $0.map(String.init).joined(separator: "x") }.joined(separator: " ")
        return "\(operation.rawValue) \(sizes)\(axis.map { " axis \($0)" } ?? "") \(dtype)"
    }
}

extension MethodSearch {
    /// Measures this machine now, unless it was measured before, so that no typical figures decide any more.
    package static func settle() { SpeedSource.shared.settle() }

    /// Measures this machine again and keeps the figures.
    package static func measureMachine() { _ = SpeedSource.shared.measure() }

    /// The candidates for an operator, what each is predicted to take, and which is chosen.
    ///
    /// - Parameter isMeasured: Executes them as well, on arrays of zeros.
    /// - Throws: `.value` for shapes that the operator does not take, `.index` for an axis that is not there, `.type` for a
    ///   type that it is not searched for.
    package static func explain(_ subject: SearchSubject, isMeasured: Bool) throws(TensorError) -> Explanation {
        let count = subject.operation == .matmul ? 2 : 1
        guard subject.shapes.count == count else {
            throw TensorError(
                .value,
                "\(subject.operation.rawValue) takes \(count) shape\(count == 1 ? "" : "s"), not "
                    + "\(subject.shapes.count)")
        }
        return switch subject.operation {
        case .matmul: try explainProduct(subject, isMeasured)
        case .transpose, .stride: try explainMovement(subject, isMeasured)
        case .sum: try explainFold(.sum, subject, isMeasured)
        case .max: try explainFold(.maximum, subject, isMeasured)
        }
    }

    private static func explainProduct(
        _ subject: SearchSubject, _ isMeasured: Bool
    ) throws(TensorError) -> Explanation {
        guard subject.dtype == .float32 || subject.dtype == .float64 else {
            throw TensorError(.type, "products are searched for float32 and float64, not \(subject.dtype)")
        }
        guard subject.shapes.allSatisfy({ $0.count == 2 }) else {
            throw TensorError(.value, "matrices have two axes: \(subject)")
        }
        let a = try Tensor(zeros: subject.shapes[0], subject.dtype),
            b = try Tensor(zeros: subject.shapes[1], subject.dtype)
        let c = try Tensor(zeros: try Products.inferMatrixProduct(a.type, b.type).shape, subject.dtype)
        guard let left = a.view.base, let right = b.view.base, let out = c.view.base else {
            throw TensorError(.value, "there is nothing to choose for arrays without elements: \(subject)")
        }
        defer { withExtendedLifetime((a, b, c)) {} }
        return Explanation(
            "\(subject)",
            ProductProblem(
                product: MatrixProduct(subject.dtype, pool: .shared),
                a: Matrix(left, rows: a.shape[0], columns: a.shape[1]),
                b: Matrix(right, rows: b.shape[0], columns: b.shape[1]),
                c: MutableMatrix(out, rows: c.shape[0], columns: c.shape[1])), isMeasured: isMeasured)
    }

    private static func explainMovement(
        _ subject: SearchSubject, _ isMeasured: Bool
    ) throws(TensorError) -> Explanation {
        let isStrided = subject.operation == .stride
        var shape = subject.shapes[0]
        guard shape.count > (isStrided ? 0 : 1) else {
            throw TensorError(
                .value, "\(subject.operation.rawValue) needs an array of \(isStrided ? 1 : 2) axes or more")
        }
        if isStrided { shape[shape.count - 1] *= 2 }
        let source = try Tensor(zeros: shape, subject.dtype)
        var layout = source.layout
        if isStrided {
            layout.shape[shape.count - 1] /= 2
            layout.strides[shape.count - 1] *= 2
        } else {
            layout = Layout(shape: layout.shape.backwards, strides: layout.strides.backwards)
        }
        let output = try Tensor(zeros: layout.shape, subject.dtype)
        guard let from = source.view.base, let to = output.view.base, output.count > 0 else {
            throw TensorError(.value, "there is nothing to choose for arrays without elements: \(subject)")
        }
        defer { withExtendedLifetime((source, output)) {} }
        return Explanation(
            "\(subject)",
            Movement(from, layout, to, output.layout, elementBytes: subject.dtype.byteCount), isMeasured: isMeasured)
    }

    private static func explainFold(
        _ operation: FoldOperation, _ subject: SearchSubject, _ isMeasured: Bool
    ) throws(TensorError) -> Explanation {
        let input = try Tensor(zeros: subject.shapes[0], subject.dtype)
        guard input.count > 0 else {
            throw TensorError(.value, "there is nothing to choose for arrays without elements: \(subject)")
        }
        let type = operation.computing(subject.dtype) ?? subject.dtype
        var folded = Axes(repeating: subject.axis == nil ? 1 : 0, count: input.rank)
        if let axis = subject.axis { folded[try input.layout.axis(axis)] = 1 }
        let shape = Axes(folded.indices.filter { folded[$0] == 0 }.map { input.shape[$0] })
        let output = try Tensor(zeros: shape, operation.result(type.computing))
        defer { withExtendedLifetime((input, output)) {} }
        var explanation = Folding.explain(
            operation, input.view, folded: folded, to: output.view, computing: type.computing, isMeasured: isMeasured)
        explanation.operation = "\(subject)"
        return explanation
    }
}
