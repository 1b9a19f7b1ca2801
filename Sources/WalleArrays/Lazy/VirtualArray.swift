internal import CWallePython
internal import WallePython
internal import WalleTensor

/// An array without elements: an object of another class with the memory layout of `ndarray`, which becomes an `ndarray`
/// when somebody wants its elements.
///
/// In the place of the cell it holds a node of the lazy graph. The layout says its shape, with strides that count
/// elements; all code that reaches for memory knows arrays by their class, so none takes this for one. What was to be a
/// scalar, such as the sum of all elements, becomes one.
struct VirtualArray {
    let object: PythonPointer

    init(_ object: PythonPointer) { self.object = object }

    /// With the fields of an array, though some mean something else.
    var body: UnsafeMutablePointer<ArrayBody> { ArrayPointer(object).body }

    private var held: Unmanaged<Node> {
        Unmanaged.fromOpaque(UnsafeRawPointer(body.pointee.cell))
    }

    var node: Node { held.takeUnretainedValue() }
    /// The place in the list of virtual arrays.
    var place: Int {
        get { body.pointee.offset }
        nonmutating set { body.pointee.offset = newValue }
    }
    /// Whether it becomes a scalar.
    var isScalar: Bool { body.pointee.base != nil }
    var form: TensorType { TensorType(body.pointee.dtype, body.pointee.layout.shape) }

    /// A new one.
    static func make(
        _ node: Node, isScalar: Bool, isWritable: Bool = true, _ block: LazyBlock, _ state: StatePointer
    ) throws -> PythonPointer {
        guard let memory = PyObject_Malloc(ArrayBody.place + MemoryLayout<ArrayBody>.size) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let object = memory.assumingMemoryBound(to: PyObject.self)
        PyObject_Init(object, state.pointee.virtualType)
        let array = VirtualArray(object)
        let held = Unmanaged.passRetained(node).toOpaque().assumingMemoryBound(to: Cell.self)
        array.body.initialize(
            to: ArrayBody(
                layout: node.form.elements, offset: 0, cell: held, base: isScalar ? walle_None() : nil,
                weakReferences: nil, dtype: node.form.dtype, isWritable: isWritable))
        node.exposures += 1
        block.add(array)
        return object
    }

    /// Lets go of the node, which nobody sees as this array any more.
    func letGo(_ block: LazyBlock) {
        block.remove(self)
        node.exposures -= 1
        held.release()
    }

    /// Becomes an array.
    func become(_ other: ArrayBody, _ state: StatePointer) {
        let references = body.pointee.weakReferences
        let isWritable = body.pointee.isWritable
        body.pointee = other
        body.pointee.weakReferences = references
        body.pointee.isWritable = isWritable && other.isWritable
        walle_ChangeType(object, state.pointee.arrayType)
    }

    /// Becomes a scalar with the value of an element.
    func becomeScalar(_ dtype: DType, _ value: UnsafeRawPointer, _ state: StatePointer) {
        if body.pointee.weakReferences != nil { PyObject_ClearWeakRefs(object) }
        body.deinitialize(count: 1)
        (UnsafeMutableRawPointer(object) + MemoryLayout<PyObject>.size)
            .copyMemory(from: value, byteCount: dtype.byteCount)
        guard let type = state.pointee.scalarTypes[Int(dtype.rawValue)] else { return }
        walle_ChangeType(object, type)
    }

    /// What CPython calls when nobody holds it any more; virtual arrays are known by it.
    static let free: destructor = { object in
        let array = VirtualArray(object.unsafelyUnwrapped)
        if array.body.pointee.weakReferences != nil { PyObject_ClearWeakRefs(object) }
        if let block = ArrayState.current.pointee.lazy?.takeUnretainedValue() { array.letGo(block) }
        array.body.deinitialize(count: 1)
        let type = walle_Type(array.object).unsafelyUnwrapped
        PyObject_Free(object)
        Py_DecRef(type.object)
    }
}

extension StatePointer {
    /// Gives an object its elements, if it is a virtual array: it is an array or a scalar then.
    @inline(__always)
    func settle(_ object: PythonPointer) throws {
        if walle_Type(object) == pointee.virtualType { try settleVirtual(object) }
    }

    @inline(never)
    private func settleVirtual(_ object: PythonPointer) throws {
        try pointee.lazy?.takeUnretainedValue().settle([VirtualArray(object)], self)
    }

    /// The same with what stands between brackets.
    @inline(__always)
    func settleKey(_ key: PythonPointer) throws {
        if pointee.lazy != nil { try settleEntries(key) }
    }

    @inline(never)
    private func settleEntries(_ key: PythonPointer) throws {
        try settle(key)
        guard walle_IsTuple(key) != 0 else { return }
        for index in 0..<walle_Size(key) { try settle(walle_TupleItem(key, index).unsafelyUnwrapped) }
    }
}
