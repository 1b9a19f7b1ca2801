internal import CWallePython
internal import WallePython
internal import WalleTensor

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The lazy blocks of an interpreter and the virtual arrays that they made. Its GIL guards it.
///
/// Made by the first block, for all that follow: making one takes longer than a short block.
final class LazyBlock {
    let graph = Graph()
    @exclusivity(unchecked) private var arrays: [VirtualArray] = []
    /// What `lazyLeast` is around each of the blocks in one another, the outermost first.
    @exclusivity(unchecked) private var around: [Int] = []
    /// The thread that is in the block: others compute eagerly.
    @exclusivity(unchecked) private var thread = pthread_self()

    private init() {
        graph.allocate = Self.allocate
    }

    // MARK: blocks

    /// - Parameter least: Elements of a plain array from which on functions of it become nodes, or negative, bytes.
    /// - Throws: `.value` while another thread of the interpreter is in a block.
    static func enter(least: Int, _ state: StatePointer) throws {
        let block: LazyBlock
        if let found = state.pointee.lazy {
            block = found.takeUnretainedValue()
        } else {
            block = LazyBlock()
            state.pointee.lazy = .passRetained(block)
        }
        if block.around.isEmpty { block.thread = pthread_self() }
        guard block.isOfThisThread else {
            throw TensorError.value("another thread of this interpreter is in a lazy block: one at a time can be")
        }
        block.around.append(state.pointee.lazyLeast)
        state.pointee.lazyLeast = least
        state.pointee.isLazy = true
    }

    /// - Parameter isFailing: An exception leaves the block; what cannot be computed then stays virtual.
    static func exit(isFailing: Bool, _ state: StatePointer) throws {
        guard let block = state.pointee.lazy?.takeUnretainedValue(), let least = block.around.popLast() else {
            throw TensorError.value("no lazy block was entered")
        }
        state.pointee.lazyLeast = least
        guard block.around.isEmpty else { return }
        state.pointee.isLazy = false
        guard !block.arrays.isEmpty else { return }
        do { try block.settle(block.arrays, state) } catch {
            guard isFailing else { throw error }
            if PyErr_Occurred() != nil { PyErr_Clear() }
        }
    }

    private var isOfThisThread: Bool { pthread_equal(thread, pthread_self()) != 0 }

    /// The block when this thread computes lazily.
    static func active(_ state: StatePointer) -> LazyBlock? {
        guard state.pointee.isLazy, let block = state.pointee.lazy?.takeUnretainedValue(), block.isOfThisThread else {
            return nil
        }
        return block
    }

    // MARK: arrays

    func add(_ array: VirtualArray) {
        array.place = arrays.count
        arrays.append(array)
    }

    func remove(_ array: VirtualArray) {
        let last = arrays.removeLast()
        guard last.object != array.object else { return }
        arrays[array.place] = last
        last.place = array.place
    }

    /// The node of a virtual array; nil for any other object, or when this thread is in no block.
    static func node(of object: PythonPointer, _ state: StatePointer) -> Node? {
        guard walle_Type(object) == state.pointee.virtualType, active(state) != nil else { return nil }
        return VirtualArray(object).node
    }

    /// Memory in the interpreter, which is charged for it.
    private static func allocate(_ form: TensorType, _ layout: Layout) throws -> Memory {
        let count = try Layout.checkedCount(form.shape, elementBytes: form.dtype.byteCount)
        let cell = try CellPointer.make(count * form.dtype.byteCount)
        return Memory(
            View(base: cell.pointee.bytes, dtype: form.dtype, layout: layout), owner: CellHold(taking: cell))
    }

    /// The elements of a plain array as a node; nil when somebody could write to them unseen.
    func value(_ array: ArrayPointer) -> Node? {
        let cell = array.body.pointee.cell
        guard cell.pointee.exports == 0 || cell.pointee.isReadOnly else { return nil }
        switch cell.pointee.source {
        case .foreign, .owned: if !cell.pointee.isReadOnly { return nil }
        default: break
        }
        cell.pointee.marks.insert(.captured)
        cell.retain()
        return graph.value(
            Memory(array.view, owner: CellHold(taking: cell)), identity: UInt(bitPattern: cell))
    }

    // MARK: settling

    /// Computes all that depends on the elements of a cell, before these change.
    static func settleDependents(of cell: CellPointer) throws {
        let state = ArrayState.current
        cell.pointee.marks.remove(.captured)
        guard let block = state.pointee.lazy?.takeUnretainedValue() else { return }
        var known: [ObjectIdentifier: Bool] = [:]
        func depends(_ node: Node) -> Bool {
            if let memory = node.memory { return (memory.owner as? CellHold)?.cell == cell }
            if let found = known[ObjectIdentifier(node)] { return found }
            let found = node.inputs.contains(where: depends)
            known[ObjectIdentifier(node)] = found
            return found
        }
        do { try block.settle(block.arrays.filter { depends($0.node) }, state) } catch {
            cell.pointee.marks.insert(.captured)
            throw error
        }
    }

    /// Gives arrays their elements, all in as few passes as can be, and tells of floating-point exceptions.
    func settle(_ wanted: [VirtualArray], _ state: StatePointer) throws {
        let nodes = wanted.map(\.node)
        // While this runs nobody else can let go of the arrays.
        for array in wanted { Py_IncRef(array.object) }
        defer { for array in wanted { Py_DecRef(array.object) } }
        do {
            try Stopping.allow {
                try graph.materialize(bases(of: nodes))
                try graph.materialize(nodes.filter { shown($0) == nil })
            }
        } catch {
            _ = graph.takeReports()
            try finish(wanted, state)
            throw Self.named(error, nodes)
        }
        try finish(wanted, state)
        try FloatErrors.tell(graph.takeReports(), state)
    }

