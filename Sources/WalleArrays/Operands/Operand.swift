internal import CWallePython
internal import WallePython
internal import WalleTensor

/// What an operator is given: elements somewhere, and who must be let go of afterwards.
struct Operand {
    var base: UnsafeMutableRawPointer
    var layout: Layout
    var dtype: DType
    /// Set when this is a number of Python, whose type gives way to that of arrays (NEP 50): its value is written
    /// down once the type is known.
    var weak: PythonPointer?
    /// An array that was made for this call.
    var owned: PythonPointer?

    var view: View { View(base: base, dtype: dtype, layout: layout) }
    var rank: Int { layout.rank }

    init(_ array: ArrayPointer) {
        base = array.body.pointee.cell.pointee.bytes + array.body.pointee.offset
        layout = array.layout
        dtype = array.dtype
    }

    /// An array whose elements are not there yet: only its shape and type matter.
    init(virtual array: ArrayPointer, _ state: StatePointer) {
        base = state.pointee.numbers
        layout = array.layout
        dtype = array.dtype
    }

    init(base: UnsafeMutableRawPointer, dtype: DType) {
        self.base = base
        self.dtype = dtype
        layout = Layout(shape: [], strides: [])
    }

    private init(weak number: PythonPointer, _ dtype: DType, _ state: StatePointer) {
        self.init(base: state.pointee.numbers, dtype: dtype)
        weak = number
    }

    func release() {
        if let owned { Py_DecRef(owned) }
    }

    /// An object as an operand: arrays and scalars as they are, numbers of Python as weak ones, all else as a new array.
    @inline(__always)
    init(reading object: PythonPointer, _ state: StatePointer) throws {
        let type = walle_Type(object).unsafelyUnwrapped
        if type == state.pointee.arrayType {
            self.init(ArrayPointer(object))
        } else if walle_IsExactFloat(object) != 0 {
            self.init(weak: object, .float64, state)
        } else {
            try self.init(readingOther: object, state)
        }
    }

    @inline(never)
    private init(readingOther object: PythonPointer, _ state: StatePointer) throws {
        try state.settle(object)
        if walle_Type(object) == state.pointee.arrayType {
            self.init(ArrayPointer(object))
        } else if let scalar = Scalar(object, state) {
            self.init(base: scalar.value, dtype: scalar.dtype)
        } else if walle_IsBool(object) != 0 {
            self.init(base: object == walle_True() ? Self.truth : Self.falsehood, dtype: .bool)
        } else if walle_IsLong(object) != 0 {
            self.init(weak: object, .int64, state)
        } else if walle_IsFloat(object) != 0 {
            self.init(weak: object, .float64, state)
        } else if walle_IsComplex(object) != 0 {
            self.init(weak: object, .complex128, state)
        } else {
            let array = try state.array(from: object)
            self.init(array)
            owned = array.object
        }
    }

    nonisolated(unsafe) private static let truth = constant(1)
    nonisolated(unsafe) private static let falsehood = constant(0)

    private static func constant(_ value: UInt8) -> UnsafeMutableRawPointer {
        let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        byte.initialize(to: value)
        return UnsafeMutableRawPointer(byte)
    }

    /// A number of Python as a truth value, whatever its size.
    mutating func becomeTruth() throws {
        guard let number = weak else { return }
        let truth = PyObject_IsTrue(number)
        try ok(truth)
        self = Operand(base: truth == 0 ? Self.falsehood : Self.truth, dtype: .bool)
    }

    /// Writes the value of a number of Python down, as an element of a type.
    ///
    /// - Parameter place: Which operand of the call this is.
    mutating func settle(as type: DType, _ state: StatePointer, place: Int) throws {
        guard let number = weak else { return }
        base = state.pointee.numbers + 16 * place
        try Element.write(number, as: type, to: base)
        dtype = type
        weak = nil
    }
}

extension DType {
    /// The type at which a number of Python meets an array: the array's, unless the number is of a higher kind.
    func meeting(weak kind: DType) -> DType {
        switch kind {
        case .int64: self == .bool ? .int64 : self
        case .float64: self.kind <= .integer ? .float64 : self
        default:
            switch self {
            case .float16, .bfloat16, .float32, .complex64: .complex64
            default: .complex128
            }
        }
    }

    /// The type at which operands meet.
    static func meeting(_ left: Operand, _ right: Operand) -> DType {
        if left.weak == nil && right.weak == nil { return promoted(left.dtype, right.dtype) }
        if left.weak == nil { return left.dtype.meeting(weak: right.dtype) }
        if right.weak == nil { return right.dtype.meeting(weak: left.dtype) }
        return promoted(left.dtype, right.dtype)
    }
}
