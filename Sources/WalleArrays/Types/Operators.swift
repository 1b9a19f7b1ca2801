internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The operators of Python, for arrays and for scalars: whichever operand is one, the functions of elements do the work.
enum Operators {
    static var slots: [PyType_Slot] {
        unary + arithmetic + inPlace + [
            .function(Py_nb_bool, truth), .unary(Py_nb_int, integer), .unary(Py_nb_float, float),
            .unary(Py_nb_index, index),
        ]
    }

    /// Of scalars: they cannot be changed in place.
    static var scalarSlots: [PyType_Slot] {
        unary + arithmetic + [
            .function(Py_nb_bool, truth), .unary(Py_nb_int, integer), .unary(Py_nb_float, float),
            .function(Py_tp_richcompare, compare),
        ]
    }

    // Slots are C functions without state: each names its operation.

    private static var unary: [PyType_Slot] {
        [
            .unary(Py_nb_negative, { Operators.apply(.negative, $0) }),
            .unary(Py_nb_positive, { Operators.positive($0) }),
            .unary(Py_nb_absolute, { Operators.apply(.absolute, $0) }),
            .unary(Py_nb_invert, { Operators.apply(.bitwiseNot, $0) }),
        ]
    }

    private static var arithmetic: [PyType_Slot] {
        [
            .binary(Py_nb_add, { Operators.apply(.add, $0, $1) }),
            .binary(Py_nb_subtract, { Operators.apply(.subtract, $0, $1) }),
            .binary(Py_nb_multiply, { Operators.apply(.multiply, $0, $1) }),
            .binary(Py_nb_true_divide, { Operators.apply(.divide, $0, $1) }),
            .binary(Py_nb_floor_divide, { Operators.apply(.floorDivide, $0, $1) }),
            .binary(Py_nb_remainder, { Operators.apply(.remainder, $0, $1) }),
            .function(Py_nb_power, power),
            .binary(Py_nb_and, { Operators.apply(.bitwiseAnd, $0, $1) }),
            .binary(Py_nb_or, { Operators.apply(.bitwiseOr, $0, $1) }),
            .binary(Py_nb_xor, { Operators.apply(.bitwiseXor, $0, $1) }),
            .binary(Py_nb_lshift, { Operators.apply(.shiftLeft, $0, $1) }),
            .binary(Py_nb_rshift, { Operators.apply(.shiftRight, $0, $1) }),
            .binary(Py_nb_divmod, { Operators.divmod($0, $1) }),
            .binary(Py_nb_matrix_multiply, { Operators.matrixProduct($0, $1) }),
        ]
    }

    private static var inPlace: [PyType_Slot] {
        [
            .binary(Py_nb_inplace_add, { Operators.applyInPlace(.add, $0, $1) }),
            .binary(Py_nb_inplace_subtract, { Operators.applyInPlace(.subtract, $0, $1) }),
            .binary(Py_nb_inplace_multiply, { Operators.applyInPlace(.multiply, $0, $1) }),
            .binary(Py_nb_inplace_true_divide, { Operators.applyInPlace(.divide, $0, $1) }),
            .binary(Py_nb_inplace_floor_divide, { Operators.applyInPlace(.floorDivide, $0, $1) }),
            .binary(Py_nb_inplace_remainder, { Operators.applyInPlace(.remainder, $0, $1) }),
            .function(Py_nb_inplace_power, inPlacePower),
            .binary(Py_nb_inplace_and, { Operators.applyInPlace(.bitwiseAnd, $0, $1) }),
            .binary(Py_nb_inplace_or, { Operators.applyInPlace(.bitwiseOr, $0, $1) }),
            .binary(Py_nb_inplace_xor, { Operators.applyInPlace(.bitwiseXor, $0, $1) }),
            .binary(Py_nb_inplace_lshift, { Operators.applyInPlace(.shiftLeft, $0, $1) }),
            .binary(Py_nb_inplace_rshift, { Operators.applyInPlace(.shiftRight, $0, $1) }),
        ]
    }

    private static let power: ternaryfunc = { left, right, _ in
        if let left, let right, isSquare(left, right) { return apply(.square, left) }
        return apply(.power, left, right)
    }
    private static let inPlacePower: ternaryfunc = { left, right, _ in
        if let left, let right, isSquare(left, right) { return applyInPlace(.multiply, left, left) }
        return applyInPlace(.power, left, right)
    }

