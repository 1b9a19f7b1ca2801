/// What each name of an event can reach, laid out when an event of that name comes after a change.
struct TriggerNames: ~Copyable {
    /// Nodes by the codes of the names that their steps ask for.
    private var exact: [UInt32: [UInt32]] = [:]
    /// Nodes with a step that accepts more than one name.
    private var wild: [UInt32] = []
    private var automata: [TriggerCondition.Automaton] = []
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
        reach?.deinitialize(count: 1)
        reach?.deallocate()
    }

    // MARK: Changes

    mutating func add(node: UInt32, _ tests: [TriggerTrie.Test], _ texts: TextDictionary) {
        for code in Set(Self.codes(tests, texts)) {
            exact[code, default: []].append(node)
            forget(code)
        }
        if Self.isWild(tests) {
            wild.append(node)
            forgetAll()
        }
    }

    mutating func remove(node: UInt32, _ tests: [TriggerTrie.Test], _ texts: TextDictionary) {
        for code in Set(Self.codes(tests, texts)) {
            exact[code]?.removeAll { $0 == node }
            if exact[code]?.isEmpty ?? false { exact[code] = nil }
            forget(code)
        }
        if Self.isWild(tests) {
            wild.removeAll { $0 == node }
            forgetAll()
        }
    }

    mutating func add(_ automaton: TriggerCondition.Automaton) {
        automata.append(automaton)
        forgetAll()
    }

    mutating func remove(_ automaton: TriggerCondition.Automaton) {
        automata.removeAll { $0 === automaton }
        forgetAll()
    }

    private static func codes(_ tests: [TriggerTrie.Test], _ texts: TextDictionary) -> [UInt32] {
        tests.compactMap { if case .exactly(let name) = $0.event { texts.code(of: name) } else { nil } }
    }

    private static func isWild(_ tests: [TriggerTrie.Test]) -> Bool {
        tests.contains { if case .exactly = $0.event { false } else { true } }
    }

    private func forget(_ code: UInt32) { if Int(code) + 1 < reach.count { put(nil, at: Int(code) + 1) } }

    private func forgetAll() { for index in reach.indices { put(nil, at: index) } }

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
        _ code: UInt32?, nodes: [TriggerTrie.Node], predicates: [TriggerPredicate], texts: TextDictionary
    ) -> UnsafeMutablePointer<TriggerReach> {
        let name = code.map(texts.text)
        var (beginning, waiting): ([TriggerCandidates.Member], [UInt32: [TriggerCandidates.Member]]) = ([], [:])
        for node in Set((code.flatMap { exact[$0] } ?? []) + wild).sorted() {
            let tests = nodes[Int(node)].tests
            let accepting = Self.bits(tests.map(\.event), name)
            guard accepting != 0 else { continue }
            let member = TriggerCandidates.Member(node: node, tests: tests, accepting: accepting)
            let parent = nodes[Int(node)].parent
            if parent == 0 { beginning.append(member) } else { waiting[parent, default: []].append(member) }
        }
        let seeing: [TriggerReach.Seeing] = automata.compactMap { automaton in
            let accepting = Self.bits(automaton.program.tests.map(\.event), name)
            // A strict gap is ended by events that no test accepts.
            guard accepting != 0 || automaton.program.hasStrictGaps else { return nil }
            // The log keeps those for it.
            if automaton.opening != 0, accepting == automaton.opening { return nil }
            return TriggerReach.Seeing(
                automaton: .passUnretained(automaton), accepting: accepting, openingNode: automaton.openingNode,
                within: automaton.program.pattern.within)
        }
        let laid = UnsafeMutablePointer<TriggerReach>.allocate(capacity: 1)
        laid.initialize(
            to: TriggerReach(
                beginning: beginning, waiting: waiting, automata: seeing, predicates: predicates, texts: texts))
        let index = code.map { Int($0) + 1 } ?? 0
        makeRoom(for: index)
        put(laid, at: index)
        return laid
    }

    private static func bits(_ tests: [NameTest], _ name: UnsafeRawBufferPointer?) -> UInt64 {
        tests.indices.reduce(0) { tests[$1].accepts(name) ? $0 | 1 << UInt64($1) : $0 }
    }
}
