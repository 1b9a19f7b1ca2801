internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Arrays to and from other libraries by DLPack: capsules around a description of the memory and of who frees it.
enum DLPack {
    private static let name: StaticString = "dltensor"
    private static let versionedName: StaticString = "dltensor_versioned"
    private static let usedName: StaticString = "used_dltensor"
    private static let usedVersionedName: StaticString = "used_dltensor_versioned"

    // MARK: to others

    /// A new capsule over the memory of an array, which is held until the receiver is done.
    static func export(_ array: ArrayPointer, isVersioned: Bool, isCopy: Bool) throws -> PythonPointer {
        let body = array.body
        let isWritable = body.pointee.isWritable && !body.pointee.cell.pointee.isReadOnly
        guard isWritable || isVersioned else {
            walle_SetError(
                walle_BufferError(), "Cannot export readonly array since signalling readonly is unsupported by DLPack")
            throw PythonFailure.pending
        }
        guard array.layout.strides.allSatisfy({ $0 % array.dtype.byteCount == 0 }) else {
            walle_SetError(walle_BufferError(), "DLPack only supports strides which are a multiple of itemsize.")
            throw PythonFailure.pending
        }
        if isWritable { try body.pointee.cell.detach() }
        let axes = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, 2 * array.rank))
        for axis in 0..<array.rank {
            axes[axis] = Int64(array.shape[axis])
            axes[array.rank + axis] = Int64(array.layout.strides[axis] / array.dtype.byteCount)
        }
        let tensor = walle_dl_tensor(
            data: array.view.base, device: walle_dl_device(device_type: 1, device_id: 0), ndim: Int32(array.rank),
            dtype: type(of: array.dtype), shape: axes, strides: axes + array.rank, byte_offset: 0)
        body.pointee.cell.pointee.exports += 1
        Py_IncRef(array.object)
        let context = UnsafeMutableRawPointer(array.object)
        if isVersioned {
            let managed = UnsafeMutablePointer<walle_dl_versioned>.allocate(capacity: 1)
            managed.initialize(
                to: walle_dl_versioned(
                    major: 1, minor: 0, context: context, deleter: deleteVersioned,
                    flags: (isWritable ? 0 : 1) | (isCopy ? 2 : 0), tensor: tensor))
            return try new(PyCapsule_New(managed, versionedName.pointer, discardVersioned))
        }
        let managed = UnsafeMutablePointer<walle_dl_managed>.allocate(capacity: 1)
        managed.initialize(to: walle_dl_managed(tensor: tensor, context: context, deleter: delete))
        return try new(PyCapsule_New(managed, name.pointer, discard))
    }

    private static func giveBack(_ context: UnsafeMutableRawPointer?, _ tensor: walle_dl_tensor) {
        guard let context else { return }
        let object = context.assumingMemoryBound(to: PyObject.self)
        let state = PyGILState_Ensure()
        ArrayPointer(object).body.pointee.cell.pointee.exports -= 1
        Py_DecRef(object)
        PyGILState_Release(state)
        tensor.shape.deallocate()
    }

    private static let delete: @convention(c) (UnsafeMutablePointer<walle_dl_managed>?) -> Void = { managed in
        guard let managed else { return }
        giveBack(managed.pointee.context, managed.pointee.tensor)
        managed.deallocate()
    }

    private static let deleteVersioned: @convention(c) (UnsafeMutablePointer<walle_dl_versioned>?) -> Void = {
        managed in
        guard let managed else { return }
        giveBack(managed.pointee.context, managed.pointee.tensor)
        managed.deallocate()
    }

    /// Of a capsule that nobody took.
    private static let discard: PyCapsule_Destructor = { capsule in
        guard PyCapsule_IsValid(capsule, name.pointer) != 0,
            let managed = PyCapsule_GetPointer(capsule, name.pointer)?.assumingMemoryBound(to: walle_dl_managed.self)
        else { return }
        managed.pointee.deleter?(managed)
    }

    private static let discardVersioned: PyCapsule_Destructor = { capsule in
        guard PyCapsule_IsValid(capsule, versionedName.pointer) != 0,
            let managed = PyCapsule_GetPointer(capsule, versionedName.pointer)?
                .assumingMemoryBound(to: walle_dl_versioned.self)
        else { return }
        managed.pointee.deleter?(managed)
    }

    private static func type(of dtype: DType) -> walle_dl_type {
        let code: UInt8 =
            switch dtype {
            case .bool: 6
            case .bfloat16: 4
            case .complex64, .complex128: 5
            case .float16, .float32, .float64: 2
            default: dtype.isSigned ? 0 : 1
            }
        return walle_dl_type(code: code, bits: UInt8(dtype.byteCount * 8), lanes: 1)
    }

    // MARK: from others

    /// A new array over the memory that a capsule describes; the capsule is used up.
    static func array(of capsule: PythonPointer, _ state: StatePointer) throws -> PythonPointer {
        if PyCapsule_IsValid(capsule, versionedName.pointer) != 0 {
            let managed = PyCapsule_GetPointer(capsule, versionedName.pointer).unsafelyUnwrapped
                .assumingMemoryBound(to: walle_dl_versioned.self)
            guard managed.pointee.major <= 1 else {
                walle_SetError(walle_BufferError(), "from_dlpack(): the exported DLPack major version is too high")
                throw PythonFailure.pending
            }
            let owner = try new(PyCapsule_New(managed, usedVersionedName.pointer, releaseVersioned))
            PyCapsule_SetName(capsule, usedVersionedName.pointer)
            defer { Py_DecRef(owner) }
            return try array(managed.pointee.tensor, isWritable: managed.pointee.flags & 1 == 0, owner, state)
        }
        guard PyCapsule_IsValid(capsule, name.pointer) != 0 else {
            throw TensorError.value("__dlpack__ gave no capsule of a tensor that was not taken yet")
        }
        let managed = PyCapsule_GetPointer(capsule, name.pointer).unsafelyUnwrapped
            .assumingMemoryBound(to: walle_dl_managed.self)
        let owner = try new(PyCapsule_New(managed, usedName.pointer, release))
        PyCapsule_SetName(capsule, usedName.pointer)
        defer { Py_DecRef(owner) }
        return try array(managed.pointee.tensor, isWritable: true, owner, state)
    }

    private static let release: PyCapsule_Destructor = { capsule in
        let managed = PyCapsule_GetPointer(capsule, usedName.pointer)?.assumingMemoryBound(to: walle_dl_managed.self)
        if let managed { managed.pointee.deleter?(managed) }
    }

    private static let releaseVersioned: PyCapsule_Destructor = { capsule in
        let managed = PyCapsule_GetPointer(capsule, usedVersionedName.pointer)?
            .assumingMemoryBound(to: walle_dl_versioned.self)
        if let managed { managed.pointee.deleter?(managed) }
    }

    private static func array(
        _ tensor: walle_dl_tensor, isWritable: Bool, _ owner: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer {
        guard [1, 3, 11, 13].contains(tensor.device.device_type) else {
            walle_SetError(walle_BufferError(), "Unsupported device in DLTensor: only memory of the CPU can be shown")
            throw PythonFailure.pending
        }
        guard tensor.ndim >= 0, tensor.ndim <= Layout.mostAxes, let dtype = dtype(of: tensor.dtype) else {
            walle_SetError(walle_BufferError(), "Unsupported dtype or number of axes in DLTensor.")
            throw PythonFailure.pending
        }
        let rank = Int(tensor.ndim)
        var layout = Layout(
            contiguous: Axes((0..<rank).map { Int(tensor.shape[$0]) }), elementBytes: dtype.byteCount)
        _ = try Layout.checkedCount(layout.shape, elementBytes: dtype.byteCount)
        if let strides = tensor.strides {
            layout.strides = Axes((0..<rank).map { Int(strides[$0]) * dtype.byteCount })
        }
        let address = tensor.data.map { $0 + Int(tensor.byte_offset) }
        let array = try state.array(
            at: address, dtype, layout, owner: owner, isWritable: isWritable)
        guard Int(bitPattern: address) % dtype.alignment != 0 else { return array.object }
        defer { Py_DecRef(array.object) }
        let copy = try state.array(dtype, shape: layout.shape)
        MisalignedCopy.run(from: array.view, to: copy.view, swapping: false)
        return copy.object
    }

    private static func dtype(of type: walle_dl_type) -> DType? {
        guard type.lanes == 1 else { return nil }
        return switch (type.code, type.bits) {
        case (6, 8): .bool
        case (0, 8): .int8
        case (0, 16): .int16
        case (0, 32): .int32
        case (0, 64): .int64
        case (1, 8): .uint8
        case (1, 16): .uint16
        case (1, 32): .uint32
        case (1, 64): .uint64
        case (2, 16): .float16
        case (4, 16): .bfloat16
        case (2, 32): .float32
        case (2, 64): .float64
        case (5, 64): .complex64
        case (5, 128): .complex128
        default: nil
        }
    }
}

extension StatePointer {
    /// An array over memory that an object keeps alive.
    func array(
        at address: UnsafeMutableRawPointer?, _ dtype: DType, _ layout: Layout, owner: PythonPointer, isWritable: Bool
    ) throws -> ArrayPointer {
        let extent = layout.extent(elementBytes: dtype.byteCount)
        let first = address ?? pointee.numbers
        let cell = try CellPointer.make(
            at: first + extent.lowerBound, byteCount: extent.count, owner: owner)
        cell.pointee.isReadOnly = !isWritable
        return try array(
            dtype, layout, offset: -extent.lowerBound, over: cell, base: owner, isWritable: isWritable)
    }
}