    /// Whether the exponent is the number 2, as which it mostly stands in formulas.
    private static func isSquare(_ base: PythonPointer, _ exponent: PythonPointer) -> Bool {
        guard walle_IsFreedBy(base, ArrayPointer.free) != 0 || walle_IsFreedBy(base, VirtualArray.free) != 0 else {
            return false
        }
        let dtype = ArrayPointer(base).dtype
        if QuickFunction.integer(exponent) == 2 { return dtype != .bool }
        return walle_IsExactFloat(exponent) != 0 && walle_FloatValue(exponent) == 2 && dtype.kind >= .floating
    }

    @inline(__always)
    private static func apply(_ operation: UnaryOperation, _ object: PythonPointer?) -> PythonPointer? {
        Raising.object {
            try UniversalCall.unary(
                UniversalFunction.index(of: operation), object.unsafelyUnwrapped, ArrayState.current)
        }
    }

    private static func apply(
        _ operation: BinaryOperation, _ left: PythonPointer?, _ right: PythonPointer?
    ) -> PythonPointer? {
        let (left, right) = (left.unsafelyUnwrapped, right.unsafelyUnwrapped)
        if isForeign(left) || isForeign(right) { return walle_NotImplemented() }
        return Raising.object {
            try UniversalCall.binary(UniversalFunction.index(of: operation), left, right, ArrayState.current)
        }
    }

    private static func applyInPlace(
        _ operation: BinaryOperation, _ left: PythonPointer?, _ right: PythonPointer?
    ) -> PythonPointer? {
        let (left, right) = (left.unsafelyUnwrapped, right.unsafelyUnwrapped)
        if isForeign(right) { return walle_NotImplemented() }
        return Raising.object {
            let state = ArrayState.current
            try state.settle(left)
            guard walle_IsFreedBy(left, ArrayPointer.free) != 0 else {
                // It was to be a scalar, which does not change.
                return try UniversalCall.binary(UniversalFunction.index(of: operation), left, right, state)
            }
            return try UniversalCall.binary(
                UniversalFunction.index(of: operation), left, right, state, .init(out: ArrayPointer(left)))
        }
    }

    /// Text and mappings are no operands: Python says so itself.
    @inline(__always)
    private static func isForeign(_ object: PythonPointer) -> Bool {
        walle_IsString(object) != 0 || object == walle_None() || walle_IsDict(object) != 0 || walle_IsBytes(object) != 0
            || walle_Type(object).pointee.tp_as_number != nil && hasPriority(object)
    }

    /// A class that wants to be asked itself says so by `__array_ufunc__ = None`.
    private static func hasPriority(_ object: PythonPointer) -> Bool {
        if walle_IsFreedBy(object, ArrayPointer.free) != 0 || walle_IsFreedBy(object, Scalar.free) != 0
            || walle_IsFreedBy(object, VirtualArray.free) != 0 || walle_IsExactFloat(object) != 0
            || walle_IsLong(object) != 0 || walle_IsComplex(object) != 0
        {
            return false
        }
        guard let priority = PyObject_GetAttrString(object, "__array_ufunc__") else {
            PyErr_Clear()
            return false
        }
        defer { Py_DecRef(priority) }
        return priority == walle_None()
    }

    private static func positive(_ object: PythonPointer?) -> PythonPointer? {
        Raising.object {
            let (object, state) = (object.unsafelyUnwrapped, ArrayState.current)
            try state.settle(object)
            if walle_IsFreedBy(object, ArrayPointer.free) == 0 { return Py_NewRef(object) }
            guard ArrayPointer(object).dtype != .bool else {
                throw TensorError.type(
                    "ufunc 'positive' is not defined for bool: cast it first, for example with astype")
            }
            return try state.copy(of: ArrayPointer(object)).object
        }
    }

    private static func divmod(_ left: PythonPointer?, _ right: PythonPointer?) -> PythonPointer? {
        guard let quotient = apply(.floorDivide, left, right) else { return nil }
        if quotient == walle_NotImplemented() { return quotient }
        guard let rest = apply(.remainder, left, right) else {
            Py_DecRef(quotient)
            return nil
        }
        defer {
            Py_DecRef(quotient)
            Py_DecRef(rest)
        }
        return PyTuple_Pack2(quotient, rest)
    }

