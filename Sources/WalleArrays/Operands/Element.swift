internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Single elements as objects of Python, both ways.
enum Element {
    /// Writes a number of Python, or a scalar, as an element.
    ///
    /// - Throws: `OverflowError` for an integer the type does not hold; `TypeError` for what is no number.
    static func write(_ object: PythonPointer, as type: DType, to place: UnsafeMutableRawPointer) throws {
        switch type.kind {
        case .bool:
            let truth = PyObject_IsTrue(object)
            try ok(truth)
            place.storeBytes(of: UInt8(truth), as: UInt8.self)
        case .integer: try writeInteger(object, as: type, to: place)
        case .floating: writeFloat(try double(object), as: type, to: place)
        case .complex: try writeComplex(object, as: type, to: place)
        }
    }

    private static func writeInteger(
        _ object: PythonPointer, as type: DType, to place: UnsafeMutableRawPointer
    ) throws {
        if walle_IsLong(object) != 0 { return try writeLong(object, as: type, to: place) }
        if walle_IsFloat(object) != 0 || walle_IsComplex(object) != 0 {
            if walle_IsComplex(object) != 0 {
                walle_SetError(walle_TypeError(), "int() argument must be a real number, not 'complex'")
                throw PythonFailure.pending
            }
            let integer = try new(PyNumber_Long(object))
            defer { Py_DecRef(integer) }
            return try writeLong(integer, as: type, to: place)
        }
        let integer = try new(PyNumber_Index(object))
        defer { Py_DecRef(integer) }
        try writeLong(integer, as: type, to: place)
    }

    private static func writeLong(
        _ object: PythonPointer, as type: DType, to place: UnsafeMutableRawPointer
    ) throws {
        var compact = 0
        if walle_CompactLong(object, &compact) != 0 || fits(object, &compact) {
            guard holds(type, compact) else { throw tooLarge(object, type) }
            return store(compact, as: type, to: place)
        }
        guard type == .uint64 else { throw tooLarge(object, type) }
        let value = PyLong_AsUnsignedLongLong(object)
        if PyErr_Occurred() != nil { throw tooLarge(object, type) }
        place.storeBytes(of: value, as: UInt64.self)
    }

    private static func fits(_ object: PythonPointer, _ value: inout Int) -> Bool {
        var overflow: Int32 = 0
        value = PyLong_AsLongAndOverflow(object, &overflow)
        return overflow == 0
    }

    private static func holds(_ type: DType, _ value: Int) -> Bool {
        switch type {
        case .int8: Int8(exactly: value) != nil
        case .int16: Int16(exactly: value) != nil
        case .int32: Int32(exactly: value) != nil
        case .uint8: UInt8(exactly: value) != nil
        case .uint16: UInt16(exactly: value) != nil
        case .uint32: UInt32(exactly: value) != nil
        case .uint64: value >= 0
        default: true
        }
    }

    private static func store(_ value: Int, as type: DType, to place: UnsafeMutableRawPointer) {
        switch type.byteCount {
        case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case 2: place.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
        case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
        default: place.storeBytes(of: value, as: Int.self)
        }
    }

    private static func tooLarge(_ object: PythonPointer, _ type: DType) -> any Error {
        PyErr_Clear()
        let text = PyObject_Str(object)
        defer { if let text { Py_DecRef(text) } }
        PyErr_Clear()
        let number = text.map { String(python: $0) } ?? "integer"
        walle_SetError(walle_OverflowError(), "Python integer \(number) out of bounds for \(type)")
        return PythonFailure.pending
    }

    /// A number as a float.
    static func double(_ object: PythonPointer) throws -> Double {
        if walle_IsExactFloat(object) != 0 { return walle_FloatValue(object) }
        let value = PyFloat_AsDouble(object)
        if value == -1, PyErr_Occurred() != nil { throw PythonFailure.pending }
        return value
    }

    private static func writeFloat(_ value: Double, as type: DType, to place: UnsafeMutableRawPointer) {
        switch type {
        case .float64: place.storeBytes(of: value, as: Double.self)
        case .float32: place.storeBytes(of: Float(value), as: Float.self)
        default: withUnsafeBytes(of: value) { convert(.float64, $0.baseAddress.unsafelyUnwrapped, to: type, place) }
        }
    }

