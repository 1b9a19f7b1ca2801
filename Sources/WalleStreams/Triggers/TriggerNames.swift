/// What each name of an event can reach, laid out when an event of that name comes after a change.
struct TriggerNames: ~Copyable {
    /// What an event of one name can reach.
    final class Reach {
        /// Children of the root.
        let beginning: TriggerCandidates
        /// Deeper nodes.
        let waiting: TriggerCandidates
        /// Conditions with a matcher of their own, with the tests that accept the name.
        let automata: [(slot: Int, accepting: UInt64)]

        init(
            beginning: consuming TriggerCandidates, waiting: consuming TriggerCandidates,
            automata: [(slot: Int, accepting: UInt64)]
        ) {
            self.beginning = beginning
            self.waiting = waiting
            self.automata = automata
        }
    }

    private struct Automaton {
        var slot: Int
        var tests: [PatternTest]
        /// Even events that no test accepts.
        var seesAll: Bool
    }

    /// Nodes by the codes of the names that their steps ask for.
    private var exact: [UInt32: [UInt32]] = [:]
    /// Nodes with a step that accepts more than one name.
    private var wild: [UInt32] = []
    private var automata: [Automaton] = []
    /// By the code of a name plus one; the first is for events without.
    private(set) var reach: [Reach?] = [nil]

    init() {}

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

    mutating func add(automaton slot: Int, _ tests: [PatternTest], sees all: Bool) {
        automata.append(Automaton(slot: slot, tests: tests, seesAll: all))
        forgetAll()
    }

    mutating func remove(automaton slot: Int) {
        automata.removeAll { $0.slot == slot }
        forgetAll()
    }

    private static func codes(_ tests: [TriggerTrie.Test], _ texts: TextDictionary) -> [UInt32] {
        tests.compactMap { if case .exactly(let name) = $0.event { texts.code(of: name) } else { nil } }
    }

    private static func isWild(_ tests: [TriggerTrie.Test]) -> Bool {
        tests.contains { if case .exactly = $0.event { false } else { true } }
    }

    private mutating func forget(_ code: UInt32) { if Int(code) + 1 < reach.count { reach[Int(code) + 1] = nil } }

    private mutating func forgetAll() { for index in reach.indices { reach[index] = nil } }

    // MARK: Laying out

    /// Lays out what a name can reach.
    ///
    /// - Parameter code: Nil for events without a name.
    mutating func lay(
        _ code: UInt32?, nodes: [TriggerTrie.Node], predicates: [TriggerPredicate], texts: TextDictionary
    ) -> Reach {
        let name = code.map(texts.text)
        let found = (code.flatMap { exact[$0] } ?? []) + wild
        var (beginning, waiting): ([TriggerCandidates.Member], [TriggerCandidates.Member]) = ([], [])
        for node in Set(found).sorted() {
            let tests = nodes[Int(node)].tests
            let accepting = tests.indices.reduce(UInt64(0)) {
                tests[$1].event.accepts(name) ? $0 | 1 << UInt64($1) : $0
            }
            guard accepting != 0 else { continue }
            let member = TriggerCandidates.Member(node: node, tests: tests, accepting: accepting)
            if nodes[Int(node)].parent == 0 { beginning.append(member) } else { waiting.append(member) }
        }
        let seeing: [(slot: Int, accepting: UInt64)] = automata.compactMap { automaton in
            let tests = automaton.tests
            let accepting = tests.indices.reduce(UInt64(0)) {
                tests[$1].event.accepts(name) ? $0 | 1 << UInt64($1) : $0
            }
            return accepting != 0 || automaton.seesAll ? (automaton.slot, accepting) : nil
        }
        let laid = Reach(
            beginning: TriggerCandidates(beginning, predicates: predicates, texts: texts),
            waiting: TriggerCandidates(waiting, predicates: predicates, texts: texts), automata: seeing)
        let index = code.map { Int($0) + 1 } ?? 0
        while reach.count <= index { reach.append(nil) }
        reach[index] = laid
        return laid
    }
}
