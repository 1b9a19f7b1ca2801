internal import CWallePython
internal import WallePython

#if canImport(Glibc)
    internal import Glibc
#endif

/// The memory of a ``Class``'s objects, for `memoryview` and whatever else knows Python's buffer protocol.
///
///     Buffer { (image: Image, isWritten: Bool) in
///         ExportedMemory(image.pixels, shape: [image.height, image.width], keeping: image.storage)
///     }
///
/// The closure is called for each view and is told whether the view will be written to; it may throw then.
public struct Buffer: Sendable {
    let bound: BoundBuffer

    public init<Instance: PythonObject>(
        _ export: @escaping @Sendable (_ object: Instance, _ isWritten: Bool) throws -> ExportedMemory
    ) {
        bound = BoundBuffer(owner: Instance.self) { try export(Instance(python: PythonReference($0)), $1) }
    }
}

/// Contiguous memory that Python may see where it lies, rows first.
public struct ExportedMemory {
    let bytes: UnsafeMutableRawBufferPointer
    let isReadOnly: Bool
    let format: String
    let itemBytes: Int
    let shape: [Int]
    let owner: AnyObject?
    let onRelease: (() -> Void)?

    /// Memory that scripts may write to.
    ///
    /// - Parameters:
    ///   - bytes: The memory. It must stay where it is until the view is released.
    ///   - format: What an element is, as Python's module `struct` writes it: `B` is a byte, `f` a `Float`.
    ///   - itemBytes: The bytes of an element.
    ///   - shape: The elements along each dimension; nil: one dimension of all of them.
    ///   - owner: Kept alive until the view is released.
    ///   - onRelease: Called when the view is released, on a thread of the interpreter.
    /// - Precondition: The shape takes all of `bytes`.
    public init(
        _ bytes: UnsafeMutableRawBufferPointer, format: String = "B", itemBytes: Int = 1, shape: [Int]? = nil,
        keeping owner: AnyObject? = nil, onRelease: (() -> Void)? = nil
    ) {
        self.init(bytes, false, format, itemBytes, shape, owner, onRelease)
    }

    /// Memory that scripts only read.
    public init(
        _ bytes: UnsafeRawBufferPointer, format: String = "B", itemBytes: Int = 1, shape: [Int]? = nil,
        keeping owner: AnyObject? = nil, onRelease: (() -> Void)? = nil
    ) {
        self.init(UnsafeMutableRawBufferPointer(mutating: bytes), true, format, itemBytes, shape, owner, onRelease)
    }

    private init(
        _ bytes: UnsafeMutableRawBufferPointer, _ isReadOnly: Bool, _ format: String, _ itemBytes: Int,
        _ shape: [Int]?, _ owner: AnyObject?, _ onRelease: (() -> Void)?
    ) {
        let shape = shape ?? [bytes.count / itemBytes]
        precondition(
            shape.reduce(itemBytes, *) == bytes.count, "The shape \(shape) does not take \(bytes.count) bytes.")
        self.bytes = bytes
        self.isReadOnly = isReadOnly
        self.format = format
        self.itemBytes = itemBytes
        self.shape = shape
        self.owner = owner
        self.onRelease = onRelease
    }
}

/// A buffer declaration as CPython reaches it: shared by all interpreters, and immutable.
package final class BoundBuffer: Sendable {
    let owner: any PythonObject.Type
    private let export: @Sendable (PythonPointer, Bool) throws -> ExportedMemory

    init(owner: any PythonObject.Type, _ export: @escaping @Sendable (PythonPointer, Bool) throws -> ExportedMemory) {
        self.owner = owner
        self.export = export
    }

    /// Fills in a view as `flags` ask for it; -1 with an exception set when it cannot be.
    func fill(_ view: UnsafeMutablePointer<Py_buffer>, of instance: PythonPointer, flags: Int32) -> Int32 {
        view.pointee.obj = nil
        let isWritten = flags & PyBUF_WRITABLE != 0
        do {
            let memory = try export(instance, isWritten)
            if isWritten && memory.isReadOnly { return fail("the memory is read-only") }
            // Rows first is columns first as well where there is one dimension.
            if flags & walle_BufferColumnsFirst() != 0 && memory.shape.count > 1 {
                return fail("the memory lies rows first")
            }
            ExportedView(memory).fill(view, flags)
            Py_IncRef(instance)
            view.pointee.obj = instance
            return 0
        } catch {
            Raising.raise(error, by: "\(owner.pythonName).__buffer__()")
            return -1
        }
    }

    private func fail(_ message: String) -> Int32 {
        walle_SetError(walle_BufferError(), "\(owner.pythonName): \(message)")
        return -1
    }

    func release(_ view: UnsafeMutablePointer<Py_buffer>) {
        guard let held = view.pointee.internal else { return }
        Unmanaged<ExportedView>.fromOpaque(held).takeRetainedValue().end()
    }
}

/// What a view points to, as long as it is held.
private final class ExportedView {
    private let memory: ExportedMemory
    private let format: UnsafeMutablePointer<CChar>
    private let shape: UnsafeMutablePointer<Int>
    private let strides: UnsafeMutablePointer<Int>

    init(_ memory: ExportedMemory) {
        self.memory = memory
        format = strdup(memory.format)
        let count = memory.shape.count
        shape = .allocate(capacity: max(1, count))
        strides = .allocate(capacity: max(1, count))
        var stride = memory.itemBytes
        for index in memory.shape.indices.reversed() {
            shape[index] = memory.shape[index]
            strides[index] = stride
            stride *= memory.shape[index]
        }
    }

    func fill(_ view: UnsafeMutablePointer<Py_buffer>, _ flags: Int32) {
        // A view of nothing has an address all the same: some callers take NULL for a failure.
        view.pointee.buf = memory.bytes.baseAddress ?? UnsafeMutableRawPointer(shape)
        view.pointee.len = memory.bytes.count
        view.pointee.itemsize = memory.itemBytes
        view.pointee.readonly = memory.isReadOnly ? 1 : 0
        view.pointee.ndim = Int32(memory.shape.count)
        view.pointee.format = flags & PyBUF_FORMAT != 0 ? format : nil
        view.pointee.shape = flags & PyBUF_ND != 0 ? shape : nil
        view.pointee.strides = flags & walle_BufferStrides() == walle_BufferStrides() ? strides : nil
        view.pointee.suboffsets = nil
        view.pointee.internal = Unmanaged.passRetained(self).toOpaque()
    }

    func end() { memory.onRelease?() }

    deinit {
        free(format)
        shape.deallocate()
        strides.deallocate()
    }
}
