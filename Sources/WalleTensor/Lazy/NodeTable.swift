/// The nodes of a graph by their hashes. It holds none of them: each takes itself out when it goes.
struct NodeTable: ~Copyable {
    private var places: UnsafeMutableBufferPointer<Unmanaged<Node>?>
    private var count = 0

    init() {
        places = .allocate(capacity: 64)
        places.initialize(repeating: nil)
    }

    /// Nodes that outlive the graph must not look for it.
    deinit {
        for first in places {
            var place = first
            while let held = place {
                let node = held.takeUnretainedValue()
                place = node.next
                node.keep(false)
            }
        }
        places.deallocate()
    }

    /// The node of a hash that is what is looked for.
    @inline(__always)
    func first(_ hash: Int, where isFound: (Node) -> Bool) -> Node? {
        var place = places[hash & (places.count - 1)]
        while let held = place {
            let node = held.takeUnretainedValue()
            if node.hash == hash, isFound(node) { return node }
            place = node.next
        }
        return nil
    }

    mutating func insert(_ node: Node) {
        if count == places.count { grow() }
        count += 1
        put(node)
        node.keep(true)
    }

    private func put(_ node: Node) {
        let place = node.hash & (places.count - 1)
        node.next = places[place]
        places[place] = .passUnretained(node)
    }

    mutating func remove(_ node: Node) {
        let place = node.hash & (places.count - 1)
        let wanted = Unmanaged.passUnretained(node).toOpaque()
        node.keep(false)
        count -= 1
        if places[place]?.toOpaque() == wanted {
            places[place] = node.next
            return
        }
        var before = places[place]
        while let held = before {
            let found = held._withUnsafeGuaranteedRef { $0 }
            if found.next?.toOpaque() == wanted {
                found.next = node.next
                return
            }
            before = found.next
        }
    }

    private mutating func grow() {
        let old = places
        places = .allocate(capacity: 2 * old.count)
        places.initialize(repeating: nil)
        for first in old {
            var place = first
            while let held = place {
                let node = held.takeUnretainedValue()
                place = node.next
                put(node)
            }
        }
        old.deallocate()
    }
}
