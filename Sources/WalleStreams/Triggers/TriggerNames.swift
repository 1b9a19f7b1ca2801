/// What each name of an event can reach, laid out when an event of that name comes after a change.
struct TriggerNames: ~Copyable {
    /// Steps by the codes of the names that their steps ask for.
    private var exact: [UInt32: [UInt32]] = [:]
    /// Steps that accept more than one name.
    private var wild: [UInt32] = []
    /// Conditions with a matcher of their own, likewise.
    private var exactAutomata: [UInt32: [TriggerCondition.Automaton]] = [:]
    private var wildAutomata: [TriggerCondition.Automaton] = []
    /// By the code of a name plus one, the first for events without; nil where it is not laid out.
    private(set) var reach: UnsafeMutableBufferPointer<UnsafeMutablePointer<TriggerReach>?>

    init() {
        reach = .allocate(capacity: 64)
        reach.initialize(repeating: nil)
    }

    deinit {
        for index in reach.indices { Self.release(reach[index]) }
        reach.deallocate()
    }

    private static func release(_ reach: UnsafeMutablePointer<TriggerReach>?) {
        if let reach { TriggerReach.release(reach) }
    }

    // MARK: Changes

    mutating func add(step: UInt32, _ tests: [TriggerSteps.Test], _ texts: TextDictionary) {
        for code in Set(Self.codes(tests.map(\.event), texts)) {
            exact[code, default: []].append(step)
            forget(code)
        }
        if Self.isWild(tests) {
            wild.append(step)
            forgetAll()
        }
    }

    mutating func remove(step: UInt32, _ tests: [TriggerSteps.Test], _ texts: TextDictionary) {
        for code in Set(Self.codes(tests.map(\.event), texts)) {
            exact[code]?.removeAll { $0 == step }
            if exact[code]?.isEmpty ?? false { exact[code] = nil }
            forget(code)
        }
        if Self.isWild(tests) {
            wild.removeAll { $0 == step }
            forgetAll()
        }
    }

    mutating func add(_ automaton: TriggerCondition.Automaton, _ texts: TextDictionary) {
        guard !automaton.seesEveryName else {
            wildAutomata.append(automaton)
            return forgetAll()
        }
        for code in Set(Self.codes(automaton.program.tests.map(\.event), texts)) {
            exactAutomata[code, default: []].append(automaton)
            forget(code)
        }
    }

    mutating func remove(_ automaton: TriggerCondition.Automaton, _ texts: TextDictionary) {
        guard !automaton.seesEveryName else {
            wildAutomata.removeAll { $0 === automaton }
            return forgetAll()
        }
        for code in Set(Self.codes(automaton.program.tests.map(\.event), texts)) {
            exactAutomata[code]?.removeAll { $0 === automaton }
            if exactAutomata[code]?.isEmpty ?? false { exactAutomata[code] = nil }
            forget(code)
        }
    }

    private static func codes(_ tests: [NameTest], _ texts: TextDictionary) -> [UInt32] {
        tests.compactMap { if case .exactly(let name) = $0 { texts.code(of: name) } else { nil } }
    }

    private static func isWild(_ tests: [TriggerSteps.Test]) -> Bool {
        tests.contains { if case .exactly = $0.event { false } else { true } }
    }

    private func forget(_ code: UInt32) { if Int(code) + 1 < reach.count { put(nil, at: Int(code) + 1) } }

    /// The conditions that have a step have changed.
    func change(_ tests: [TriggerSteps.Test], _ texts: TextDictionary) {
        if Self.isWild(tests) {
            forgetAll()
        } else {
            for code in Self.codes(tests.map(\.event), texts) { forget(code) }
        }
    }

    func forgetAll() { for index in reach.indices { put(nil, at: index) } }

    private func put(_ new: UnsafeMutablePointer<TriggerReach>?, at index: Int) {
        Self.release(reach[index])
        reach[index] = new
    }

    private mutating func makeRoom(for index: Int) {
        guard index >= reach.count else { return }
        let larger = UnsafeMutableBufferPointer<UnsafeMutablePointer<TriggerReach>?>.allocate(capacity: index * 2)
        larger.initialize(repeating: nil)
        for index in reach.indices { larger[index] = reach[index] }
        reach.deallocate()
        reach = larger
    }

    // MARK: Laying out

    /// Lays out what a name can reach.
    ///
    /// - Parameter code: Nil for events without a name.
    mutating func lay(
        _ code: UInt32?, steps: borrowing TriggerSteps, conditions: [TriggerCondition?], predicates: [TriggerPredicate],
        texts: TextDictionary
    ) -> UnsafeMutablePointer<TriggerReach> {
        let name = code.map(texts.text)
        var members: [TriggerReach.Member] = []
        for step in Set((code.flatMap { exact[$0] } ?? []) + wild).sorted() {
            let known = steps.steps[Int(step)]
            let accepting = Self.bits(known.tests.map(\.event), name)
            guard accepting != 0 else { continue }
            let endings = known.endings.compactMap { slot in
                conditions[slot].flatMap { $0.ending(slot) }
            }
            members.append(
                TriggerReach.Member(step: step, accepting: accepting, endings: endings))
        }
        let laid = TriggerReach.make(
            members, automata: seeing(code, name), predicates: predicates, texts: texts, steps: steps)
        let index = code.map { Int($0) + 1 } ?? 0
        makeRoom(for: index)
        put(laid, at: index)
        return laid
    }

    private func seeing(_ code: UInt32?, _ name: UnsafeRawBufferPointer?) -> [TriggerReach.Seeing] {
        ((code.flatMap { exactAutomata[$0] } ?? []) + wildAutomata).compactMap { automaton in
            let accepting = Self.bits(automaton.program.tests.map(\.event), name)
            // A strict gap is ended by events that no test accepts.
            guard accepting != 0 || automaton.program.hasStrictGaps else { return nil }
            // The log keeps those for it.
            if automaton.opening != 0, accepting == automaton.opening { return nil }
            return TriggerReach.Seeing(
                automaton: .passUnretained(automaton), accepting: accepting,
                opening: automaton.opening != 0 ? automaton.openingStep : nil, within: automaton.program.pattern.within)
        }
    }

    private static func bits(_ tests: [NameTest], _ name: UnsafeRawBufferPointer?) -> UInt64 {
        tests.indices.reduce(0) { tests[$1].accepts(name) ? $0 | 1 << UInt64($1) : $0 }
    }
}
