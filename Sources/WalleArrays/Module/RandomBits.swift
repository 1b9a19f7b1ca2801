internal import CWallePython
internal import WallePython
internal import WalleTensor

/// An object with the state of a generator of random bits, which classes of Python hold.
///
/// The state is a plain value behind the object's header: when an interpreter ends, its heap goes with all objects in
/// it, and nothing else has to be told.
struct RandomBits {
    let object: PythonPointer

    /// Bytes from the beginning of the object.
    private static let place = MemoryLayout<PyObject>.size

    static let declaration = TypeDeclaration(
        "walle.numpy.random.State", size: place + MemoryLayout<RandomGenerator>.size, flags: UInt(walle_TypeFlags()),
        slots: [
            .text(Py_tp_doc, "The state of a bit generator."),
            .function(Py_tp_new, refuse),
            .function(Py_tp_dealloc, free),
        ])

    private static let refuse: newfunc = { _, _, _ in
        walle_SetError(walle_TypeError(), "make a bit generator, as PCG64(seed)")
        return nil
    }

    private static let free: destructor = { object in
        let type = walle_Type(object.unsafelyUnwrapped).unsafelyUnwrapped
        PyObject_Free(object)
        Py_DecRef(type.object)
    }

    var generator: UnsafeMutablePointer<RandomGenerator> {
        (UnsafeMutableRawPointer(object) + Self.place).assumingMemoryBound(to: RandomGenerator.self)
    }

    static func make(_ generator: RandomGenerator, _ state: StatePointer) throws -> PythonPointer {
        guard let memory = PyObject_Malloc(place + MemoryLayout<RandomGenerator>.size) else {
            PyErr_NoMemory()
            throw PythonFailure.pending
        }
        let object = memory.assumingMemoryBound(to: PyObject.self)
        PyObject_Init(object, state.pointee.bitsType)
        RandomBits(object: object).generator.initialize(to: generator)
        return object
    }
}

extension StatePointer {
    /// - Throws: `.type` when the object is no state of a bit generator.
    func generator(_ object: PythonPointer) throws -> UnsafeMutablePointer<RandomGenerator> {
        guard walle_Type(object) == pointee.bitsType else {
            throw TensorError.type(
                "expected the state of a bit generator, not '\(String(cString: walle_TypeName(object)))'")
        }
        return RandomBits(object: object).generator
    }
}
