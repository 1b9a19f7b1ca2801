internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The functions of `walle._tensor`. Positional arguments only: `walle.numpy` gives them names and defaults.
enum ArrayFunctions {
    /// As CPython wants it; never changed or freed.
    nonisolated(unsafe) static let table: UnsafeMutablePointer<PyMethodDef> = {
        let all =
            setup + creation + computation + movement + exchange + OrderingFunctions.all + SelectionFunctions.all
            + LinearFunctions.all + FourierFunctions.all + RandomBitFunctions.all + RandomFunctions.all
            + RandomOrderFunctions.all + LazyFunctions.all
        let table = UnsafeMutablePointer<PyMethodDef>.allocate(capacity: all.count + 1)
        for (index, entry) in (all + [PyMethodDef()]).enumerated() { (table + index).initialize(to: entry) }
        return table
    }()

    /// Calls a function with its arguments, of which there must be as many as it takes.
    @inline(__always)
    static func call(
        _ arguments: UnsafePointer<PythonPointer?>?, _ count: Int, _ range: ClosedRange<Int>, _ name: StaticString,
        _ body: (Arguments, StatePointer) throws -> PythonPointer
    ) -> PythonPointer? {
        Raising.object {
            let given = Arguments(arguments, count)
            try given.expect(range, name)
            return try body(given, ArrayState.current)
        }
    }

    /// The same for long work of the tensor engine, which a stop of the run ends.
    static func callStopping(
        _ arguments: UnsafePointer<PythonPointer?>?, _ count: Int, _ range: ClosedRange<Int>, _ name: StaticString,
        _ body: (Arguments, StatePointer) throws -> PythonPointer
    ) -> PythonPointer? {
        call(arguments, count, range, name) { given, state in
            var result: PythonPointer?
            do {
                try Stopping.allow { result = try body(given, state) }
            } catch {
                if let result { Py_DecRef(result) }
                throw error
            }
            return try new(result)
        }
    }

    // MARK: setup

