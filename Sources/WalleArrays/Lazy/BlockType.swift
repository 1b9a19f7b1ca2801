internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The class of lazy blocks, `walle._tensor.lazy_block`, of which `walle.numpy.lazy` is a subclass: a context manager in
/// Python costs as much as what a short block computes.
enum BlockType {
    /// Bytes of plain arrays from which on functions of them become nodes, unless the caller says otherwise; negative,
    /// since it is no number of elements. Less stays in the second cache, where a pass more costs less than a node.
    private static let usualLeast = -(512 << 10)

    static let declaration = TypeDeclaration(
        "walle._tensor.lazy_block", size: MemoryLayout<PyObject>.size + MemoryLayout<Int>.size,
        flags: UInt(walle_TypeFlagsBase()),
        methods: [
            .fast(
                "__enter__", "Let what this thread computes stay virtual.",
                { object, _, _ in
                    Raising.object {
                        let object = object.unsafelyUnwrapped
                        try LazyBlock.enter(least: least(object).pointee, ArrayState.current)
                        return Py_NewRef(object)
                    }
                }),
            .fast(
                "__exit__", "End the innermost block; the outermost one computes what is still held.",
                { _, arguments, count in
                    Raising.object {
                        let isFailing = count > 0 && arguments?[0] != walle_None()
                        try LazyBlock.exit(isFailing: isFailing, ArrayState.current)
                        return none
                    }
                }),
        ],
        properties: [
            .property(
                "least", "Elements of plain arrays from which on functions of them become nodes; None for the usual.",
                get: { object, _ in
                    let least = least(object.unsafelyUnwrapped).pointee
                    return least < 0 ? none : PyLong_FromLong(least)
                })
        ],
        slots: [.function(Py_tp_new, new)])

    private static func least(_ object: PythonPointer) -> UnsafeMutablePointer<Int> {
        (UnsafeMutableRawPointer(object) + MemoryLayout<PyObject>.size).assumingMemoryBound(to: Int.self)
    }

    private static let new: newfunc = { type, arguments, names in
        Raising.object {
            let wanted = try read(arguments.unsafelyUnwrapped, names)
            let object = try WalleArrays.new(PyType_GenericAlloc(type, 0))
            least(object).pointee = wanted
            return object
        }
    }

    /// The keyword `least`.
    private static func read(_ arguments: PythonPointer, _ names: PythonPointer?) throws -> Int {
        guard walle_Size(arguments) == 0 else {
            throw TensorError.type("lazy() takes no positional arguments: least=... is a keyword")
        }
        guard let names, PyDict_Size(names) > 0 else { return usualLeast }
        guard PyDict_Size(names) == 1, let value = PyDict_GetItemString(names, "least") else {
            throw TensorError.type("lazy() takes no keyword but 'least'")
        }
        return value == walle_None() ? usualLeast : max(0, try Integer.read(value))
    }
}
