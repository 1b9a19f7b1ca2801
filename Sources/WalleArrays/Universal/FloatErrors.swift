internal import CWalleKernels
internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Floating-point exceptions of an operation, told as `errstate` wants.
enum FloatErrors {
    @inline(__always)
    static func clear() { walle_float_status_clear() }

    /// Tells of what happened since the flags were cleared.
    @inline(__always)
    static func check(_ state: StatePointer, _ name: @autoclosure () -> StaticString) throws {
        let flags = walle_float_status()
        if flags != 0 { try tell(Int(flags), state, name()) }
    }

    /// Comparisons and extremes have a result for NaN: that the CPU calls it invalid, is no error.
    private static let quiet: Set<String> = [
        "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "minimum", "maximum", "fmin", "fmax",
        "sign", "logical_and", "logical_or", "logical_xor", "logical_not", "isnan", "isinf", "isfinite", "signbit",
    ]

    /// What a fold by a function is called in warnings: NumPy's name of the method, or the function's own, which tells
    /// that it is quiet.
    static func name(of function: UniversalFunction, in method: StaticString) -> StaticString {
        quiet.contains("\(function.name)") ? function.name : method
    }

    @inline(never)
    private static func tell(_ flags: Int, _ state: StatePointer, _ name: StaticString) throws {
        try tell(flags, state.pointee.errors, "\(name)", state)
    }

    /// Tells of what a lazy graph reports: each exception in the name of its operator, under the modes at its line.
    static func tell(_ reports: [Graph.Report], _ state: StatePointer) throws {
        for report in reports {
            let name = LazyCalls.functionName(report.name)
            try tell(Int(report.flags), ErrorModes(code: report.tag), name, state)
        }
    }

    private static func tell(_ flags: Int, _ modes: ErrorModes, _ name: String, _ state: StatePointer) throws {
        if quiet.contains(name) { return }
        let kinds: [(flag: Int, mode: ErrorModes.Mode, text: String)] = [
            (Int(walle_float_divide), modes.divide, "divide by zero"),
            (Int(walle_float_overflow), modes.over, "overflow"),
            (Int(walle_float_underflow), modes.under, "underflow"),
            (Int(walle_float_invalid), modes.invalid, "invalid value"),
        ]
        for kind in kinds where flags & kind.flag != 0 {
            let text = "\(kind.text) encountered in \(name)"
            switch kind.mode {
            case .ignore: break
            case .warn: try ok(PyErr_WarnEx(walle_RuntimeWarning(), text, 1))
            case .raise:
                walle_SetError(walle_FloatingPointError(), text)
                throw PythonFailure.pending
            case .call, .print, .log: try callHandler(state, text, kind.flag)
            }
        }
    }

    private static func callHandler(_ state: StatePointer, _ text: String, _ flag: Int) throws {
        guard let helpers = state.pointee.helpers else { return }
        let handler = try new(PyObject_GetAttrString(helpers, "_float_error"))
        defer { Py_DecRef(handler) }
        let message = try new(text.python())
        defer { Py_DecRef(message) }
        let number = try new(PyLong_FromLong(flag))
        defer { Py_DecRef(number) }
        let arguments: InlineArray<2, PythonPointer?> = [message, number]
        let result = arguments.span.withUnsafeBufferPointer { walle_Vectorcall(handler, $0.baseAddress, 2) }
        Py_DecRef(try new(result))
    }
}
