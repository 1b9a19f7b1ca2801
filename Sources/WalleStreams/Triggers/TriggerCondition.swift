/// A pattern that somebody waits for.
struct TriggerCondition {
    /// What its owner calls it.
    let id: Int
    let within: Int64
    /// Events up to this one came before it was added.
    var added: Int64
    /// What state of it depends on.
    let signature: String
    let variables: [String]
    let form: Form

    enum Form {
        /// The nodes of the trie, and for every alternative of each step the variable.
        case chain([UInt32], variables: [[UInt16]])
        case automaton(Automaton)
    }

    /// A condition that is no simple chain.
    final class Automaton {
        let program: PatternProgram
        let matcher: PatternMatcher
        /// The condition on attributes of each test, as the index has it; nil for none.
        let predicates: [Int?]
        /// What the condition is called.
        let id: Int
        /// Of the condition in its index.
        let slot: Int
        /// The test of the events that begin a match, as a bit, and the trie node whose entries they are: see
        /// `PatternProgram.openingTest`. 0 where every event is looked at when it comes.
        var opening: UInt64 = 0
        var openingNode: UInt32 = 0
        /// Tests that ask for more than the name of an event, a bit each.
        let further: UInt64

        init(_ program: PatternProgram, limits: PatternMatcher.Limits, predicates: [Int?], id: Int, slot: Int) {
            self.program = program
            self.id = id
            self.slot = slot
            further = program.tests.indices.reduce(0) { bits, index in
                program.tests[index].page == nil && predicates[index] == nil ? bits : bits | 1 << UInt64(index)
            }
            matcher = PatternMatcher(program, limits: limits)
            self.predicates = predicates
        }
    }
}

extension EventPattern {
    /// The alternatives of its steps, when it is nothing but steps one behind the other with relaxed gaps, and its matches
    /// do not overlap: what a trie can hold. Nil otherwise.
    var chain: [[PatternStep]]? {
        guard skip == .pastLastRow else { return nil }
        var (elements, gaps): ([PatternElement], [Contiguity?]) = ([root], [])
        if case .sequence(let parts, let between) = root { (elements, gaps) = (parts, between) }
        guard elements.count <= 64, gaps.allSatisfy({ ($0 ?? contiguity) == .relaxed }) else { return nil }
        var chain: [[PatternStep]] = []
        for element in elements {
            guard let alternatives = element.alternatives, alternatives.count <= 64 else { return nil }
            chain.append(alternatives)
        }
        return chain
    }
}

extension PatternElement {
    fileprivate var alternatives: [PatternStep]? {
        switch self {
        case .step(let step): return [step]
        case .not, .sequence, .repeated: return nil
        case .choice(let elements):
            var all: [PatternStep] = []
            for element in elements {
                guard let steps = element.alternatives else { return nil }
                all += steps
            }
            return all
        }
    }
}
