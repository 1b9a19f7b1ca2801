internal import CWallePython
internal import WalleMemory
internal import WallePython
internal import WalleTensor

/// The memory that an array and its views in one interpreter look at.
///
/// Views alias: all of them point here, and find the bytes through the cell. When the memory is given to another
/// interpreter or to Swift, it is frozen: the next write through any view gives the whole cell a copy of its own first.
/// The interpreter's GIL guards it.
struct Cell {
    var references = 1
    var bytes: UnsafeMutableRawPointer
    let byteCount: Int
    var source: Source
    /// Views by the buffer protocol, DLPack and the like, which hold the address.
    var exports = 0
    /// Why a write must do something first; nearly always nothing.
    var marks: Marks = []
    /// Somebody outside of this interpreter holds the storage too.
    var isShared: Bool {
        get { marks.contains(.shared) }
        set { if newValue { marks.insert(.shared) } else { marks.remove(.shared) } }
    }
    /// Nobody may ever write, as to a file that is mapped.
    var isReadOnly = false

    struct Marks: OptionSet {
        let rawValue: UInt8
        static let shared = Marks(rawValue: 1)
        /// Virtual arrays may depend on the elements.
        static let captured = Marks(rawValue: 2)
    }

    /// Where the bytes lie.
    enum Source {
        /// Behind the cell itself, in the interpreter's heap.
        case inline
        /// Outside of the heap, held by the interpreter, which is charged for it.
        case storage(Unmanaged<SharedStorage>)
        /// In an object of Python with the buffer protocol, which the view holds.
        case foreign(UnsafeMutablePointer<Py_buffer>)
        /// Kept alive by an object.
        case owned(PythonPointer)
    }

    /// What new memory holds.
    enum Content {
        /// Whatever it held before, of which nothing may show: another VM may have written it.
        case any
        /// What this VM left there, or zeros.
        case own
        case zeros
    }

    /// Bytes from a cell to its inline bytes.
    static let headerBytes = 128
    /// What is larger lies outside of the heap, where it can be shared without a copy.
    static let mostInlineBytes = 16 << 10
}

typealias CellPointer = UnsafeMutablePointer<Cell>

