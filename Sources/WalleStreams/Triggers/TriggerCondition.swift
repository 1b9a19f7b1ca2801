/// A pattern that somebody waits for.
///
/// An object, so that a match reads it without a count of references for each of its arrays.
final class TriggerCondition {
    /// What its owner calls it.
    let id: Int
    let within: Int64
    /// Events up to this one came before it was added.
    var added: Int64
    /// What state of it depends on.
    let signature: String
    let variables: [String]
    let form: Form

    init(id: Int, within: Int64, added: Int64, signature: String, variables: [String], form: Form) {
        (self.id, self.within, self.added) = (id, within, added)
        (self.signature, self.variables, self.form) = (signature, variables, form)
    }

    enum Form {
        case chain(Chain)
        case automaton(Automaton)
    }

    /// A condition that is a `TriggerChain`.
    final class Chain {
        var steps: [UInt32] = []
        /// For every alternative of each step the variable.
        var variables: [[UInt16]] = []
        /// What may come between a step and the next.
        var optionals: [[Optional]] = []
        /// What must not come between a step and the next.
        var forbidden: [UInt32?] = []

        struct Optional {
            var step: UInt32
            var variables: [UInt16]
            /// How many events it takes.
            var most: Int
        }

        /// All steps, each as often as it is there.
        var allSteps: [UInt32] { steps + optionals.joined().map(\.step) + forbidden.compactMap(\.self) }
    }

    /// Whether there are events that are kept for it.
    var needsLog: Bool {
        switch form {
        case .chain(let chain): chain.steps.count > 1
        case .automaton(let automaton): automaton.opening != 0
        }
    }

    /// How it is laid out with its last step; nil for what has none, or no other.
    func ending(_ slot: Int) -> TriggerEndings.Ending? {
        guard case .chain(let chain) = form, chain.steps.count > 1 else { return nil }
        return TriggerEndings.Ending(
            slot: slot, steps: chain.steps.dropLast(), within: within, added: added)
    }

    /// A condition that is no chain.
    final class Automaton {
        let program: PatternProgram
        let matcher: PatternMatcher
        /// The condition on attributes of each test, as the index has it; nil for none.
        let predicates: [Int?]
        /// What the condition is called.
        let id: Int
        /// Of the condition in its index.
        let slot: Int
        /// The test of the events that begin a match, as a bit, and the step whose entries they are: see
        /// `PatternProgram.openingTest`. 0 where every event is looked at when it comes.
        var opening: UInt64 = 0
        var openingStep: UInt32 = 0
        /// Tests that ask for more than the name of an event, a bit each.
        let further: UInt64

        /// Events of every name can be of account: a strict gap is ended by those that no test accepts.
        let seesEveryName: Bool

        init(_ program: PatternProgram, limits: PatternMatcher.Limits, predicates: [Int?], id: Int, slot: Int) {
            self.program = program
            self.id = id
            self.slot = slot
            further = program.tests.indices.reduce(0) { bits, index in
                program.tests[index].page == nil && predicates[index] == nil ? bits : bits | 1 << UInt64(index)
            }
            seesEveryName =
                program.hasStrictGaps
                || program.tests.contains { if case .exactly = $0.event { false } else { true } }
            matcher = PatternMatcher(program, limits: limits)
            self.predicates = predicates
        }
    }
}
