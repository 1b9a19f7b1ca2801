/// A pattern as a row of places, one behind the other, each for events that pass one of some steps. That is what Flink's
/// `MATCH_RECOGNIZE` knows: no group repeats there, but for a fixed number of times, when it is laid out, and no
/// alternatives are longer than an event.
struct PatternPlaces {
    let pattern: EventPattern
    private(set) var places: [PatternPlace] = []
    /// Where the search goes on after a match: a variable is that of the place.
    private(set) var skip = Skip.pastLastRow
    /// What cannot be laid out, or not be found by Flink.
    private(set) var refusals: [StreamError] = []
    /// What has been passed since the last place.
    private var gap = Contiguity.strict
    private var forbidden: [PatternStep] = []
    /// Places, each a variable there or two.
    private static let most = 200

    enum Skip: Hashable {
        case pastLastRow, toNextRow
        case toFirst(Int)
        case toLast(Int)
    }

    init(_ pattern: EventPattern) {
        self.pattern = pattern
        lay(pattern.root)
        if !forbidden.isEmpty { refuseAbsence(forbidden) }
        relaxAny()
        places = places.flatMap(laidOut)
        guard places.count <= Self.most else {
            refuse(
                "pattern", "more than \(Self.most) steps, each repetition counted",
                remedy: "Lower the bounds of its quantifiers.")
            return
        }
        endEarly()
        check()
        skip = skipped()
    }

    mutating func refuse(_ field: String, _ message: String, remedy: String) {
        let refusal = StreamError(.definition, field: field, message, remedy: remedy)
        if !refusals.contains(refusal) { refusals.append(refusal) }
    }

    private mutating func refuseAbsence(_ steps: [PatternStep]) {
        refuse(
            "pattern", "`\(PatternElement.not(steps).text)` at the end",
            remedy: "Flink gives no row because nothing comes: end with a step, or run the pattern here.")
    }

    // MARK: Laying out

    /// What cannot be laid out is refused, and a part of it laid out, to find what else is to be refused.
    private mutating func lay(_ element: PatternElement) {
        guard places.count <= Self.most else { return }
        switch element {
        case .step(let step): add([step], PatternQuantifier(1, 1))
        case .not(let steps):
            gap = max(gap, .relaxed)
            forbidden += steps
        case .sequence(let elements, let gaps):
            for (index, element) in elements.enumerated() {
                if index > 0 { gap = max(gap, gaps[index - 1] ?? pattern.contiguity) }
                lay(element)
            }
        case .choice(let elements):
            if let steps = element.alternatives { return add(steps, PatternQuantifier(1, 1)) }
            refuse(
                "pattern", "alternatives of more than one event, `\(element.text)`",
                remedy: "In Flink only single steps are alternatives: write a pattern for each.")
            lay(elements[0])
        case .repeated(let element, let quantifier): lay(element, quantifier)
        }
    }

    private mutating func lay(_ element: PatternElement, _ quantifier: PatternQuantifier) {
        if let steps = element.alternatives { return add(steps, quantifier) }
        if quantifier.least == quantifier.most {
            for round in 0..<quantifier.least {
                if round > 0 { gap = max(gap, pattern.contiguity) }
                lay(element)
            }
            return
        }
        refuse(
            "pattern", "a group that repeats, `\(PatternElement.repeated(element, quantifier).text)`",
            remedy: "In Flink only single steps repeat, or groups a fixed number of times.")
        lay(element)
    }

    private mutating func add(_ steps: [PatternStep], _ quantifier: PatternQuantifier) {
        let element = steps.count == 1 ? PatternElement.step(steps[0]) : .choice(steps.map(PatternElement.step))
        let isSingle = quantifier.least == 1 && quantifier.most == 1
        places.append(
            PatternPlace(
                text: isSingle ? element.text : PatternElement.repeated(element, quantifier).text, steps: steps,
                quantifier: quantifier, gap: gap, forbidden: forbidden, loop: pattern.contiguity))
        (gap, forbidden) = (.strict, [])
    }

    /// Where nothing strict or forbidden follows, the first event that can be taken is as good as any later one: then
    /// *any* finds what *relaxed* finds.
    private mutating func relaxAny() {
        for index in places.indices.reversed() {
            if places[index].loop == .any { places[index].loop = .relaxed }
            if !places[index].isSingle, places[index].loop == .strict { return }
            if places[index].gap == .any { places[index].gap = .relaxed }
            if places[index].gap == .strict || !places[index].forbidden.isEmpty { return }
        }
    }

    /// Between the events of a variable Flink skips none. So each that must be there gets its own where others may lie
    /// between, and what may be there besides stands behind them.
    private func laidOut(_ place: PatternPlace) -> [PatternPlace] {
        guard !place.isSingle, place.loop != .strict else { return [place] }
        var copy = place
        copy.quantifier = PatternQuantifier(1, 1)
        var copies = Array(repeating: copy, count: min(place.quantifier.least, Self.most + 1))
        for index in copies.indices.dropFirst() { (copies[index].gap, copies[index].forbidden) = (place.loop, []) }
        guard !place.isFixed else { return copies }
        var rest = place
        rest.quantifier.least = 0
        rest.quantifier.most = place.quantifier.most.map { $0 - place.quantifier.least }
        if !copies.isEmpty { (rest.gap, rest.forbidden) = (place.loop, []) }
        return copies + [rest]
    }

    /// What a reluctant quantifier allows at the end is never taken.
    private mutating func endEarly() {
        while let last = places.last, !last.isFixed {
            if !last.quantifier.isReluctant {
                refuse(
                    "pattern", "`\(last.text)` at the end, which takes as many as come",
                    remedy: "Flink ends no pattern so: make it reluctant, as `a+?`, or write a step behind it.")
            }
            if last.quantifier.least == 0 {
                if !last.forbidden.isEmpty { refuseAbsence(last.forbidden) }
                places.removeLast()
            } else {
                places[places.count - 1].quantifier.most = last.quantifier.least
            }
        }
    }
}

/// A place in a pattern for one event, or for several that pass one of the same steps.
struct PatternPlace {
    /// As the pattern has it.
    let text: String
    var steps: [PatternStep]
    var quantifier: PatternQuantifier
    /// To the place before.
    var gap: Contiguity
    /// None of these in the gap.
    var forbidden: [PatternStep]
    /// Between its own events.
    var loop: Contiguity

    var isSingle: Bool { quantifier.least == 1 && quantifier.most == 1 }
    var isFixed: Bool { quantifier.least == quantifier.most }
    var isOptional: Bool { quantifier.least == 0 }
    /// Whether others may lie between its events, of which none needs to come.
    var isLoose: Bool { !isSingle && loop != .strict }

    func excludes(_ other: PatternPlace) -> Bool {
        steps.allSatisfy { step in other.steps.allSatisfy(step.excludes) }
    }

    /// What results call its events; nil where that depends on the event.
    var variable: String? { steps.allSatisfy { $0.variable == steps[0].variable } ? steps[0].variable : nil }
}

extension PatternElement {
    /// The steps, if it takes one event that passes one of some steps.
    fileprivate var alternatives: [PatternStep]? {
        switch self {
        case .step(let step): return [step]
        case .choice(let elements):
            let parts = elements.compactMap(\.alternatives)
            return parts.count == elements.count ? parts.flatMap(\.self) : nil
        case .not, .sequence, .repeated: return nil
        }
    }
}
