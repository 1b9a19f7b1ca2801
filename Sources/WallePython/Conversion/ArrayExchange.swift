internal import CWallePython
public import WalleTensor

/// How tensors of Swift become arrays of Python and come back, with the memory that they have.
package protocol ArrayExchange: Sendable {
    /// A new array over the memory of a tensor.
    func object(of tensor: Tensor, in interpreter: Interpreter) throws(PythonFailure) -> Owned
    /// The tensor of an array; nil for any other object.
    ///
    /// - Parameter converting: Whether numbers and nested lists become tensors too.
    func tensor(
        of object: PythonPointer, converting: Bool, in interpreter: Interpreter
    ) throws(PythonFailure) -> Tensor?
}

extension Interpreter {
    func object(of tensor: Tensor) throws(PythonFailure) -> Owned {
        guard let arrayExchange else {
            throw .mismatch(
                expected: "a value without arrays", got: "a tensor, in a VM without walle.numpy", path: "input")
        }
        return try arrayExchange.object(of: tensor, in: self)
    }

    func tensor(of object: PythonPointer, converting: Bool = false) throws(PythonFailure) -> Tensor? {
        try arrayExchange?.tensor(of: object, converting: converting, in: self)
    }
}

extension Value {
    /// The numbers of a tensor as nested arrays.
    public init(nested tensor: Tensor) {
        guard tensor.rank > 0 else {
            self = tensor.flatValues[0]
            return
        }
        var values = tensor.flatValues
        for length in tensor.shape.dropFirst().reversed() {
            values =
                length == 0
                ? []
                : stride(from: 0, to: values.count, by: length).map {
                    .array(Array(values[$0..<$0 + length]))
                }
        }
        self = .array(values)
    }
}

extension Tensor {
    /// Each element as a value of its own: complex numbers as arrays of two.
    fileprivate var flatValues: [Value] {
        switch dtype {
        case .bool: elements(Bool.self).map { .bool($0) }
        case .uint64: elements(UInt.self).map { Int(exactly: $0).map { .integer($0) } ?? .double(Double($0)) }
        case _ where dtype.kind == .integer: elements(Int.self).map { .integer($0) }
        case .complex64, .complex128:
            zip(real.elements(Double.self), imaginary.elements(Double.self)).map { .array([.double($0), .double($1)]) }
        default: elements(Double.self).map { .double($0) }
        }
    }

    private func elements<Element: TensorElement>(_ type: Element.Type) -> [Element] {
        // The cast makes the types equal.
        (try? cast(to: Element.dtype).values(of: Element.self)) ?? []
    }

    private var real: Tensor { (try? applying(.real)) ?? self }
    private var imaginary: Tensor { (try? applying(.imaginary)) ?? self }
}