    /// What views show must be there before them, when somebody else sees it too.
    private func bases(of nodes: [Node]) -> [Node] {
        var found: [Node] = []
        for node in nodes {
            guard var base = node.viewed else { continue }
            var isSeen = base.exposures > 0 || base.isSeenTwice
            while let next = base.viewed, next.isVirtual {
                base = next
                isSeen = isSeen || base.exposures > 0 || base.isSeenTwice
            }
            if isSeen, base.isVirtual { found.append(base) }
        }
        return found
    }

    /// Where a view's elements are in the memory of what it shows; nil when they must be computed or copied.
    private func shown(_ node: Node) -> (memory: Memory, view: View)? {
        guard node.isVirtual, let (base, piece) = node.viewedMemory, let memory = base.memory,
            memory.owner is CellHold, let view = piece.view(of: memory.view, node.form)
        else { return nil }
        return (memory, view)
    }

    /// Makes arrays of those virtual ones that have elements now.
    private func finish(_ wanted: [VirtualArray], _ state: StatePointer) throws {
        // What was computed for others too; views come after what they show.
        for array in arrays where !array.node.isVirtual {
            try become(array, array.node.memory.unsafelyUnwrapped, state)
        }
        for array in wanted where walle_Type(array.object) == state.pointee.virtualType {
            guard let (memory, view) = shown(array.node) else { continue }
            try becomeView(array, memory, view, state)
        }
    }

    private func become(_ array: VirtualArray, _ memory: Memory, _ state: StatePointer) throws {
        guard let hold = memory.owner as? CellHold else { return }
        let node = array.node
        if array.isScalar {
            array.letGo(self)
            return array.becomeScalar(node.form.dtype, memory.view.base.unsafelyUnwrapped, state)
        }
        let cell = try hold.isTaken ? hold.cell.twin() : hold.cell.retained()
        hold.isTaken = true
        // Others that wait for the elements, or are to show them, must have them before a write.
        if node.hasConsumers || node.exposures > 1 { cell.pointee.marks.insert(.captured) }
        let offset = memory.view.base.map { $0 - UnsafeMutableRawPointer(hold.cell.pointee.bytes) } ?? 0
        array.letGo(self)
        array.become(
            ArrayBody(
                layout: memory.view.layout, offset: offset, cell: cell, base: nil, weakReferences: nil,
                dtype: node.form.dtype, isWritable: true), state)
    }

    private func becomeView(_ array: VirtualArray, _ memory: Memory, _ view: View, _ state: StatePointer) throws {
        guard let hold = memory.owner as? CellHold else { return }
        let cell = hold.cell
        cell.retain()
        let offset = view.base.map { $0 - cell.pointee.bytes } ?? 0
        array.letGo(self)
        array.become(
            ArrayBody(
                layout: view.layout, offset: offset, cell: cell, base: nil, weakReferences: nil,
                dtype: view.dtype, isWritable: true), state)
    }

    /// An error names the operator that was computed.
    private static func named(_ error: any Error, _ nodes: [Node]) -> any Error {
        guard case PythonFailure.pending = error, PyErr_ExceptionMatches(walle_MemoryError()) != 0,
            let node = nodes.first(where: \.isVirtual)
        else { return error }
        PyErr_Clear()
        let form = node.form
        return TensorError(
            .memory,
            "no memory for the \(form.byteCount) bytes of the lazy '\(node.operation?.name ?? "array")' of shape "
                + "\(form.shape) and dtype \(form.dtype), or for what it is computed from")
    }
}

/// A reference to a cell, held by nodes.
final class CellHold {
    let cell: CellPointer
    /// Whether an array has the cell: the next one gets memory of its own.
    var isTaken = false

    init(taking cell: CellPointer) { self.cell = cell }

    deinit { cell.release() }
}

extension StatePointer {
    /// Whether a plain array is large enough for nodes over it.
    @inline(__always)
    func isWorthwhile(_ array: ArrayPointer) -> Bool {
        let layout = array.body.pointer(to: \.layout).unsafelyUnwrapped
        guard layout.pointee.rank > 0 else { return false }
        let (count, least) = (layout.pointee.count, pointee.lazyLeast)
        return least >= 0 ? count >= least : count * array.body.pointee.dtype.byteCount >= -least
    }

    /// Whether a call with an operand may become a node.
    @inline(__always)
    func isLazy(_ object: PythonPointer) -> Bool {
        guard pointee.isLazy else { return false }
        let type = walle_Type(object)
        return type == pointee.virtualType || type == pointee.arrayType && isWorthwhile(ArrayPointer(object))
    }

    /// The same with an argument that may be a sequence of arrays.
    func isLazyArgument(_ object: PythonPointer) -> Bool {
        if isLazy(object) { return true }
        let isList = walle_IsList(object) != 0
        guard isList || walle_IsTuple(object) != 0 else { return false }
        for index in 0..<walle_Size(object) {
            let item = isList ? walle_ListItem(object, index) : walle_TupleItem(object, index)
            if let item, isLazy(item) { return true }
        }
        return false
    }
}
