internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Casts that scripts ask for. They tell of what does not survive: imaginary parts, and numbers that the other type does
/// not hold.
enum TellingCast {
    static func run(_ input: View, to output: View, _ state: StatePointer) throws {
        try tellOfImaginaryParts(input.dtype, output.dtype, state)
        try runSilentOfParts(input, to: output, state)
    }

    /// The same when it was told already that imaginary parts are lost.
    static func runSilentOfParts(_ input: View, to output: View, _ state: StatePointer) throws {
        guard canFail(input.dtype, output.dtype) else { return Elementwise.cast(input, to: output) }
        FloatErrors.clear()
        Elementwise.cast(input, to: output)
        try FloatErrors.check(state, "cast")
    }

    /// Whether some numbers of the one type have no place in the other.
    private static func canFail(_ source: DType, _ target: DType) -> Bool {
        switch target.kind {
        case .bool: false
        case .integer: source.kind >= .floating
        case .floating, .complex: DType.promoted(source, target) != target || target == .float16
        }
    }

    /// Warns as of `ComplexWarning` when a cast drops imaginary parts. Truth values have a use for both parts.
    static func tellOfImaginaryParts(_ source: DType, _ target: DType, _ state: StatePointer) throws {
        guard source.kind == .complex, target.kind == .integer || target.kind == .floating,
            let helpers = state.pointee.helpers
        else { return }
        let function = try new(PyObject_GetAttrString(helpers, "_imaginary_part"))
        defer { Py_DecRef(function) }
        Py_DecRef(try new(PyObject_CallNoArgs(function)))
    }
}
