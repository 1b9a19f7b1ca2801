@testable import WalleStreams

extension SeededRandom {
    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// Patterns over the events a, b, c that use everything the language has.
enum RandomPattern {
    static let names = ["a", "b", "c"]

    static func step(_ random: inout SeededRandom) -> PatternStep {
        var step = PatternStep(random.chance(10) ? .any : .exactly(names[random.below(3)]))
        if random.chance(5) { step.event = .wildcard(["", ""]) }
        if random.chance(10) { step.page = random.chance(50) ? .exactly("p") : .wildcard(["", "q"]) }
        if random.chance(15) { step.predicate = PatternPredicate(random.chance(50) ? "x > 0" : "y") }
        if random.chance(20) { step.label = ["u", "v"][random.below(2)] }
        return step
    }

    static func element(depth: Int, _ random: inout SeededRandom) -> PatternElement {
        switch depth == 0 ? 0 : random.below(10) {
        case 0...3: return .step(step(&random))
        case 4...6: return sequence(depth, &random)
        case 7: return .choice((0..<(2 + random.below(2))).map { _ in element(depth: depth - 1, &random) })
        default:
            let least = random.below(3)
            let most = random.chance(40) ? nil : max(1, least + random.below(2))
            return .repeated(
                element(depth: depth - 1, &random), PatternQuantifier(least, most, isReluctant: random.chance(30)))
        }
    }

    private static func sequence(_ depth: Int, _ random: inout SeededRandom) -> PatternElement {
        var (elements, gaps): ([PatternElement], [Contiguity?]) = ([], [])
        for index in 0..<(2 + random.below(2)) {
            let negates = index > 0 && random.chance(25)
            elements.append(negates ? negation(&random) : element(depth: depth - 1, &random))
            if index > 0 { gaps.append(random.chance(75) ? nil : Contiguity.allCases[random.below(3)]) }
        }
        return .sequence(elements, gaps: gaps)
    }

    private static func negation(_ random: inout SeededRandom) -> PatternElement {
        .not(
            (0..<(random.chance(20) ? 2 : 1)).map { _ in
                var step = step(&random)
                step.label = nil
                return step
            })
    }

    /// A pattern that its rules allow.
    static func pattern(_ random: inout SeededRandom) -> EventPattern {
        while true {
            let root = element(depth: 3, &random)
            var skip = [MatchSkip.pastLastRow, .pastLastRow, .toNextRow, .none][random.below(4)]
            if random.chance(30), let name = root.takingSteps.randomElement(using: &random)?.variable {
                skip = random.chance(50) ? .toFirst(name) : .toLast(name)
            }
            let contiguity = Contiguity.allCases[random.below(3)]
            let pattern = EventPattern(root, contiguity: contiguity, skip: skip, within: Int64(1 + random.below(8)))
            if (try? pattern.validate()) != nil { return pattern }
        }
    }
}