    private static var setup: [PyMethodDef] {
        [
            .fast(
                "register", "Take the module of helpers and the tuple of dtypes.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "register") { given, state in
                        guard walle_IsTuple(given[1]) != 0, walle_Size(given[1]) == 15 else {
                            throw TensorError.type("register() takes a module and 15 dtypes")
                        }
                        state.pointee.helpers = Py_NewRef(given[0])
                        for index in 0..<15 {
                            state.pointee.dtypes[index] = Py_NewRef(walle_TupleItem(given[1], index))
                        }
                        return none
                    }
                }),
            .fast(
                "seal", "Let nobody change the classes any more.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 0...0, "seal") { _, state in
                        walle_SealType(state.pointee.arrayType)
                        walle_SealType(state.pointee.virtualType)
                        walle_SealType(state.pointee.functionType)
                        walle_SealType(state.pointee.quickType)
                        walle_SealType(state.pointee.bitsType)
                        for index in 0..<15 { state.pointee.scalarTypes[index].map(walle_SealType) }
                        return none
                    }
                }),
            .fast(
                "errors", "The modes of floating-point exceptions: divide, over, under, invalid.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 0...0, "errors") { _, state in
                        let modes = state.pointee.errors
                        return try Integer.tuple([
                            modes.divide.rawValue, modes.over.rawValue, modes.under.rawValue, modes.invalid.rawValue,
                        ])
                    }
                }),
            .fast(
                "set_errors", "Set these modes.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "set_errors") { given, state in
                        func mode(_ index: Int) throws -> ErrorModes.Mode {
                            guard let mode = ErrorModes.Mode(rawValue: try Integer.read(given[index])) else {
                                throw TensorError.value("no such mode")
                            }
                            return mode
                        }
                        state.pointee.errors = ErrorModes(
                            divide: try mode(0), over: try mode(1), under: try mode(2), invalid: try mode(3))
                        return none
                    }
                }),
        ]
    }

    // MARK: creation

    private static var creation: [PyMethodDef] {
        [
            .fast(
                "array", "An array of an object: (object, dtype, copy: bool or None).",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "array") { given, state in
                        let copies = given.optional(2).map { PyObject_IsTrue($0) == 1 }
                        return try ArrayFunctions.array(
                            given[0], try state.optionalDType(given.optional(1)), copies: copies, state)
                    }
                }),
            .fast(
                "zeros", "(shape, dtype)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "zeros") { given, state in
                        try state.array(try state.dtype(given[1]), shape: try Integer.readAxes(given[0]), zeroed: true)
                            .object
                    }
                }),
            .fast(
                "empty", "(shape, dtype): zeros, or what this interpreter left there.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "empty") { given, state in
                        try state.array(try state.dtype(given[1]), shape: try Integer.readAxes(given[0]), .own).object
                    }
                }),
            .fast(
                "full", "(shape, value, dtype)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "full") { given, state in
                        let array = try state.array(try state.dtype(given[2]), shape: try Integer.readAxes(given[0]))
                        do { try ArrayIndexing.assign(given[1], to: array.view, state) } catch {
                            Py_DecRef(array.object)
                            throw error
                        }
                        return array.object
                    }
                }),
            .fast(
                "range", "(start, step, count, dtype): start + i·step, computed in float64 or int64.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "range") { given, state in
                        let dtype = try state.dtype(given[3])
                        return try Sequences.range(given[0], given[1], try Integer.read(given[2]), dtype, state).object
                    }
                }),
            .fast(
                "astype", "(array, dtype, copy)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "astype") { given, state in
                        if state.pointee.isLazy {
                            let copies = PyObject_IsTrue(given[2]) == 1
                            let dtype = try state.dtype(given[1])
                            if let result = try LazyCalls.cast(given[0], dtype, copies: copies, state) {
                                return result
                            }
                        }
                        let (array, dtype) = (try state.array(given[0]), try state.dtype(given[1]))
                        if array.dtype == dtype && PyObject_IsTrue(given[2]) != 1 { return Py_NewRef(array.object) }
                        let layout = array.layout.packed(elementBytes: dtype.byteCount)
                        return try state.array(dtype, layout: layout) {
                            try TellingCast.runSilentOfParts(array.view, to: $0, state)
                        }.object
                    }
                }),
        ]
    }

    static func array(
        _ object: PythonPointer, _ dtype: DType?, copies: Bool?, _ state: StatePointer
    ) throws -> PythonPointer {
        if state.pointee.isLazy, let result = try LazyCalls.array(object, dtype, copies: copies == true, state) {
            return result
        }
        try state.settle(object)
        if Scalar(object, state) == nil, let array = try state.exchanged(object) {
            defer { Py_DecRef(array.object) }
            if dtype == nil || dtype == array.dtype {
                return copies == true ? try state.copyInOrder(of: array).object : Py_NewRef(array.object)
            }
            guard copies != false else {
                throw TensorError.value(
                    "Unable to avoid copy while creating an array as requested: its dtype is \(array.dtype)")
            }
            let type = dtype ?? array.dtype
            return try state.array(type, layout: array.layout.packed(elementBytes: type.byteCount)) {
                try TellingCast.run(array.view, to: $0, state)
            }.object
        }
        guard copies != false else {
            throw TensorError.value("Unable to avoid copy while creating an array as requested.")
        }
        return try state.array(from: object, as: dtype).object
    }

    // MARK: computation

    private static var computation: [PyMethodDef] {
        [
            .fast(
                "reduce", "(function, array, axis, dtype, keepdims, out)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 6...6, "reduce") { given, state in
                        var options = ArrayFold.Options()
                        options.axes = try given.optional(2).map(Integer.readAxes)
                        options.dtype = try state.optionalDType(given.optional(3))
                        options.keepsAxes = PyObject_IsTrue(given[4]) == 1
                        options.out = try given.optional(5).map { try state.array($0, "out") }
                        return try ArrayFold.run(FunctionObject(given[0]).index, given[1], options, state)
                    }
                }),
            .fast(
                "where", "(condition, x, y)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "where") { given, state in
                        try Conditions.choose(given[0], given[1], given[2], state)
                    }
                }),
            .fast(
                "matmul", "(x, y)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "matmul") { given, state in
                        try ArrayProduct.run(given[0], given[1], state)
                    }
                }),
            .fast(
                "nonzero", "(array): a tuple of positions, an axis each.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "nonzero") { given, state in
                        try Conditions.nonzero(try state.array(given[0]), state)
                    }
                }),
            .fast(
                "promote", "(dtype, dtype)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "promote") { given, state in
                        let dtype = DType.promoted(try state.dtype(given[0]), try state.dtype(given[1]))
                        return Py_NewRef(state.pointee.dtypes[Int(dtype.rawValue)].unsafelyUnwrapped)
                    }
                }),
        ]
    }

    // MARK: movement

    private static var movement: [PyMethodDef] {
        [
            .fast(
                "broadcast_to", "(array, shape): a read-only view.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "broadcast_to") { given, state in
                        if let node = LazyBlock.node(of: given[0], state) {
                            return try LazyMovement.broadcast(node, try Integer.readAxes(given[1]), state)
                        }
                        let array = try state.array(given[0])
                        let view = try state.view(of: array, try array.layout.broadcast(to: Integer.readAxes(given[1])))
                        view.body.pointee.isWritable = false
                        return view.object
                    }
                }),
            .fast(
                "permute", "(array, axes): a view.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "permute") { given, state in
                        if let node = LazyBlock.node(of: given[0], state) {
                            return try LazyMovement.permute(node, try Integer.readAxes(given[1]), state)
                        }
                        let array = try state.array(given[0])
                        return try state.view(of: array, try array.layout.permuted(Integer.readAxes(given[1]))).object
                    }
                }),
            .fast(
                "strided", "(array, shape, strides, offset): a view within the memory of the array.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "strided") { given, state in
                        let layout = Layout(
                            shape: try Integer.readAxes(given[1]), strides: try Integer.readAxes(given[2]))
                        return try Movement.strided(
                            try state.array(given[0]), layout, try Integer.read(given[3]), state)
                    }
                }),
            .fast(
                "retype", "(array, dtype): a view of the same bytes as elements of the same size.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "retype") { given, state in
                        try Movement.retyped(try state.array(given[0]), try state.dtype(given[1]), state)
                    }
                }),
            .fast(
                "concatenate", "(arrays, axis, dtype)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "concatenate") { given, state in
                        try Movement.concatenate(
                            given[0], axis: try Integer.read(given[1]), try state.optionalDType(given.optional(2)),
                            state)
                    }
                }),
            .fast(
                "pad", "(array, before, after, value): elements of a number around it.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "pad") { given, state in
                        try Movement.padded(
                            try state.array(given[0]), try Integer.readAxes(given[1]), try Integer.readAxes(given[2]),
                            given[3], state)
                    }
                }),
            .fast(
                "assign", "(array, value): as array[...] = value, any casting.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "assign") { given, state in
                        try ArrayIndexing.assign(given[1], to: try state.array(given[0]).writableView(), state)
                        return none
                    }
                }),
        ]
    }

    // MARK: exchange

    private static var exchange: [PyMethodDef] {
        [
            .fast(
                "from_buffer", "(object, dtype, count, offset): a view of the bytes of an object.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "from_buffer") { given, state in
                        try Movement.fromBuffer(
                            given[0], try state.dtype(given[1]), count: try Integer.read(given[2]),
                            offset: try Integer.read(given[3]), state)
                    }
                }),
            .fast(
                "to_dlpack", "(array, versioned, is_copy): a capsule.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...3, "to_dlpack") { given, state in
                        try DLPack.export(
                            try state.array(given[0]), isVersioned: PyObject_IsTrue(given[1]) == 1,
                            isCopy: given.optional(2).map { PyObject_IsTrue($0) == 1 } ?? false)
                    }
                }),
            .fast(
                "from_dlpack", "(capsule): an array over the memory that it describes.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "from_dlpack") { given, state in
                        try DLPack.array(of: given[0], state)
                    }
                }),
            .fast(
                "from_address", "(owner, address, bytes, readonly): uint8 over memory that an object keeps alive.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "from_address") { given, state in
                        guard Interpreter.current?.policy.ctypes ?? true else {
                            throw TensorError.type(
                                "an address of memory is taken only with permissions.ctypes in task.toml: give the "
                                    + "object the buffer protocol")
                        }
                        let address = UnsafeMutableRawPointer(bitPattern: try Integer.read(given[1]))
                        let layout = Layout(contiguous: [try Integer.read(given[2])], elementBytes: 1)
                        return try state.array(
                            at: address, .uint8, layout, owner: given[0], isWritable: PyObject_IsTrue(given[3]) != 1
                        ).object
                    }
                }),
            .fast(
                "memory", "(array): the first and the last address of its elements.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "memory") { given, state in
                        let view = try state.array(given[0]).view
                        let extent = view.layout.extent(elementBytes: view.dtype.byteCount)
                        let base = Int(bitPattern: view.base)
                        return try Integer.tuple([base + extent.lowerBound, base + extent.upperBound])
                    }
                }),
        ]
    }
}

extension StatePointer {
    /// The same elements in memory of their own, the axes in the order that they have there.
    func copyInOrder(of array: ArrayPointer) throws -> ArrayPointer {
        let copy = try self.array(array.dtype, layout: array.layout.packed(elementBytes: array.dtype.byteCount))
        Raster.copy(array.view, to: copy.view)
        return copy
    }
}
