/// A sequence of events to look for: the one form that patterns and triggers share.
///
/// ## What a match is
///
/// A pattern is looked for in the events of one key, in the order of their times, peers in the order of their arrival. A
/// match takes events from first to last such that they are, step by step, a way through the pattern, and such that the
/// last comes at most `within` after the first. Between two events that it takes it may skip others, depending on the gap:
///
/// - **strict**: none.
/// - **relaxed** (the default; "skip till next match"): an event that none of the steps that may come next accepts. So an
///   event that can be taken is taken, and the pattern does not look back: `a (b | c)` takes whichever comes first.
/// - **any** ("skip till any match"): every event, so that later ones are tried too.
///
/// `not x` in a gap forbids to skip an event that x accepts; such a gap is never strict. At the end of a pattern it asks
/// that no x comes before `within` after the first event has passed, and the match is known only then.
///
/// ## Which match is found
///
/// Of all matches with the same first event one is preferred, as `MATCH_RECOGNIZE` prefers (ISO/IEC 19075-5): at each event
/// taking is preferred to skipping; a greedy quantifier prefers to go on, a reluctant one to end; the alternative written
/// first is preferred. A match is reported as soon as it is certain that no preferred one comes; a greedy quantifier at
/// the end of a pattern therefore waits until `within` has passed, or, where the gap is strict, for the event that ends it.
/// Where the search goes on after a match tells `skip`.
package struct EventPattern: Hashable, Sendable {
    package var root: PatternElement
    /// Of the gaps that say nothing else.
    package var contiguity: Contiguity
    package var skip: MatchSkip
    /// The most time from the first to the last event of a match, above zero.
    package var within: Microseconds

    package init(
        _ root: PatternElement, contiguity: Contiguity = .relaxed, skip: MatchSkip = .pastLastRow, within: Microseconds
    ) {
        self.root = root
        self.contiguity = contiguity
        self.skip = skip
        self.within = within
    }
}

/// Which events may lie between two that follow each other in a match. In the order of how much they allow.
package enum Contiguity: String, Hashable, Sendable, CaseIterable, Comparable {
    case strict
    case relaxed
    case any

    /// How a pattern writes the gap.
    package var sign: String {
        switch self {
        case .strict: "."
        case .relaxed: "->"
        case .any: "~>"
        }
    }

    private var rank: Int { self == .strict ? 0 : self == .relaxed ? 1 : 2 }
    package static func < (left: Contiguity, right: Contiguity) -> Bool { left.rank < right.rank }
}

/// Where the search goes on after a match.
package enum MatchSkip: Hashable, Sendable {
    /// Behind the last event of the match: matches do not overlap.
    case pastLastRow
    /// At the event behind the first of the match: every event begins at most one match.
    case toNextRow
    /// At the first event of the match that a variable took. At the next row, where that is none or the first of all,
    /// which would find the same match again.
    case toFirst(String)
    /// At the last event of the match that a variable took; otherwise as `toFirst`.
    case toLast(String)
    /// Nothing is skipped and nothing preferred: every match, each as soon as it is complete.
    case none
}

/// A part of a pattern.
package indirect enum PatternElement: Hashable, Sendable {
    case step(PatternStep)
    /// None of these, up to the next event that is taken.
    case not([PatternStep])
    /// One behind the other. A gap between two is nil where it is the pattern's contiguity.
    case sequence([PatternElement], gaps: [Contiguity?])
    /// One of these, the first preferred.
    case choice([PatternElement])
    case repeated(PatternElement, PatternQuantifier)
}

/// How often.
package struct PatternQuantifier: Hashable, Sendable {
    package var least: Int
    /// Nil for any number.
    package var most: Int?
    /// Prefers fewer to more.
    package var isReluctant: Bool

    package init(_ least: Int, _ most: Int?, isReluctant: Bool = false) {
        self.least = least
        self.most = most
        self.isReluctant = isReluctant
    }
}

/// Which events a step accepts.
package struct PatternStep: Hashable, Sendable {
    /// What results and conditions call the events it took; nil: as `variable` says.
    package var label: String?
    package var event: NameTest
    package var page: NameTest?
    package var predicate: PatternPredicate?

    package init(
        label: String? = nil, _ event: NameTest, page: NameTest? = nil, predicate: PatternPredicate? = nil
    ) {
        self.label = label
        self.event = event
        self.page = page
        self.predicate = predicate
    }

    /// The label, or else what the step says of the event's name.
    package var variable: String { label ?? event.name }
}

/// A condition on the attributes of an event, as it is written: `price > 10`.
package struct PatternPredicate: Hashable, Sendable {
    package var text: String
    /// Nil until it has been read: whoever has the schema does that.
    package var expression: Expression?

    package init(_ text: String, _ expression: Expression? = nil) {
        self.text = text
        self.expression = expression
    }
}

extension EventPattern {
    /// The distinct conditions on attributes, in the order in which they are written.
    package var predicates: [PatternPredicate] {
        var found: [PatternPredicate] = []
        for case let predicate? in root.allSteps.map(\.predicate) where !found.contains(predicate) {
            found.append(predicate)
        }
        return found
    }
}

extension PatternElement {
    /// Every step, those of `not` too, in the order in which they are written.
    package var allSteps: [PatternStep] {
        switch self {
        case .step(let step): [step]
        case .not(let steps): steps
        case .sequence(let elements, _), .choice(let elements): elements.flatMap(\.allSteps)
        case .repeated(let element, _): element.allSteps
        }
    }

    /// The steps that take events.
    package var takingSteps: [PatternStep] {
        switch self {
        case .step(let step): [step]
        case .not: []
        case .sequence(let elements, _), .choice(let elements): elements.flatMap(\.takingSteps)
        case .repeated(let element, _): element.takingSteps
        }
    }

    /// The same with every step changed.
    package func mapSteps(
        _ change: (PatternStep) throws(StreamError) -> PatternStep
    ) throws(StreamError) -> PatternElement {
        switch self {
        case .step(let step): return .step(try change(step))
        case .not(let steps): return .not(try Self.map(steps, change))
        case .sequence(let elements, let gaps): return .sequence(try Self.mapAll(elements, change), gaps: gaps)
        case .choice(let elements): return .choice(try Self.mapAll(elements, change))
        case .repeated(let element, let quantifier): return .repeated(try element.mapSteps(change), quantifier)
        }
    }

    private static func map(
        _ steps: [PatternStep], _ change: (PatternStep) throws(StreamError) -> PatternStep
    ) throws(StreamError) -> [PatternStep] {
        var changed: [PatternStep] = []
        for step in steps { changed.append(try change(step)) }
        return changed
    }

    private static func mapAll(
        _ elements: [PatternElement], _ change: (PatternStep) throws(StreamError) -> PatternStep
    ) throws(StreamError) -> [PatternElement] {
        var changed: [PatternElement] = []
        for element in elements { changed.append(try element.mapSteps(change)) }
        return changed
    }
}
