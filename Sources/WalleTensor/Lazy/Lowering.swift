/// Turns expressions over elements of one shape into a program: what reads memory, and which operators run on a piece.
///
/// Movement costs nothing here: it becomes the strides by which memory is read.
struct Lowering {
    /// Where an element of the iteration lies in an array: `from + Σ i·strides`.
    struct Access: Equatable {
        var from: Int
        var strides: Axes
    }

    enum Value: Equatable {
        /// Memory that is read or written, of `places`.
        case memory(Int)
        /// The result of a step.
        case step(Int)
    }

    struct Place {
        let base: UnsafeMutableRawPointer
        /// Of `accesses`, in bytes.
        let access: Int
        let elementBytes: Int
    }

    struct Step {
        let node: Node
        let operands: InlineArray<3, Value>
        let operandCount: Int
        /// The access by which its node was wanted, in elements.
        let access: Int
        /// Memory that its results go to.
        var target: Int?
    }

    private let graph: Graph
    /// The axes of the iteration.
    private(set) var lengths: Axes
    /// A number for each axis, kept when it is divided: 1 for what is folded.
    private(set) var groups: Axes
    private(set) var accesses: [Access] = []
    private(set) var places: [Place] = []
    var steps: [Step] = []
    /// What nodes are known as: the first access of a node stands in the node itself.
    private var others: [(node: ObjectIdentifier, access: Int, value: Value)] = []
    private let serial: Int
    private let rowsFirst: Axes
    private var isDivided = false
    /// What is read must stay while the program runs.
    private var owners: [AnyObject] = []

    init(_ graph: Graph, _ lengths: Axes, groups: Axes? = nil) {
        self.graph = graph
        self.lengths = lengths
        self.groups = groups ?? Axes(repeating: 0, count: lengths.count)
        rowsFirst = Layout(contiguous: lengths, elementBytes: 1).strides
        serial = graph.nextSerial()
    }

    /// The access that reads an array of the iteration's shape in order.
    mutating func inOrder() -> Int {
        add(Access(from: 0, strides: rowsFirst))
    }

    mutating func add(_ access: Access) -> Int {
        if let found = accesses.firstIndex(of: access) { return found }
        accesses.append(access)
        return accesses.count - 1
    }

    /// The elements of a node, by an access in elements.
    mutating func lower(_ node: Node, _ access: Int) throws -> Value {
        if let known = known(node, access) { return known }
        let value: Value
        if let memory = node.memory {
            value = node.isNumber ? try readNumber(memory) : try read(memory, access)
        } else {
            switch node.operation.unsafelyUnwrapped.execution {
            case .unary, .binary, .cast, .select: value = try lowerStep(node, access)
            case .pieces: value = try lowerMovement(node, access)
            default: value = try lowerComputed(node, access)
            }
        }
        if node.lowering.serial == serial {
            others.append((ObjectIdentifier(node), access, value))
        } else {
            node.lowering = Node.Lowered(serial: serial, access: access, value: value)
        }
        return value
    }

    private func known(_ node: Node, _ access: Int) -> Value? {
        let lowered = node.lowering
        guard lowered.serial == serial else { return nil }
        if lowered.access == access { return lowered.value }
        return others.first { $0.node == ObjectIdentifier(node) && $0.access == access }?.value
    }

    private mutating func lowerStep(_ node: Node, _ access: Int) throws -> Value {
        var operands = InlineArray<3, Value>(repeating: .memory(0))
        for (place, input) in node.inputs.enumerated() { operands[place] = try lower(input, access) }
        steps.append(Step(node: node, operands: operands, operandCount: node.inputs.count, access: access))
        return .step(steps.count - 1)
    }

    private mutating func lowerComputed(_ node: Node, _ access: Int) throws -> Value {
        try graph.compute(node)
        return try read(node.memory.unsafelyUnwrapped, access)
    }