    private static func writeComplex(
        _ object: PythonPointer, as type: DType, to place: UnsafeMutableRawPointer
    ) throws {
        let value = PyComplex_AsCComplex(object)
        if value.real == -1, PyErr_Occurred() != nil { throw PythonFailure.pending }
        if type == .complex128 {
            place.storeBytes(of: value.real, as: Double.self)
            (place + 8).storeBytes(of: value.imag, as: Double.self)
        } else {
            place.storeBytes(of: Float(value.real), as: Float.self)
            (place + 4).storeBytes(of: Float(value.imag), as: Float.self)
        }
    }

    /// One element as another type.
    static func convert(
        _ from: DType, _ source: UnsafeRawPointer, to type: DType, _ place: UnsafeMutableRawPointer
    ) {
        if from == type { return place.copyMemory(from: source, byteCount: type.byteCount) }
        let kernel = walle_kernels_cast(walle_kernels_shared(), Int32(from.rawValue), Int32(type.rawValue))
        kernel.unsafelyUnwrapped(1, source, from.byteCount, place, type.byteCount)
    }

    /// An element as a number of Python: bool, int, float or complex.
    static func python(_ type: DType, _ place: UnsafeRawPointer) throws -> PythonPointer {
        switch type {
        case .bool: place.load(as: UInt8.self) != 0 ? walle_True() : walle_False()
        case .int8: try new(PyLong_FromLong(Int(place.load(as: Int8.self))))
        case .int16: try new(PyLong_FromLong(Int(place.load(as: Int16.self))))
        case .int32: try new(PyLong_FromLong(Int(place.load(as: Int32.self))))
        case .int64: try new(PyLong_FromLong(place.load(as: Int.self)))
        case .uint8: try new(PyLong_FromLong(Int(place.load(as: UInt8.self))))
        case .uint16: try new(PyLong_FromLong(Int(place.load(as: UInt16.self))))
        case .uint32: try new(PyLong_FromLong(Int(place.load(as: UInt32.self))))
        case .uint64: try new(PyLong_FromUnsignedLong(place.load(as: UInt.self)))
        case .float32: try new(PyFloat_FromDouble(Double(place.load(as: Float.self))))
        case .float64: try new(PyFloat_FromDouble(place.load(as: Double.self)))
        case .complex64:
            try new(PyComplex_FromDoubles(Double(place.load(as: Float.self)), Double((place + 4).load(as: Float.self))))
        case .complex128:
            try new(PyComplex_FromDoubles(place.load(as: Double.self), (place + 8).load(as: Double.self)))
        case .float16, .bfloat16:
            try withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { wide in
                let wide = wide.baseAddress.unsafelyUnwrapped
                convert(type, place, to: .float64, wide)
                return try new(PyFloat_FromDouble(wide.load(as: Double.self)))
            }
        }
    }
}

extension StatePointer {
    /// Writes a number of Python, or a scalar of the type, where that needs no thought about its range; else gives false.
    @inline(__always)
    func write(_ object: PythonPointer, as type: DType, to place: UnsafeMutableRawPointer) -> Bool {
        var integer = 0
        if walle_IsExactFloat(object) != 0 {
            let number = walle_FloatValue(object)
            switch type {
            case .float64: place.storeBytes(of: number, as: Double.self)
            case .float32 where number.magnitude <= Double(Float.greatestFiniteMagnitude) || !number.isFinite:
                place.storeBytes(of: Float(number), as: Float.self)
            default: return false
            }
            return true
        }
        if walle_CompactLong(object, &integer) != 0 { return write(integer, as: type, to: place) }
        guard let scalar = Scalar(object, self), scalar.dtype == type else { return false }
        place.copyMemory(from: scalar.value, byteCount: type.byteCount)
        return true
    }

    /// The same of an integer.
    func write(_ integer: Int, as type: DType, to place: UnsafeMutableRawPointer) -> Bool {
        switch type {
        case .float64 where integer.magnitude <= 1 << 53: place.storeBytes(of: Double(integer), as: Double.self)
        case .float32 where integer.magnitude <= 1 << 24: place.storeBytes(of: Float(integer), as: Float.self)
        case .int64: place.storeBytes(of: integer, as: Int.self)
        case .int32 where Int32(exactly: integer) != nil:
            place.storeBytes(of: Int32(truncatingIfNeeded: integer), as: Int32.self)
        case .uint8 where UInt8(exactly: integer) != nil:
            place.storeBytes(of: UInt8(truncatingIfNeeded: integer), as: UInt8.self)
        default: return false
        }
        return true
    }
}
