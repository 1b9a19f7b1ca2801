internal import CWallePython
package import WalleBinding
package import WallePython
internal import WalleTensor

/// `walle._tensor`: what `walle.numpy` is built upon.
package enum ArrayModule {
    package static let module = PythonModule(
        native: "walle._tensor", doc: "Arrays in Swift. Use `walle.numpy`.", fill)

    private static let fill: @Sendable (Interpreter, PythonPointer) throws -> Void = { interpreter, module in
        let state = try make(in: module)
        interpreter.arrays = UnsafeMutableRawPointer(state)
        try addMembers(to: module, state)
    }

    /// The module for the main interpreter, where NumPy itself can be imported beside it. Its GIL is held.
    package static func makeForMain() throws(PythonFailure) -> PythonPointer {
        do {
            let module = try new(PyModule_New("walle._tensor"))
            let state = try make(in: module)
            ArrayState.main = state
            try addMembers(to: module, state)
            return module
        } catch {
            Raising.raise(error)
            throw .pending
        }
    }

    private static func make(in module: PythonPointer) throws -> StatePointer {
        let arrayType = try ArrayType.declaration.make(in: module)
        // In the interpreter's heap, which goes with it.
        guard let memory = PyMem_Malloc(MemoryLayout<ArrayState>.size), let numbers = PyMem_Malloc(64) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let state = memory.assumingMemoryBound(to: ArrayState.self)
        state.initialize(
            to: ArrayState(
                arrayType: arrayType, functionType: try FunctionType.declaration.make(in: module),
                virtualType: try VirtualType.declaration.make(in: module),
                quickType: try QuickType.declaration.make(in: module), quickNames: .init(repeating: nil),
                bitsType: try RandomBits.declaration.make(in: module), scalarTypes: .init(repeating: nil),
                dtypes: .init(repeating: nil), helpers: nil, numbers: numbers))
        try ScalarTypes.make(in: module, state)
        for name in QuickName.allCases {
            state.pointee.quickNames[name.rawValue] = try new(PyUnicode_InternFromString(name.text.pointer))
        }
        return state
    }

    private static func addMembers(to module: PythonPointer, _ state: StatePointer) throws {
        try ok(PyModule_AddObjectRef(module, "ndarray", state.pointee.arrayType.object))
        try ok(PyModule_AddObjectRef(module, "ufunc", state.pointee.functionType.object))
        try ok(PyModule_AddObjectRef(module, "virtual", state.pointee.virtualType.object))
        try ok(PyModule_AddObjectRef(module, "quick", state.pointee.quickType.object))
        let blockType = try BlockType.declaration.make(in: module).object
        defer { Py_DecRef(blockType) }
        try ok(PyModule_AddObjectRef(module, "lazy_block", blockType))
        for (index, function) in UniversalFunction.all.enumerated() {
            let object = try FunctionType.make(index, state)
            defer { Py_DecRef(object) }
            try ok(PyModule_AddObjectRef(module, function.name.pointer, object))
        }
        try ok(PyModule_AddFunctions(module, ArrayFunctions.table))
    }
}

extension UnsafeMutablePointer where Pointee == PyTypeObject {
    var object: PythonPointer { UnsafeMutableRawPointer(self).assumingMemoryBound(to: PyObject.self) }
}
