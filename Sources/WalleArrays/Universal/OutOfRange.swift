internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Comparisons of arrays of integers with integers of Python that their type does not hold: these are larger, or
/// smaller, than all elements.
enum OutOfRange {
    /// The result when an operand is out of the range of `type`; nil when none is.
    static func compare(
        _ operation: BinaryOperation, _ left: Operand, _ right: Operand, _ type: DType, _ state: StatePointer
    ) throws -> PythonPointer? {
        guard type.kind == .integer, let number = left.weak ?? right.weak, walle_IsLong(number) != 0 else { return nil }
        guard let isLarge = try isLarge(number, type, state) else { return nil }
        let isLess = (left.weak == nil) == isLarge
        let answer: Bool? =
            switch operation {
            case .equal: false
            case .notEqual: true
            case .less, .lessEqual: isLess
            case .greater, .greaterEqual: !isLess
            default: nil
            }
        guard let answer else { return nil }
        let other = left.weak == nil ? left : right
        let array = try state.array(.bool, shape: other.layout.shape)
        array.view.base?.initializeMemory(as: UInt8.self, repeating: answer ? 1 : 0, count: array.count)
        return try state.scalarOrArray(array)
    }

    /// Whether the number lies above the range, or below it; nil when it lies within.
    private static func isLarge(_ number: PythonPointer, _ type: DType, _ state: StatePointer) throws -> Bool? {
        do {
            try Element.write(number, as: type, to: state.pointee.numbers)
            return nil
        } catch PythonFailure.pending {
            guard PyErr_ExceptionMatches(walle_OverflowError()) != 0 else { throw PythonFailure.pending }
            PyErr_Clear()
            let zero = try new(PyLong_FromLong(0))
            defer { Py_DecRef(zero) }
            return PyObject_RichCompareBool(number, zero, Py_GT) == 1
        }
    }
}
