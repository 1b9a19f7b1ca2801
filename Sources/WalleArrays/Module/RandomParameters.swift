internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The parameters of a distribution, as elements of the types it takes.
struct RandomParameters {
    private(set) var views: [View] = []
    private var owned: [PythonPointer] = []

    /// - Throws: `TypeError` for what loses something by its conversion.
    init(_ given: Arguments, from first: Int, _ dtypes: [DType], _ state: StatePointer) throws {
        do {
            for (index, dtype) in dtypes.enumerated() { try read(given[first + index], as: dtype, index, state) }
        } catch {
            release()
            throw error
        }
    }

    /// The bits of parameters that are numbers of Python; nil when one is something else.
    static func numbers(_ given: Arguments, from first: Int, _ distribution: Distribution) -> InlineArray<3, UInt64>? {
        var numbers: InlineArray<3, UInt64> = [0, 0, 0]
        for (index, parameter) in distribution.parameters.enumerated() {
            let object = given[first + index]
            var integer = 0
            if parameter.dtype == .float64 && walle_IsExactFloat(object) != 0 {
                numbers[index] = walle_FloatValue(object).bitPattern
            } else if walle_CompactLong(object, &integer) != 0 {
                numbers[index] =
                    parameter.dtype == .float64 ? Double(integer).bitPattern : UInt64(bitPattern: Int64(integer))
            } else {
                return nil
            }
        }
        return numbers
    }

    func release() { for object in owned { Py_DecRef(object) } }

    private mutating func read(
        _ object: PythonPointer, as dtype: DType, _ index: Int, _ state: StatePointer
    ) throws {
        var operand = try Operand(reading: object, state)
        if let array = operand.owned { owned.append(array) }
        // A float of Python loses its fraction, as in NumPy; arrays do not.
        guard Self.isSafe(operand.dtype, dtype) || operand.weak != nil && operand.dtype == .float64 else {
            throw TensorError.type(
                "Cannot cast array data from dtype('\(operand.dtype)') to dtype('\(dtype)') according to the rule "
                    + "'safe'")
        }
        try operand.settle(as: dtype, state, place: index)
        guard operand.dtype != dtype else { return views.append(operand.view) }
        let array = try state.array(dtype, shape: operand.layout.shape)
        owned.append(array.object)
        Elementwise.cast(operand.view, to: array.view)
        views.append(array.view)
    }

    /// NumPy's rule "safe".
    private static func isSafe(_ from: DType, _ to: DType) -> Bool {
        switch from.kind {
        case .bool: true
        case .integer: to == .float64 || from != .uint64
        case .floating: to == .float64
        case .complex: false
        }
    }

    /// The shape that the parameters have together.
    func check(_ distribution: Distribution, isLegacy: Bool) throws -> Axes {
        _ = try Self.broadcast(views.map(\.layout.shape))
        let isScalar = views.allSatisfy { $0.layout.rank == 0 }
        return try Self.translate(isScalar: isScalar && !isLegacy) { () throws(TensorError) in
            try distribution.check(views, isLegacy: isLegacy)
        }
    }

    /// A range without bounds is an `OverflowError`.
    static func translate<Value>(isScalar: Bool, _ check: () throws(TensorError) -> Value) throws -> Value {
        let result = Result(catching: check)
        if case .failure(let error) = result, error.message == "high - low range exceeds valid bounds" {
            walle_SetError(walle_OverflowError(), isScalar ? error.message : "Range exceeds valid bounds")
            throw PythonFailure.pending
        }
        return try result.get()
    }

    /// The shape of the result: `size`, into which the parameters fit, or theirs.
    func shape(_ size: PythonPointer?, _ common: Axes) throws -> Axes {
        guard let size else { return common }
        return try Self.fit(views.map(\.layout.shape), try Integer.readAxes(size))
    }

    /// The shape of the result, when parameters fit into it.
    static func fit(_ shapes: [Axes], _ shape: Axes) throws -> Axes {
        let together = try broadcast([shape] + shapes)
        guard together == shape else {
            throw TensorError.value(
                "Output size \(shape) is not compatible with broadcast dimensions of inputs \(together).")
        }
        return shape
    }

    /// The shape that arrays have together.
    static func broadcast(_ shapes: [Axes]) throws -> Axes {
        let rank = shapes.map(\.count).max() ?? 0
        var result = Axes(repeating: 1, count: rank)
        for axis in 0..<rank {
            var source = 0
            for (index, shape) in shapes.enumerated() where axis + shape.count >= rank {
                let length = shape[axis + shape.count - rank]
                if length == 1 || length == result[axis] { continue }
                guard result[axis] == 1 else {
                    throw TensorError.value(
                        "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg "
                            + "\(source) with shape \(shapes[source]) and arg \(index) with shape \(shape).")
                }
                (result[axis], source) = (length, index)
            }
        }
        return result
    }

    /// The output, which lies without gaps, and the parameters in its shape: flat when they are single numbers.
    func broadcast(with output: View, _ common: Axes) throws -> [View] {
        try Self.broadcast(views, with: output, common)
    }

    static func broadcast(_ views: [View], with output: View, _ common: Axes) throws -> [View] {
        let output = common.isEmpty ? output.flat : output
        return try [output]
            + views.map { view in
                View(base: view.base, dtype: view.dtype, layout: try view.layout.broadcast(to: output.layout.shape))
            }
    }
}