    private static func PyTuple_Pack2(_ first: PythonPointer, _ second: PythonPointer) -> PythonPointer? {
        guard let tuple = PyTuple_New(2) else { return nil }
        walle_TupleSetItem(tuple, 0, Py_NewRef(first))
        walle_TupleSetItem(tuple, 1, Py_NewRef(second))
        return tuple
    }

    private static func matrixProduct(_ left: PythonPointer?, _ right: PythonPointer?) -> PythonPointer? {
        let (left, right) = (left.unsafelyUnwrapped, right.unsafelyUnwrapped)
        if isForeign(left) || isForeign(right) { return walle_NotImplemented() }
        return Raising.object { try ArrayProduct.run(left, right, ArrayState.current) }
    }

    static let compare: richcmpfunc = { left, right, operation in
        let (left, right) = (left.unsafelyUnwrapped, right.unsafelyUnwrapped)
        let wanted: BinaryOperation =
            switch operation {
            case Py_LT: .less
            case Py_LE: .lessEqual
            case Py_EQ: .equal
            case Py_NE: .notEqual
            case Py_GT: .greater
            default: .greaterEqual
            }
        if isForeign(right) {
            // `array == None` compares each element with what no element is.
            guard wanted == .equal || wanted == .notEqual, walle_IsFreedBy(left, ArrayPointer.free) != 0 else {
                return walle_NotImplemented()
            }
            return Raising.object { try constant(wanted == .notEqual, ArrayPointer(left), ArrayState.current) }
        }
        return Raising.object {
            try UniversalCall.binary(UniversalFunction.index(of: wanted), left, right, ArrayState.current)
        }
    }

    private static func constant(_ value: Bool, _ like: ArrayPointer, _ state: StatePointer) throws -> PythonPointer {
        let array = try state.array(.bool, shape: like.shape)
        array.view.base?.initializeMemory(as: UInt8.self, repeating: value ? 1 : 0, count: array.count)
        return try state.scalarOrArray(array)
    }

    // MARK: as numbers

    /// The only element, as a number of Python.
    private static func number(_ object: PythonPointer) throws -> PythonPointer {
        let state = ArrayState.current
        try state.settle(object)
        if let scalar = Scalar(object, state) { return try Element.python(scalar.dtype, scalar.value) }
        let array = ArrayPointer(object)
        guard array.count == 1 else {
            throw TensorError.type("only length-1 arrays can be converted to Python scalars")
        }
        return try Element.python(array.dtype, array.view.base.unsafelyUnwrapped)
    }

    private static let truth: inquiry = { object in
        let object = object.unsafelyUnwrapped
        do {
            try ArrayState.current.settle(object)
            if walle_IsFreedBy(object, ArrayPointer.free) != 0, ArrayPointer(object).count != 1 {
                throw TensorError.value(
                    ArrayPointer(object).count == 0
                        ? "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is "
                            + "not empty."
                        : "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
            }
            let number = try number(object)
            defer { Py_DecRef(number) }
            return PyObject_IsTrue(number)
        } catch {
            Raising.raise(error)
            return -1
        }
    }

    private static let integer: TypeDeclaration.Unary = { object in
        Raising.object {
            let number = try number(object.unsafelyUnwrapped)
            defer { Py_DecRef(number) }
            return try new(PyNumber_Long(number))
        }
    }

    private static let float: TypeDeclaration.Unary = { object in
        Raising.object {
            let number = try number(object.unsafelyUnwrapped)
            defer { Py_DecRef(number) }
            return try new(PyNumber_Float(number))
        }
    }

    static let index: TypeDeclaration.Unary = { object in
        Raising.object {
            let (object, state) = (object.unsafelyUnwrapped, ArrayState.current)
            try state.settle(object)
            if let scalar = Scalar(object, state) { return try Element.python(scalar.dtype, scalar.value) }
            let array = ArrayPointer(object)
            guard array.rank == 0, array.dtype.kind == .integer else {
                throw TensorError.type("only integer scalar arrays can be converted to a scalar index")
            }
            return try Element.python(array.dtype, array.view.base.unsafelyUnwrapped)
        }
    }
}
