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

    @exclusivity(unchecked) package internal(set) var counters = Counters()
    /// Exceptions since they were last taken.
    @exclusivity(unchecked) package internal(set) var reports: [Report] = []
    /// Told to nodes made from now on; nodes that differ in it are different.
    @exclusivity(unchecked) package var tag = 0
    /// Makes the memory for a node's elements, as the layout says.
    package var allocate: (TensorType, Layout) throws -> Memory = Graph.allocateStorage

    @exclusivity(unchecked) private var known = NodeTable()
    @exclusivity(unchecked) private var serial = 0
    /// A longer row of virtual nodes is computed up to there.
    static let mostDepth = 64

    /// Whether nodes stand for types only: nothing is ever computed.
    let isSymbolic: Bool

    package init() { isSymbolic = false }

    private init(isSymbolic: Bool) { self.isSymbolic = isSymbolic }

    /// The types of the results of an expression over operands of some types, and what all its operators cost.
    static func types(
        of inputs: [TensorType], _ expression: (Graph, [Node]) throws -> [Node]
    ) throws(TensorError) -> (results: [TensorType], cost: Cost) {
        let graph = Graph(isSymbolic: true)
        do {
            let results = try expression(graph, inputs.map(graph.placeholder))
            return (results.map(\.form), graph.cost(of: results))
        } catch let error as TensorError {
            throw error
        } catch {
            throw TensorError(.value, "\(error)")
        }
    }

    /// An operand of which only the type is known.
    func placeholder(_ type: TensorType) -> Node {
        Node(nil, .none, [], type, type.layout, tag: 0, hash: 0, graph: self)
    }

    private func cost(of nodes: [Node]) -> Cost {
        var (seen, total) = (Set<ObjectIdentifier>(), symbolicCost)
        func visit(_ node: Node) {
            guard seen.insert(ObjectIdentifier(node)).inserted, let operation = node.operation else { return }
            total = total + operation.cost(node.inputs.map(\.form), [node.form], node.attributes)
            for input in node.inputs { visit(input) }
        }
        for node in nodes { visit(node) }
        return total
    }

    /// Of kernels of their own, which leave no node behind.
    var symbolicCost = Cost(operations: 0, bytes: 0)

    private static func allocateStorage(_ form: TensorType, _ layout: Layout) throws -> Memory {
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
        let hash = Self.mixed(Self.mixed(Int(bitPattern: view.base), Int(bitPattern: identity)), view.layout)
        let found = known.first(hash) { node in
            guard node.operation == nil, let there = node.memory, there.view.base == view.base else { return false }
            return there.view.dtype == view.dtype && node.layout == view.layout && node.tag == Int(bitPattern: identity)
        }
        if let found {
            counters.merged += 1
            return found
        }
        let form = TensorType(view.dtype, view.layout.shape)
        return keep(
            Node(
                nil, .none, [], form, view.layout, memory: memory, tag: Int(bitPattern: identity), hash: hash,
                graph: self))
    }

    package func value(_ tensor: Tensor) -> Node {
        value(Memory(tensor.view, owner: tensor.storage))
    }

    /// One element of 16 bytes or less.
    package func constant(_ dtype: DType, _ bytes: UnsafeRawPointer) -> Node {
        let storage = ConstantStorage(bytes, dtype.byteCount)
        let hash = Self.mixed(
            Self.mixed(Int(bitPattern: storage.low), Int(bitPattern: storage.high)), Int(dtype.rawValue))
        let found = known.first(hash) { node in
            guard let there = node.memory?.owner as? ConstantStorage, node.form.dtype == dtype else { return false }
            return there.low == storage.low && there.high == storage.high
        }
        if let found { return found }
        let view = View(base: storage.place, dtype: dtype, layout: Layout(shape: [], strides: []))
        return keep(
            Node(
                nil, .none, [], TensorType(dtype, []), view.layout, memory: Memory(view, owner: storage), tag: 0,
                hash: hash,
                graph: self))
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
        known.insert(node)
        return node
    }

    func forget(_ node: Node) { known.remove(node) }

    /// A number for an expression that is lowered.
    func nextSerial() -> Int {
        serial += 1
        return serial
    }

    @inline(__always)
    private static func mixed(_ hash: Int, _ value: Int) -> Int {
        // Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4).
        let mixed = (hash ^ value) &* 0x1E37_79B9_7F4A_7C15
        return mixed ^ (mixed >> 29)
    }

    private static func mixed(_ hash: Int, _ layout: Layout) -> Int {
        var result = hash
        for axis in layout.shape.indices {
            result = mixed(mixed(result, layout.shape[axis]), layout.strides[axis])
        }
        return result
    }

    /// The node of an operator over operands of which all was checked.
    func node(
        _ operation: Operator, _ inputs: [Node], _ form: TensorType, _ layout: Layout, _ attributes: Attributes = .none,
        pieces: [Piece] = []
    ) throws -> Node {
        var hash = Self.mixed(Int(bitPattern: Unmanaged.passUnretained(operation).toOpaque()), tag)
        for input in inputs { hash = Self.mixed(hash, Int(bitPattern: Unmanaged.passUnretained(input).toOpaque())) }
        hash = Self.mixed(hash, Int(form.dtype.rawValue))
        for piece in pieces {
            hash = Self.mixed(Self.mixed(hash, piece.from), Layout(shape: piece.size, strides: piece.fromStrides))
        }
        let found = known.first(hash) { node in
            guard node.operation === operation, node.tag == tag, node.inputs.count == inputs.count else { return false }
            for place in inputs.indices where node.inputs[place] !== inputs[place] { return false }
            return node.form == form && node.pieces == pieces && node.attributes == attributes
        }
        if let found {
            counters.merged += 1
            return found
        }
        if !isSymbolic {
            for input in inputs where input.isVirtual && input.depth >= Self.mostDepth { try compute(input) }
        }
        return keep(
            Node(
                operation, attributes, inputs, form, layout, pieces: pieces, tag: tag, hash: hash, graph: self))
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
