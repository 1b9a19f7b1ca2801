/// A pattern that is nothing but steps one behind the other with relaxed gaps, between which others may come that need not,
/// or none of others may come.
///
/// All partial matches of such a pattern take the same event for the same step, once they wait for it: of two that began one
/// after the other the earlier is never behind, or has ended. So whether there is a match can be told when an event takes the
/// last step, from the events that took the others.
struct TriggerChain {
    private(set) var steps: [Step] = []

    struct Step {
        /// The first preferred.
        var alternatives: [PatternStep]
        /// What may come between this and the next step, in this order.
        var optionals: [Optional] = []
        /// What must not come between this and the next step.
        var forbidden: [PatternStep] = []
    }

    struct Optional {
        var alternatives: [PatternStep]
        /// How many events it takes.
        var most: Int
        var isReluctant: Bool
    }

    private static let mostSteps = 64

    /// Nil when the pattern is more than that, or when its matches may overlap.
    init?(_ pattern: EventPattern) {
        guard pattern.skip == .pastLastRow, append(pattern.root, pattern.contiguity), !steps.isEmpty else { return nil }
        // At the end what need not come is waited for, unless the pattern prefers to end at once.
        let last = steps[steps.count - 1]
        guard last.forbidden.isEmpty, last.optionals.allSatisfy(\.isReluctant) else { return nil }
        steps[steps.count - 1].optionals = []
        guard isDetermined else { return nil }
    }

    /// - Returns: Whether that was possible.
    private mutating func append(_ element: PatternElement, _ contiguity: Contiguity) -> Bool {
        if let alternatives = element.alternatives { return append(alternatives) }
        switch element {
        case .step, .choice: return false
        case .not(let forbidden):
            guard !steps.isEmpty, steps[steps.count - 1].forbidden.count + forbidden.count <= Self.mostSteps else {
                return false
            }
            steps[steps.count - 1].forbidden += forbidden
            return true
        case .sequence(let elements, let gaps):
            guard gaps.allSatisfy({ ($0 ?? contiguity) == .relaxed }) else { return false }
            for element in elements where !append(element, contiguity) { return false }
            return true
        case .repeated(let element, let quantifier):
            guard let alternatives = element.alternatives, contiguity == .relaxed else { return false }
            guard quantifier.least <= Self.mostSteps else { return false }
            for _ in 0..<quantifier.least where !append(alternatives) { return false }
            let most = (quantifier.most ?? .max) - quantifier.least
            guard most > 0 else { return true }
            guard !steps.isEmpty, steps[steps.count - 1].optionals.count < Self.mostSteps else { return false }
            steps[steps.count - 1].optionals.append(
                Optional(alternatives: alternatives, most: most, isReluctant: quantifier.isReluctant))
            return true
        }
    }

    private mutating func append(_ alternatives: [PatternStep]) -> Bool {
        guard steps.count < Self.mostSteps, alternatives.count <= Self.mostSteps else { return false }
        steps.append(Step(alternatives: alternatives))
        return true
    }

    /// Whether no event can be taken in two ways, of which it would have to be found out which one leads to the end.
    private var isDetermined: Bool {
        for (index, step) in steps.enumerated() where !step.optionals.isEmpty {
            guard step.forbidden.isEmpty else { return false }
            var seen: Set<String> = []
            for alternatives in step.optionals.map(\.alternatives) + [steps[index + 1].alternatives] {
                var names: Set<String> = []
                for alternative in alternatives {
                    guard case .exactly(let name) = alternative.event else { return false }
                    names.insert(name)
                }
                guard seen.isDisjoint(with: names) else { return false }
                seen.formUnion(names)
            }
        }
        return true
    }
}

extension PatternElement {
    /// The steps of which it is a choice.
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
