/// What an event of one name can reach.
struct TriggerReach: ~Copyable {
    /// Steps that accept the name.
    let steps: TriggerCandidates
    /// Of those steps with which conditions end.
    let endings: UnsafeMutableBufferPointer<TriggerEndings>
    /// Conditions with a matcher of their own, with the tests that accept the name.
    let automata: UnsafeMutableBufferPointer<Seeing>
    /// A condition with a matcher of its own, which the index holds as long as it is laid out.
    struct Seeing {
        var automaton: Unmanaged<TriggerCondition.Automaton>
        /// Its tests that accept the name, a bit each.
        var accepting: UInt64
        /// The step of the events it begins with, when those are looked at late, and its time bound; none otherwise.
        var opening: UInt32?
        var within: Int64
    }

    /// A step to be laid out, and the conditions that end with it.
    struct Member {
        var candidate: TriggerCandidates.Member
        var endings: [TriggerEndings.Ending]
    }

    init(
        _ members: [Member], automata: [Seeing], predicates: [TriggerPredicate], texts: TextDictionary,
        frequencies: UnsafeMutablePointer<TriggerSteps.Hot>
    ) {
        let ending = members.indices.filter { !members[$0].endings.isEmpty }
        endings = .allocate(capacity: ending.count)
        var candidates = members.map(\.candidate)
        for (place, index) in ending.enumerated() {
            candidates[index].endings = Int32(place)
            endings.initializeElement(at: place, to: TriggerEndings(members[index].endings, frequencies: frequencies))
        }
        steps = TriggerCandidates(candidates, predicates: predicates, texts: texts)
        self.automata = .allocate(capacity: automata.count)
        _ = self.automata.initialize(from: automata)
    }

    /// The step that events of the name are most likely to take; −1 for none.
    @inline(__always) var firstStep: Int { steps.first }

    /// Reads what will be needed first.
    @inline(__always) func touch() -> UInt64 {
        let guards = endings.isEmpty ? 0 : UInt64(endings.baseAddress.unsafelyUnwrapped.pointee.guards[0])
        return guards &+ steps.touch()
    }

    deinit {
        automata.deallocate()
        endings.deinitialize()
        endings.deallocate()
    }
}
