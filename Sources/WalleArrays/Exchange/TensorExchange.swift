internal import CWallePython
internal import WalleMemory
package import WallePython
package import WalleTensor

/// Tensors of Swift as arrays of `walle.numpy`, and the other way round, with the memory that they have.
package struct TensorExchange: ArrayExchange {
    package init() {}

    package func object(of tensor: Tensor, in interpreter: Interpreter) throws(PythonFailure) -> Owned {
        do {
            let state = try Self.state(of: interpreter)
            let cell = try CellPointer.make(of: tensor.storage, in: interpreter)
            // The tensor's owner holds it too.
            cell.pointee.isShared = true
            return Owned(taking: try state.array(tensor.dtype, tensor.layout, offset: tensor.offset, over: cell).object)
        } catch {
            Raising.raise(error)
            throw .pending
        }
    }

    package func tensor(
        of object: PythonPointer, converting: Bool, in interpreter: Interpreter
    ) throws(PythonFailure) -> Tensor? {
        if walle_IsFreedBy(object, VirtualArray.free) != 0 {
            do { try Self.state(of: interpreter).settle(object) } catch {
                Raising.raise(error)
                throw .pending
            }
        }
        if walle_IsFreedBy(object, ArrayPointer.free) != 0 { return try Self.tensor(of: ArrayPointer(object)) }
        guard converting, walle_IsString(object) == 0 else { return nil }
        do {
            let array = try Self.state(of: interpreter).array(from: object)
            let owned = Owned(taking: array.object)
            return try Self.tensor(of: ArrayPointer(owned.pointer))
        } catch {
            PyErr_Clear()
            return nil
        }
    }

    private static func tensor(of array: ArrayPointer) throws(PythonFailure) -> Tensor {
        let (body, dtype) = (array.body, array.dtype)
        if case .storage = body.pointee.cell.pointee.source, let storage = body.pointee.cell.shared() {
            return Tensor(dtype: dtype, layout: array.layout, offset: body.pointee.offset, storage: storage)
        }
        // What lies in the heap or is somebody's own is copied, and only what is seen of it.
        let layout = Layout(contiguous: array.shape, elementBytes: dtype.byteCount)
        let storage = SharedStorage(uninitialized: array.count * dtype.byteCount)
        Raster.copy(array.view, to: View(base: storage.bytes.baseAddress, dtype: dtype, layout: layout))
        return Tensor(dtype: dtype, layout: layout, storage: storage)
    }

    /// The interpreter's arrays, which the first tensor imports.
    private static func state(of interpreter: Interpreter) throws -> StatePointer {
        let isReady = interpreter.arrays.map {
            $0.assumingMemoryBound(to: ArrayState.self).pointee.helpers != nil
        }
        if isReady != true { Py_DecRef(try new(PyImport_ImportModule("walle.numpy"))) }
        guard let state = interpreter.arrays else { throw TensorError.type("walle.numpy did not load") }
        return state.assumingMemoryBound(to: ArrayState.self)
    }
}