    /// Reads through a transform what it reads itself, where that is one box of one array.
    private mutating func lowerMovement(_ node: Node, _ access: Int) throws -> Value {
        guard node.pieces.count == 1, node.pieces[0].isWhole, node.exposures == 0 || node.viewed != nil else {
            return try lowerComputed(node, access)
        }
        let source = node.inputs[node.pieces[0].input]
        if source.isVirtual {
            let repeats = lengths.reduce(1, *) > source.form.count
            if source.exposures > 0 || source.isElementwise && (source.isSharedByMovers || repeats) {
                try graph.compute(source)
            }
        }
        guard let composed = compose(access, with: node.pieces[0]) else { return try lowerComputed(node, access) }
        return try lower(source, composed)
    }

    /// What an access reads through a piece that is a whole array; nil when that is no box.
    private mutating func compose(_ access: Int, with piece: Piece) -> Int? {
        let outer = Piece(
            whole: Layout(shape: lengths, strides: accesses[access].strides), from: accesses[access].from)
        guard case .piece(let result, let divisions) = outer.reading(through: piece) else { return nil }
        for division in divisions { divide(division.axis, by: division.inner) }
        return add(Access(from: result.from, strides: result.fromStrides))
    }

    /// All accesses see the same elements by one more axis.
    private mutating func divide(_ axis: Int, by inner: Int) {
        isDivided = true
        lengths.divide(axis, by: inner)
        groups.insert(groups[axis], at: axis)
        for place in accesses.indices {
            let step = accesses[place].strides[axis]
            accesses[place].strides.insert(step, at: axis + 1)
            accesses[place].strides[axis] = step * inner
        }
    }

    // MARK: memory

    /// One element for all of the iteration.
    private mutating func readNumber(_ memory: Memory) throws -> Value {
        if let owner = memory.owner { owners.append(owner) }
        guard let base = memory.view.base else { throw TensorError(.value, "a number has no place") }
        let access = add(Access(from: 0, strides: Axes(repeating: 0, count: lengths.count)))
        places.append(Place(base: base, access: access, elementBytes: memory.view.dtype.byteCount))
        return .memory(places.count - 1)
    }

    private mutating func read(_ memory: Memory, _ access: Int) throws -> Value {
        if let owner = memory.owner { owners.append(owner) }
        if let place = bytes(memory.view, access) { return .memory(place) }
        let copy = try graph.packed(memory.view)
        if let owner = copy.owner { owners.append(owner) }
        guard let place = bytes(copy.view, access) else {
            throw TensorError(.value, "an array of shape \(memory.view.layout.shape) cannot be read in boxes")
        }
        return .memory(place)
    }

    /// A place for elements of an array with any strides; nil when what is accessed is no box of it.
    mutating func bytes(_ view: View, _ access: Int) -> Int? {
        let size = view.dtype.byteCount
        guard let base = view.base else { return nil }
        var found = accesses[access]
        if !isDivided, found.from == 0, view.layout.shape == lengths, found.strides == rowsFirst {
            found.strides = view.layout.strides
        } else if view.layout.isContiguous(elementBytes: size) {
            found.from *= size
            found.strides = found.strides.scaled(by: size)
        } else {
            guard let composed = compose(access, with: Piece(whole: view.layout)) else { return nil }
            found = accesses[composed]
        }
        let place = Place(base: base, access: add(found), elementBytes: size)
        places.append(place)
        return places.count - 1
    }

    /// The memory that a place is, as a view of the iteration's shape.
    func view(_ place: Int, _ dtype: DType) -> View {
        let access = accesses[places[place].access]
        return View(
            base: places[place].base + access.from, dtype: dtype,
            layout: Layout(shape: lengths, strides: access.strides))
    }

    /// Calls `body` while all that is read is kept.
    func keepingMemory<Result>(_ body: () throws -> Result) rethrows -> Result {
        defer { withExtendedLifetime(owners) {} }
        return try body()
    }
}

extension Node {
    /// Whether it is one element that is there, without axes.
    var isNumber: Bool { memory != nil && form.rank == 0 }

    /// Whether a program computes it an element at a time.
    var isElementwise: Bool {
        switch operation?.execution {
        case .unary, .binary, .cast, .select: true
        default: false
        }
    }
}
