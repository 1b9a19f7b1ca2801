// What Flink finds otherwise. It looks at all ways through a pattern at once and gives the match that is complete first,
// where a match is preferred here by its first choice: the same where only one way is open, or where the preferred one
// ends first. Its greedy quantifiers never give an event back.
extension PatternPlaces {
    mutating func check() {
        for index in places.indices {
            let place = places[index]
            if place.isLoose { checkLoose(index) } else if !place.isFixed { checkRun(index) }
            if place.gap == .any { checkAny(index) }
            if !place.isSingle, place.variable == nil {
                refuse(
                    "pattern", "`\(place.text)`, whose events have different names",
                    remedy: "Flink tells how many there are, but not their order: name them alike, as `v:(a | b)+`.")
            }
        }
    }

    /// Events that need not come, with others between: there the next event that must come ends it.
    private mutating func checkLoose(_ index: Int) {
        let place = places[index]
        guard index > 0 else {
            return refuse(
                "pattern", "`\(place.text)` at the beginning, with gaps that are not strict",
                remedy: "In Flink such a pattern begins with a step that must come.")
        }
        let next = places[index + 1]
        guard [place.gap, place.loop, next.gap] == [.relaxed, .relaxed, .relaxed] else { return refuseGaps(place) }
        guard place.forbidden.isEmpty, next.forbidden.isEmpty else { return refuseNot(place) }
        guard !next.isLoose else {
            return refuse(
                "pattern", "`\(place.text)` before `\(next.text)`, where neither needs to come",
                remedy: "Flink skips events only before a step that must come: write one between.")
        }
        if place.excludes(next) { return }
        let isSoft = places[(index + 2)...].allSatisfy { $0.gap != .strict && $0.forbidden.isEmpty }
        if !place.quantifier.isReluctant || !isSoft { refuseOverlap(place, next, isSoft) }
    }

    /// Events one directly behind the other, of which it is not said how many.
    private mutating func checkRun(_ index: Int) {
        let place = places[index]
        let rest = places[(index + 1)...]
        let isStrict = (!place.isOptional || place.gap == .strict) && rest.first?.gap == .strict
        guard isStrict else { return refuseGaps(place) }
        guard !place.isOptional || place.forbidden.isEmpty else { return refuseNot(place) }
        // Up to the first that must come.
        let count = (rest.firstIndex { !$0.isOptional } ?? places.count - 1) - index
        guard let next = rest.prefix(count).first(where: { !place.excludes($0) }) else { return }
        let isFixed = rest.allSatisfy { $0.isSingle && $0.gap == .strict } && place.quantifier.most != 1
        if !place.quantifier.isReluctant || !isFixed { refuseOverlap(place, next, isFixed) }
    }

    private mutating func refuseGaps(_ place: PatternPlace) {
        refuse(
            "pattern", "`\(place.text)` with gaps of different kinds, or `any`, around it",
            remedy: "In Flink the gaps before, within and behind such a step are all strict or all relaxed.")
    }

    private mutating func refuseNot(_ place: PatternPlace) {
        refuse(
            "pattern", "`not` beside `\(place.text)`, which needs not come",
            remedy: "In Flink `not` stands between steps that must come.")
    }

    private mutating func refuseOverlap(_ place: PatternPlace, _ next: PatternPlace, _ mayBeReluctant: Bool) {
        let remedy = mayBeReluctant ? "make it reluctant, as `a+?`, or " : ""
        refuse(
            "pattern", "`\(place.text)` before `\(next.text)`, which an event may pass both",
            remedy: "Flink does not look back: \(remedy)name events that differ.")
    }

    /// Flink tries every event, and of ways that end at the same event it takes any.
    private mutating func checkAny(_ index: Int) {
        if places[index...].contains(where: { !$0.isFixed || $0.isLoose || $0.variable == nil }) {
            refuse(
                "contiguity", "a gap of the kind `any` before steps that repeat or are alternatives",
                remedy: "Make the gap relaxed, `->`, or the steps single.")
        }
        switch pattern.skip {
        case .toFirst, .toLast:
            refuse(
                "skip", "a step to go on at in a pattern with a gap of the kind `any`",
                remedy: "Make the gap relaxed, or write skip = \"past last row\" or \"to next row\".")
        default: break
        }
    }

    // MARK: Going on

    mutating func skipped() -> Skip {
        switch pattern.skip {
        case .pastLastRow: return .pastLastRow
        case .toNextRow: return .toNextRow
        case .none:
            refuse(
                "skip", "every match, also those that overlap",
                remedy: "Flink finds one for each first event: write skip = \"to next row\".")
            return .toNextRow
        case .toFirst(let name):
            return skipped(places.firstIndex { $0.takes(name) }, name) { .toFirst($0) }
        case .toLast(let name):
            return skipped(places.lastIndex { $0.takes(name) }, name) { .toLast($0) }
        }
    }

    /// Flink fails where the step has no event, or the event is the first of the match.
    private mutating func skipped(_ index: Int?, _ name: String, _ skip: (Int) -> Skip) -> Skip {
        guard let index, !places[index].isOptional, places[index].variable == name else {
            refuse(
                "skip", "`\(name)` to go on at, a step that needs not come",
                remedy: "Flink fails where it has no event: name a step that must come.")
            return .toNextRow
        }
        let isFirst = index == 0
        if isFirst, places[0].isSingle || skip(0) == .toFirst(0) { return .toNextRow }
        let mayBeFirst = isFirst ? places[0].quantifier.least < 2 : places[..<index].allSatisfy(\.isOptional)
        if mayBeFirst {
            refuse(
                "skip", "`\(name)` to go on at, which may be the first event of a match",
                remedy: "Flink fails there: name a step behind one that must come.")
        }
        return skip(index)
    }
}

extension PatternPlace {
    fileprivate func takes(_ variable: String) -> Bool { steps.contains { $0.variable == variable } }
}
