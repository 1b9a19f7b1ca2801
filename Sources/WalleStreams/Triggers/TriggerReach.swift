/// What an event of one name can reach.
struct TriggerReach: ~Copyable {
    /// Children of the root.
    let beginning: TriggerCandidates
    /// The nodes whose children have steps of this name, and of each those children.
    let parents: UnsafeMutableBufferPointer<UInt32>
    let children: UnsafeMutableBufferPointer<TriggerCandidates>
    /// From a node to its index in `parents`.
    private let places: KeyTable
    /// Conditions with a matcher of their own, with the tests that accept the name.
    let automata: UnsafeMutableBufferPointer<Seeing>
    /// A condition with a matcher of its own, which the index holds as long as it is laid out.
    struct Seeing {
        var automaton: Unmanaged<TriggerCondition.Automaton>
        /// Its tests that accept the name, a bit each.
        var accepting: UInt64
        /// The node of the events it begins with, when those are looked at late, and its time bound; 0 otherwise.
        var openingNode: UInt32
        var within: Int64
    }

    /// No event has more candidates at once.
    let mostCandidates: Int

    init(
        beginning: [TriggerCandidates.Member], waiting: [UInt32: [TriggerCandidates.Member]],
        automata: [Seeing], predicates: [TriggerPredicate], texts: TextDictionary
    ) {
        self.beginning = TriggerCandidates(beginning, predicates: predicates, texts: texts)
        parents = .allocate(capacity: waiting.count)
        children = .allocate(capacity: waiting.count)
        var places = KeyTable()
        for (index, (parent, members)) in waiting.sorted(by: { $0.key < $1.key }).enumerated() {
            parents.initializeElement(at: index, to: parent)
            children.initializeElement(
                at: index, to: TriggerCandidates(members, predicates: predicates, texts: texts))
            places.insert(Int64(parent), Int32(index))
        }
        self.places = places
        self.automata = .allocate(capacity: automata.count)
        _ = self.automata.initialize(from: automata)
        mostCandidates = max(beginning.count, waiting.values.map(\.count).max() ?? 0)
    }

    deinit {
        parents.deallocate()
        automata.deallocate()
        children.deinitialize()
        children.deallocate()
    }

    /// The place of a node in `parents`; −1 when it is not there.
    @inline(__always) func place(of parent: UInt32) -> Int { Int(places.value(of: Int64(parent))) }
}
