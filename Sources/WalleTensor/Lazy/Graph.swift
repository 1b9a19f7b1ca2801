internal import CWalleKernels
internal import WalleMemory

/// Expressions whose values are computed when somebody wants them.
///
/// Operators over nodes make nodes. What is the same (operator, attributes, operands) is one node, so it is computed once.
/// `materialize` computes nodes: transforms are merged into the regions of what reads them, chains of elementwise
/// operators run piece by piece through the first cache, and folds take the pieces as they come.
///
/// A graph and its nodes belong to one thread. It is the geometric computing of Walle (OSDI 2022, section 4.1), with
/// fusion.
///
/// ```swift
/// let graph = Graph()
/// let x = graph.value(tensor)
/// let y = try graph.apply(.named("tanh"), [try graph.apply(.named("transpose"), [x])])
/// let result = try graph.tensor(of: y)
/// ```
package final class Graph {
    /// What happened, for tests and profiles.
    package struct Counters: Sendable, Hashable {
        /// Nodes asked for that were there already.
        package var merged = 0
        /// Passes over elements by chains of operators.
        package var programs = 0
        /// Operators in these.
        package var steps = 0
        /// Regions that were moved.
        package var regions = 0
        /// Arrays that were made, for results and in between.
        package var arrays = 0
        /// Their bytes.
        package var bytes = 0

        package init() {}
    }

    /// A floating-point exception of an operator.
    package struct Report: Sendable, Hashable {
        package let name: String
        /// That of the node.
        package let tag: Int
        /// As `walle_float_status` has them.
        package let flags: UInt32
    }

    package internal(set) var counters = Counters()
    /// Exceptions since they were last taken.
    package internal(set) var reports: [Report] = []
    /// Told to nodes made from now on; nodes that differ in it are different.
    package var tag = 0
    /// Asked now and then during long loops; true ends them with a `CancellationError`.
    package var isStopping: () -> Bool = { false }
    /// Makes the memory for a node's elements, as the layout says.
    package var allocate: (Form, Layout) throws -> Memory = Graph.allocateStorage

    private var known: [NodeKey: Unmanaged<Node>] = [:]
    /// A longer row of virtual nodes is computed up to there.
    static let mostDepth = 64

    package init() {}

    private static func allocateStorage(_ form: Form, _ layout: Layout) throws -> Memory {
        let count = try Layout.checkedCount(form.shape, elementBytes: form.dtype.byteCount)
        guard let storage = SharedStorage.allocating(count * form.dtype.byteCount, zeroed: false) else {
            throw TensorError(.memory, "the system has no \(count * form.dtype.byteCount) bytes for an array")
        }
        return Memory(View(base: storage.bytes.baseAddress, dtype: form.dtype, layout: layout), owner: storage)
    }

    package func takeReports() -> [Report] {
        defer { reports = [] }
        return reports
    }

    // MARK: values

    /// Memory as a node. What is written to it before the nodes over it are computed would be seen by them.
    ///
    /// - Parameter identity: Tells memory apart; equal memory with an equal one is one node.
    package func value(_ memory: Memory, identity: UInt = 0) -> Node {
        let view = memory.view
        var hasher = Hasher()
        hasher.combine(view.layout)
        hasher.combine(view.dtype)
        var inputs = NodeKey.InlineInputs([])
        inputs.first = UInt(bitPattern: view.base)
        inputs.second = identity
        let key = NodeKey(
            operation: ObjectIdentifier(Graph.self), inputs: inputs, details: hasher.finalize(), tag: 0)
        if let found = known[key]?.takeUnretainedValue(), found.memory?.view.layout == view.layout {
            counters.merged += 1
            return found
        }
        let form = Form(view.layout.shape, view.dtype)
        return keep(
            Node(nil, .none, [], form, view.layout, memory: memory, tag: 0, identity: key, graph: self))
    }

    package func value(_ tensor: Tensor) -> Node {
        value(Memory(tensor.view, owner: tensor.storage))
    }

    /// One element of 16 bytes or less.
    package func constant(_ dtype: DType, _ bytes: UnsafeRawPointer) -> Node {
        let storage = ConstantStorage(bytes, dtype.byteCount)
        var inputs = NodeKey.InlineInputs([])
        (inputs.first, inputs.second) = (storage.low, storage.high)
        let key = NodeKey(
            operation: ObjectIdentifier(ConstantStorage.self), inputs: inputs, details: Int(dtype.rawValue), tag: 0)
        if let found = known[key] { return found.takeUnretainedValue() }
        let view = View(base: storage.place, dtype: dtype, layout: Layout(shape: [], strides: []))
        return keep(
            Node(
                nil, .none, [], Form([], dtype), view.layout, memory: Memory(view, owner: storage), tag: 0,
                identity: key, graph: self))
    }

    /// A number as an element of a type.
    package func constant(_ number: Double, _ dtype: DType) -> Node {
        withUnsafeBytes(of: number) { source in
            withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { place in
                let (from, to) = (source.baseAddress.unsafelyUnwrapped, place.baseAddress.unsafelyUnwrapped)
                if dtype == .float64 { return constant(dtype, from) }
                let kernel = walle_kernels_cast(
                    walle_kernels_shared(), Int32(DType.float64.kernel), Int32(dtype.kernel))
                kernel.unsafelyUnwrapped(1, from, 8, to, dtype.byteCount)
                return constant(dtype, to)
            }
        }
    }

    // MARK: the table of nodes

    private func keep(_ node: Node) -> Node {
        if let identity = node.identity { known[identity] = Unmanaged.passUnretained(node) }
        return node
    }

    func forget(_ key: NodeKey, _ node: Node) {
        guard let found = known[key], found.toOpaque() == Unmanaged.passUnretained(node).toOpaque() else { return }
        known[key] = nil
    }

    /// The node of an operator over operands of which all was checked.
    func node(
        _ operation: Operator, _ inputs: [Node], _ form: Form, _ layout: Layout, _ attributes: Attributes = .none,
        pieces: [Piece] = []
    ) throws -> Node {
        var details = Int(form.dtype.rawValue)
        if !attributes.values.isEmpty || !pieces.isEmpty {
            var hasher = Hasher()
            hasher.combine(attributes)
            hasher.combine(pieces)
            hasher.combine(form)
            details = hasher.finalize()
        }
        let key = NodeKey(
            operation: ObjectIdentifier(operation), inputs: .init(inputs), details: details, tag: tag)
        if let found = known[key]?.takeUnretainedValue(), found.attributes == attributes, found.pieces == pieces,
            found.form == form
        {
            counters.merged += 1
            return found
        }
        for input in inputs where input.isVirtual && input.depth >= Self.mostDepth { try compute(input) }
        return keep(
            Node(
                operation, attributes, inputs, form, layout, pieces: pieces, tag: tag, identity: key, graph: self))
    }
}

/// The bytes of a number.
final class ConstantStorage {
    let place: UnsafeMutableRawPointer
    let (low, high): (UInt, UInt)

    init(_ bytes: UnsafeRawPointer, _ count: Int) {
        place = .allocate(byteCount: 16, alignment: 16)
        place.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        place.copyMemory(from: bytes, byteCount: count)
        low = place.load(as: UInt.self)
        high = place.load(fromByteOffset: 8, as: UInt.self)
    }

    deinit { place.deallocate() }
}