extension CellPointer {
    /// New memory.
    ///
    /// - Throws: `PythonFailure.pending` with a `MemoryError`.
    @inline(__always)
    static func make(_ byteCount: Int, _ content: Cell.Content = .any) throws -> CellPointer {
        guard byteCount <= Cell.mostInlineBytes else { return try makeLarge(byteCount, content) }
        guard let block = PyMem_Malloc(Cell.headerBytes + byteCount) else { throw Self.outOfMemory }
        let bytes = block + Cell.headerBytes
        if content == .zeros { bytes.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
        let cell = block.assumingMemoryBound(to: Cell.self)
        cell.initialize(to: Cell(bytes: bytes, byteCount: byteCount, source: .inline))
        return cell
    }

    @inline(never)
    private static func makeLarge(_ byteCount: Int, _ content: Cell.Content) throws -> CellPointer {
        let interpreter = Interpreter.ofThisThread ?? Interpreter.current
        if let spare = interpreter?.takeSpare(bytes: byteCount) {
            let cell = try make(holding: spare)
            if content == .zeros { cell.pointee.bytes.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
            return cell
        }
        try interpreter?.admit(bytes: byteCount)
        guard let storage = SharedStorage.allocating(byteCount, zeroed: content != .any) else {
            walle_SetError(walle_MemoryError(), "the system has no \(byteCount) bytes for an array")
            throw PythonFailure.pending
        }
        return try make(of: storage, in: interpreter)
    }

    /// A cell over memory that the interpreter holds already.
    private static func make(holding storage: Unmanaged<SharedStorage>) throws -> CellPointer {
        guard let block = PyMem_Malloc(MemoryLayout<Cell>.size) else {
            drop(storage)
            throw Self.outOfMemory
        }
        return make(storage, block)
    }

    private static func make(_ storage: Unmanaged<SharedStorage>, _ block: UnsafeMutableRawPointer) -> CellPointer {
        let cell = block.assumingMemoryBound(to: Cell.self)
        let bytes = storage._withUnsafeGuaranteedRef { $0.bytes }
        cell.initialize(
            to: Cell(
                bytes: bytes.baseAddress ?? UnsafeMutableRawPointer(block), byteCount: bytes.count,
                source: .storage(storage)))
        return cell
    }

    /// A cell over memory that exists.
    static func make(of storage: SharedStorage, in interpreter: Interpreter?) throws -> CellPointer {
        guard let block = PyMem_Malloc(MemoryLayout<Cell>.size) else { throw Self.outOfMemory }
        do {
            try hold(storage, in: interpreter)
        } catch {
            PyMem_Free(block)
            throw error
        }
        return make(.passUnretained(storage), block)
    }

    private static func hold(_ storage: SharedStorage, in interpreter: Interpreter?) throws {
        if let interpreter { try interpreter.hold(storage) } else { _ = Unmanaged.passRetained(storage) }
    }

    private static func drop(_ storage: Unmanaged<SharedStorage>) {
        guard let interpreter = Interpreter.current else { return storage.release() }
        interpreter.drop(storage.takeUnretainedValue())
    }

    /// A cell over the memory of a Python object; takes over the view of it.
    ///
    /// - Parameter extent: the bytes that the elements of the view take, counted from its first one, which need not be the
    ///   lowest; nil when they lie packed.
    static func make(of view: Py_buffer, extent: Range<Int>? = nil) throws -> CellPointer {
        guard let block = PyMem_Malloc(MemoryLayout<Cell>.size),
            let held = PyMem_Malloc(MemoryLayout<Py_buffer>.size)
        else {
            var view = view
            PyBuffer_Release(&view)
            throw Self.outOfMemory
        }
        let buffer = held.assumingMemoryBound(to: Py_buffer.self)
        buffer.initialize(to: view)
        let cell = block.assumingMemoryBound(to: Cell.self)
        cell.initialize(
            to: Cell(
                bytes: view.buf.map { $0 + (extent?.lowerBound ?? 0) } ?? UnsafeMutableRawPointer(held),
                byteCount: extent?.count ?? view.len, source: .foreign(buffer)))
        cell.pointee.isReadOnly = view.readonly != 0
        return cell
    }

    /// A cell over memory that an object keeps alive.
    static func make(
        at address: UnsafeMutableRawPointer, byteCount: Int, owner: PythonPointer
    ) throws -> CellPointer {
        guard let block = PyMem_Malloc(MemoryLayout<Cell>.size) else { throw Self.outOfMemory }
        let cell = block.assumingMemoryBound(to: Cell.self)
        Py_IncRef(owner)
        cell.initialize(to: Cell(bytes: address, byteCount: byteCount, source: .owned(owner)))
        return cell
    }

    private static var outOfMemory: PythonFailure {
        PyErr_NoMemory()
        return .pending
    }

    func retain() { pointee.references += 1 }

    func retained() -> CellPointer {
        retain()
        return self
    }

    /// Another cell with the same bytes: the memory is one until either is written to, unless it is small.
    func twin() throws -> CellPointer {
        guard let storage = shared() else {
            let copy = try CellPointer.make(pointee.byteCount)
            copy.pointee.bytes.copyMemory(from: pointee.bytes, byteCount: pointee.byteCount)
            return copy
        }
        let twin = try CellPointer.make(of: storage, in: Interpreter.current)
        twin.pointee.isShared = true
        return twin
    }

    @inline(__always)
    func release() {
        pointee.references -= 1
        if pointee.references == 0 { free() }
    }

    /// A cell has nothing to destroy but its source.
    @inline(__always)
    private func free() {
        if case .inline = pointee.source {} else { giveBackSource() }
        PyMem_Free(self)
    }

    @inline(never)
    private func giveBackSource() {
        switch pointee.source {
        case .inline: break
        case .storage(let storage):
            let interpreter = Interpreter.ofThisThread ?? Interpreter.current
            if !pointee.isShared, !pointee.isReadOnly, interpreter?.keepSpare(storage) == true { return }
            Self.drop(storage)
        case .foreign(let buffer):
            PyBuffer_Release(buffer)
            PyMem_Free(buffer)
        case .owned(let owner): Py_DecRef(owner)
        }
    }

    /// Makes the memory the interpreter's own before a write.
    ///
    /// - Throws: with a `BufferError` when the address is held by a view from outside, which would see something else.
    @inline(__always)
    func detach() throws {
        if !pointee.marks.isEmpty { try detachMarked() }
    }

    private func detachMarked() throws {
        if pointee.marks.contains(.captured) { try LazyBlock.settleDependents(of: self) }
        if pointee.isShared { try detachShared() }
    }

    private func detachShared() throws {
        guard pointee.exports == 0 else {
            walle_SetError(
                walle_BufferError(),
                "the array is shared with others, and a view of its memory is held: release it before you write")
            throw PythonFailure.pending
        }
        guard case .storage(let old) = pointee.source else { return }
        let interpreter = Interpreter.current
        if interpreter?.holdsAlone(old) == true {
            // The others have let go of it.
            pointee.isShared = false
            return
        }
        try interpreter?.admit(bytes: pointee.byteCount)
        let copy = old._withUnsafeGuaranteedRef { $0.copy() }
        try Self.hold(copy, in: interpreter)
        giveBackSource()
        pointee.bytes = copy.bytes.baseAddress ?? pointee.bytes
        pointee.source = .storage(.passUnretained(copy))
        pointee.isShared = false
    }

    /// The memory for others, who may hold it as long as they like; nil when a view from outside could still write to it.
    func shared() -> SharedStorage? {
        guard case .storage(let storage) = pointee.source,
            pointee.exports == 0 || pointee.isShared || pointee.isReadOnly
        else { return nil }
        pointee.isShared = true
        return storage.takeUnretainedValue()
    }
}
