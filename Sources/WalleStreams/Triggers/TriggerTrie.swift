/// The steps of all conditions that are simple chains, shared where they begin alike.
struct TriggerTrie: ~Copyable {
    /// What one alternative of a step asks for.
    struct Test: Hashable {
        var event: NameTest
        var page: NameTest?
        /// The index of the condition on attributes.
        var predicate: Int?
    }

    struct Node {
        var parent: UInt32
        /// The alternatives of the step, the first preferred.
        var tests: [Test]
        var children: [UInt32] = []
        /// Conditions that end here.
        var conditions: [Int] = []
        /// Conditions that pass here or end here.
        var uses = 0
        /// Conditions with a matcher of their own that begin with this step: its events are kept for them.
        var openings: [Int] = []
    }

    /// What every event needs of a node.
    struct Hot: BitwiseCopyable {
        var parent: UInt32 = 0
        var hasConditions = false
        /// Its events are to be kept in the log: for its children, or for matchers.
        var isKept = false
        /// Entries of events up to this one are of another node, which had the same number before.
        var born: Int64 = 0
        /// The longest time bound of the conditions that pass here or end here.
        var retention: Int64 = 0
    }

    private struct Edge: Hashable {
        var parent: UInt32
        var tests: [Test]
    }

    /// The root is the first.
    private(set) var nodes = [Node(parent: 0, tests: [])]
    private(set) var hot: UnsafeMutablePointer<Hot>
    private var capacity = 64
    private var edges: [Edge: UInt32] = [:]
    private var free: [UInt32] = []

    init() {
        hot = .allocate(capacity: capacity)
        hot.initialize(repeating: Hot(), count: capacity)
    }

    deinit {
        hot.deallocate()
    }

    /// Nodes, the root not counted.
    var count: Int { nodes.count - 1 - free.count }

    // MARK: Changes

    /// - Parameters:
    ///   - opens: The condition has a matcher, for which the events of the last node are kept.
    ///   - isNew: Told of every node that was not there.
    /// - Returns: The nodes of the chain.
    mutating func add(
        _ chain: [[Test]], condition: Int, opens: Bool = false, within: Int64, born: Int64, isNew: (UInt32) -> Void
    ) -> [UInt32] {
        var path: [UInt32] = []
        for tests in chain {
            let parent = path.last ?? 0
            let edge = Edge(parent: parent, tests: tests)
            let known = edges[edge]
            let node = known ?? insert(edge, born: born)
            if known == nil {
                isNew(node)
                hot[Int(parent)].isKept = true
            }
            nodes[Int(node)].uses += 1
            hot[Int(node)].retention = max(hot[Int(node)].retention, within)
            path.append(node)
        }
        let leaf = Int(path[path.count - 1])
        if opens {
            nodes[leaf].openings.append(condition)
            hot[leaf].isKept = true
        } else {
            nodes[leaf].conditions.append(condition)
            hot[leaf].hasConditions = true
        }
        return path
    }

    private mutating func insert(_ edge: Edge, born: Int64) -> UInt32 {
        let node = free.popLast() ?? UInt32(nodes.count)
        let new = Node(parent: edge.parent, tests: edge.tests)
        if Int(node) == nodes.count { nodes.append(new) } else { nodes[Int(node)] = new }
        if nodes.count > capacity { grow() }
        hot[Int(node)] = Hot(parent: edge.parent, born: born)
        edges[edge] = node
        nodes[Int(edge.parent)].children.append(node)
        return node
    }

    private mutating func grow() {
        let (oldHot, old) = (hot, capacity)
        capacity *= 2
        hot = .allocate(capacity: capacity)
        hot.initialize(repeating: Hot(), count: capacity)
        hot.update(from: oldHot, count: old)
        oldHot.deallocate()
    }

    /// - Parameters:
    ///   - within: The time bound of a condition that is still there.
    ///   - isGone: Told of every node that nothing uses any more.
    mutating func remove(
        _ path: [UInt32], condition: Int, within: (Int) -> Int64, isGone: (UInt32) -> Void
    ) {
        let leaf = Int(path[path.count - 1])
        nodes[leaf].conditions.removeAll { $0 == condition }
        nodes[leaf].openings.removeAll { $0 == condition }
        hot[leaf].hasConditions = !nodes[leaf].conditions.isEmpty
        updateKept(leaf)
        for node in path.reversed() {
            nodes[Int(node)].uses -= 1
            if nodes[Int(node)].uses == 0 {
                isGone(node)
                detach(node)
            } else {
                let own = (nodes[Int(node)].conditions + nodes[Int(node)].openings).map(within).max() ?? 0
                let below = nodes[Int(node)].children.map { hot[Int($0)].retention }.max() ?? 0
                hot[Int(node)].retention = max(own, below)
            }
        }
    }

    private func updateKept(_ node: Int) {
        hot[node].isKept = !nodes[node].children.isEmpty || !nodes[node].openings.isEmpty
    }

    private mutating func detach(_ node: UInt32) {
        let parent = nodes[Int(node)].parent
        edges[Edge(parent: parent, tests: nodes[Int(node)].tests)] = nil
        nodes[Int(parent)].children.removeAll { $0 == node }
        updateKept(Int(parent))
        nodes[Int(node)] = Node(parent: 0, tests: [])
        free.append(node)
    }
}
