internal import CWalleHeap
internal import CWalleObjects
internal import CWallePython
package import WalleMemory

/// What a `walle.Buffer` holds: memory that is the script's own until it is shared, and never changes from then on.
///
/// Made, used and dropped under its interpreter's GIL, which guards it; only `storage` goes elsewhere.
package final class BufferObject: @unchecked Sendable {
    private let interpreter: Interpreter
    package private(set) var storage: SharedStorage
    /// Others may hold the memory too.
    package private(set) var isShared: Bool
    /// Views that scripts have of it, and whether these may write.
    private var viewCount = 0

    /// Memory that comes from elsewhere, and is charged to the interpreter from now on.
    package init(sharing storage: SharedStorage, in interpreter: Interpreter) throws(PythonFailure) {
        try interpreter.hold(storage)
        self.interpreter = interpreter
        self.storage = storage
        isShared = true
    }

    /// Memory of the script's own, all zero.
    package init(count: Int, in interpreter: Interpreter) throws(PythonFailure) {
        try interpreter.admit(bytes: count)
        storage = SharedStorage(zeroed: count)
        self.interpreter = interpreter
        isShared = false
        try interpreter.hold(storage)
    }

    deinit { interpreter.drop(storage) }

    package var count: Int { storage.bytes.count }
    package var bytes: UnsafeMutableRawBufferPointer { storage.bytes }

    package func beginView() { viewCount += 1 }
    package func endView() { viewCount -= 1 }

    /// The memory for others. A script that can still write to it gives a copy.
    package func share() -> SharedStorage {
        if !isShared && viewCount > 0 { return storage.copy() }
        isShared = true
        return storage
    }

    /// Makes the memory the script's own before a write; false when views of the shared one are held.
    package func detach() throws(PythonFailure) -> Bool {
        guard isShared else { return true }
        guard viewCount == 0 else { return false }
        try interpreter.admit(bytes: count)
        let copy = storage.copy()
        try interpreter.hold(copy)
        interpreter.drop(storage)
        storage = copy
        isShared = false
        return true
    }
}

extension Interpreter {
    /// The module that declares `walle.Buffer`.
    private static let bufferModule = "walle._buffer"

    /// What a class is known by in every interpreter.
    package static func classKey(of type: AnyClass) -> UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: UInt(bitPattern: ObjectIdentifier(type))).unsafelyUnwrapped
    }

    /// A new `walle.Buffer` that holds the same memory.
    package func object(of bytes: SharedBytes) throws(PythonFailure) -> Owned {
        let key = Self.classKey(of: BufferObject.self)
        if walle_class_find(objects, key) == nil {
            // Held by the interpreter from then on.
            _ = try Owned(PyImport_ImportModule(Self.bufferModule))
        }
        guard let type = walle_class_find(objects, key) else {
            throw .mismatch(expected: "walle.Buffer", got: "a VM without it", path: "input")
        }
        let held = Unmanaged.passRetained(try BufferObject(sharing: bytes.storage, in: self))
        guard let new = walle_instance_new(type, held.toOpaque()) else {
            held.release()
            throw .pending
        }
        return Owned(taking: new)
    }

    /// The memory of a `walle.Buffer`, without a copy; nil for any other object.
    package func sharedBytes(of object: PythonPointer) -> SharedBytes? {
        guard walle_IsFreedBy(object, walle_instance_free) != 0 else { return nil }
        let held = Unmanaged<AnyObject>.fromOpaque(walle_Word(object, 0)!).takeUnretainedValue()
        return (held as? BufferObject).map { SharedBytes(storage: $0.share()) }
    }

    /// The memory of a `walle.Buffer` itself, or a copy of other bytes, whose memory goes with the VM; nil for an object
    /// without the buffer protocol.
    func sharedBytes(
        of object: PythonPointer, bounds: inout ConversionBounds, _ path: @autoclosure () -> String
    ) throws(PythonFailure) -> SharedBytes? {
        guard let shared = sharedBytes(of: object) else {
            return try bytes(of: object, bounds: &bounds, path()).map { SharedBytes($0) }
        }
        try bounds.spend(shared.count, path())
        return shared
    }
}
