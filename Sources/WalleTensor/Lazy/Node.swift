/// A value of a graph: memory that is there, or an operator over other values that runs when somebody wants the elements.
///
/// Nodes belong to the thread of their graph.
package final class Node {
    /// Nil for memory that was given.
    package let operation: Operator?
    package let attributes: Attributes
    @exclusivity(unchecked) package private(set) var inputs: [Node]
    package let form: TensorType
    /// Where the elements lie once there are some; of a view, where they would lie in what it is a view of.
    package let layout: Layout
    /// The elements; nil while the node is virtual.
    @exclusivity(unchecked) package internal(set) var memory: Memory?
    /// What a transform is made of.
    let pieces: [Piece]
    /// Arrays outside of the graph that are this node. What is a view of such a node shows its memory.
    @exclusivity(unchecked) package var exposures = 0
    /// What the caller wants to be told with its floating-point exceptions.
    package let tag: Int
    /// Virtual nodes in a row below.
    let depth: Int
    /// Nodes that read this one, and those of them that only move its elements.
    @exclusivity(unchecked) private(set) var consumers = 0
    @exclusivity(unchecked) private(set) var movers = 0
    /// Of the operator, the operands and the attributes.
    let hash: Int
    /// The next node of the same place in the graph's table.
    @exclusivity(unchecked) var next: Unmanaged<Node>?
    @exclusivity(unchecked) private(set) var isKept = false
    private unowned(unsafe) let graph: Graph
    /// What the last expression that was lowered knows it as.
    @exclusivity(unchecked) var lowering = Lowered(serial: 0, access: 0, value: .memory(0))

    struct Lowered {
        var serial: Int
        var access: Int
        var value: Lowering.Value
    }

    init(
        _ operation: Operator?, _ attributes: Attributes, _ inputs: [Node], _ form: TensorType, _ layout: Layout,
        pieces: [Piece] = [], memory: Memory? = nil, tag: Int, hash: Int, graph: Graph
    ) {
        self.operation = operation
        self.attributes = attributes
        self.inputs = inputs
        self.form = form
        self.layout = layout
        self.pieces = pieces
        self.memory = memory
        self.tag = tag
        self.hash = hash
        self.graph = graph
        var deepest = -1
        for input in inputs {
            input.consumers += 1
            if !pieces.isEmpty { input.movers += 1 }
            if input.memory == nil { deepest = max(deepest, input.depth) }
        }
        depth = deepest + 1
    }

    deinit {
        letGoOfInputs()
        if isKept { graph.forget(self) }
    }

    /// In the table of its graph, or no more.
    func keep(_ isKept: Bool) { self.isKept = isKept }

    private func letGoOfInputs() {
        for input in inputs {
            input.consumers -= 1
            if !pieces.isEmpty { input.movers -= 1 }
        }
        inputs = []
    }

    /// Takes the elements, after which it depends on nothing.
    func settle(_ memory: Memory) {
        self.memory = memory
        letGoOfInputs()
        // Its owner may write to it: an equal node is another one from now on.
        if isKept { graph.forget(self) }
    }

    package var isVirtual: Bool { memory == nil }

    /// The node whose elements this one shows in another way, if it does nothing else.
    package var viewed: Node? {
        guard isVirtual, pieces.count == 1, pieces[0].isWhole, inputs.count == 1, operation?.isView == true else {
            return nil
        }
        return inputs[0]
    }

    /// The node with elements that a view shows, and the elements that it shows of it; nil when there are none yet.
    package var viewedMemory: (node: Node, piece: Piece)? {
        guard var base = viewed, var piece = pieces.first else { return nil }
        while base.isVirtual {
            guard let next = base.viewed,
                case .piece(let composed, let divisions) = piece.reading(through: base.pieces[0]),
                divisions.isEmpty
            else { return nil }
            (piece, base) = (composed, next)
        }
        return (base, piece)
    }

    /// Whether several nodes show or move its elements.
    package var isSeenTwice: Bool { movers > 1 }
    package var hasConsumers: Bool { consumers > 0 }

    /// Whether elements must be in memory before they are moved: others want them as well.
    var isSharedByMovers: Bool { exposures > 0 || movers > 0 && consumers > 1 }
}

/// Elements that are there, and what keeps them.
package struct Memory {
    package var view: View
    package var owner: AnyObject?

    package init(_ view: View, owner: AnyObject?) {
        self.view = view
        self.owner = owner
    }
}
