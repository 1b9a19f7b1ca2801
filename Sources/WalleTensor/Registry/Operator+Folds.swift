/// Operators that make one element of many.
extension Operator {
    package static func fold(_ operation: FoldOperation) -> Operator { folds[operation.rawValue] }

    /// In the order of the operations. Attributes: `axes`, all without it; `keeps` leaves them with a length of 1.
    static let folds: [Operator] = FoldOperation.allCases.map { operation in
        let name = operation.operatorName
        return Operator(
            name, .atomic, arity: 1...1,
            infer: { (forms, attributes) throws(TensorError) in
                let mask = try forms[0].folded(attributes)
                var (shape, isEmpty) = (Axes(), false)
                for axis in mask.indices {
                    if mask[axis] == 1 && forms[0].shape[axis] == 0 { isEmpty = true }
                    if mask[axis] == 0 {
                        shape.append(forms[0].shape[axis])
                    } else if attributes.flag("keeps") {
                        shape.append(1)
                    }
                }
                guard !isEmpty || operation != .minimum && operation != .maximum else {
                    throw TensorError(
                        .value, "zero-size array to reduction operation \(name) which has no identity")
                }
                let type = operation.computing(forms[0].dtype) ?? forms[0].dtype
                return [TensorType(operation.result(type), shape)]
            },
            execution: .fold(operation),
            cost: { inputs, outputs, _ in
                Cost(operations: inputs[0].count, bytes: Cost.moved(inputs, outputs))
            },
            gradient: operation == .sum ? Gradient.ofSum : nil)
    }
}

extension FoldOperation {
    /// As the Array API standard 2024.12 calls it.
    var operatorName: String {
        switch self {
        case .sum: "sum"
        case .product: "prod"
        case .minimum: "min"
        case .maximum: "max"
        case .any: "any"
        case .all: "all"
        }
    }
}
