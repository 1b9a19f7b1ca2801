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
        var step: UInt32
        /// Its alternatives that accept the name, a bit each.
        var accepting: UInt64
        var endings: [TriggerEndings.Ending]
    }

    /// Lays out what a name can reach, together with what of it most events need, in one piece of memory.
    static func make(
        _ members: [Member], automata: [Seeing], predicates: [TriggerPredicate], texts: TextDictionary,
        steps: borrowing TriggerSteps
    ) -> UnsafeMutablePointer<TriggerReach> {
        let plan = TriggerCandidates.Plan(
            members.map { steps.steps[Int($0.step)].tests }, predicates: predicates, texts: texts)
        var size = NearMemory.byteCount(of: Self.self, count: 1) + plan.byteCount
        for member in members {
            size += NearMemory.byteCount(of: TriggerEndings.Guards.self, count: member.endings.count)
            size += NearMemory.byteCount(of: UInt32.self, count: steps.account(of: member.step).predecessors.count)
        }
        var memory = NearMemory(byteCount: size)
        let reach = memory.take(Self.self, count: 1)
        reach.initialize(to: TriggerReach(members, plan, automata: automata, steps: steps, memory: &memory))
        return reach
    }

    /// Reads what will be needed.
    @inline(__always) static func touch(_ reach: UnsafeMutablePointer<TriggerReach>) -> UInt64 {
        let lines = UnsafeRawPointer(reach)
        var sum: UInt64 = 0
        for line in 0..<NearMemory.lines { sum &+= lines.load(fromByteOffset: line &* 64, as: UInt64.self) }
        return sum
    }

    static func release(_ reach: UnsafeMutablePointer<TriggerReach>) {
        reach.deinitialize(count: 1)
        UnsafeMutableRawPointer(reach).deallocate()
    }

    private init(
        _ members: [Member], _ plan: TriggerCandidates.Plan, automata: [Seeing], steps: borrowing TriggerSteps,
        memory: inout NearMemory
    ) {
        endings = .allocate(capacity: members.count { !$0.endings.isEmpty })
        let parts = TriggerCandidates.Parts(plan, &memory)
        var candidates: [TriggerCandidates.Candidate?] = Array(repeating: nil, count: members.count)
        var place = 0
        for (index, member) in plan.order.map({ ($0, members[$0]) }) {
            var candidate = Self.candidate(member, steps, &memory)
            if !member.endings.isEmpty {
                let guards = memory.take(TriggerEndings.Guards.self, count: member.endings.count)
                endings.initializeElement(
                    at: place, to: TriggerEndings(member.endings, frequencies: steps.hot, guards: guards))
                (candidate.endings, candidate.guards) = (Int32(place), UnsafePointer(guards))
                candidate.guardCount = Int32(member.endings.count)
                place += 1
            }
            candidates[index] = candidate
        }
        self.steps = TriggerCandidates(candidates, plan, parts)
        self.automata = .allocate(capacity: automata.count)
        _ = self.automata.initialize(from: automata)
    }

    private static func candidate(
        _ member: Member, _ steps: borrowing TriggerSteps, _ memory: inout NearMemory
    ) -> TriggerCandidates.Candidate {
        let account = steps.account(of: member.step)
        let predecessors = memory.take(UInt32.self, count: account.predecessors.count)
        for (index, step) in account.predecessors.enumerated() { (predecessors + index).initialize(to: step) }
        return TriggerCandidates.Candidate(
            step: member.step, untested: member.accepting,
            account: .init(
                keepsAll: account.keepsAll, hasSingles: !steps.steps[Int(member.step)].singles.isEmpty,
                isRepeated: account.isRepeated, predecessorCount: UInt8(account.predecessors.count)),
            predecessors: UnsafePointer(predecessors), retention: steps.hot[Int(member.step)].retention)
    }

    /// Whether events of the name are of no account.
    @inline(__always) var isIdle: Bool { steps.count == 0 && automata.isEmpty }

    deinit {
        automata.deallocate()
        endings.deinitialize()
        endings.deallocate()
    }
}
