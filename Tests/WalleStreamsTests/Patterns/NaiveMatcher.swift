@testable import WalleStreams

/// An event of the tests: names and pages are single letters, a condition is true when it is in `truths`.
struct SmallEvent {
    var name: String
    var page: String?
    var time: Int64
    var truths: Set<String> = []
    var key: Int64 = 0

    func passes(_ step: PatternStep) -> Bool {
        fits(name, step.event) && (step.page.map { fits(page, $0) } ?? true)
            && (step.predicate.map { truths.contains($0.text) } ?? true)
    }

    private func fits(_ name: String?, _ test: NameTest) -> Bool {
        switch test {
        case .any: true
        case .exactly(let text): name == text
        case .wildcard(let parts): name.map { $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[parts.count - 1]) } ?? false
        }
    }
}

struct SmallMatch: Hashable, CustomStringConvertible {
    var rows: [Int]
    var variables: [String]
    var description: String { zip(rows, variables).map { "\($0)\($1)" }.joined(separator: " ") }
}

/// The definition of a match, tried out: what is left of the pattern is a list of things to do, the steps that may come next
/// are found by unfolding its head, and every choice is tried in the order of preference.
struct NaiveMatcher {
    let pattern: EventPattern
    /// Of one key, in order.
    let events: [SmallEvent]

    private indirect enum Item {
        case element(PatternElement)
        case gap(Contiguity)
        /// What is left of a repetition behind a round. `isEmpty` until the round has taken an event.
        case again(PatternElement, PatternQuantifier, isEmpty: Bool)
    }

    private struct Next {
        /// Nil is the end.
        var step: PatternStep?
        var gap: Contiguity
        var forbidden: [PatternStep]
        var rest: [Item]
    }

    /// The time of the watermark at last.
    var end = Int64.max

    func matches() -> [SmallMatch] {
        var (found, start): ([SmallMatch], Int) = ([], 0)
        while start < events.count {
            var ways: [SmallMatch] = []
            let nexts = unfold([.element(pattern.root)], .strict, [])
            for next in nexts where next.step.map(events[start].passes) ?? false {
                _ = arrive(at: next, start, start, SmallMatch(rows: [], variables: []), &ways)
                if !ways.isEmpty, pattern.skip != .none { break }
            }
            found += ways
            start = ways.isEmpty ? start + 1 : resumption(behind: ways[0])
        }
        return found
    }

    private func resumption(behind match: SmallMatch) -> Int {
        let next: Int? =
            switch pattern.skip {
            case .none, .toNextRow: nil
            case .pastLastRow: match.rows[match.rows.count - 1] + 1
            case .toFirst(let name): match.variables.firstIndex(of: name).map { match.rows[$0] }
            case .toLast(let name): match.variables.lastIndex(of: name).map { match.rows[$0] }
            }
        return max(next ?? 0, match.rows[0] + 1)
    }

    // MARK: Search

    /// Whether the search is over, as the preferred match has been found.
    private func arrive(
        at next: Next, _ start: Int, _ row: Int, _ match: SmallMatch, _ found: inout [SmallMatch]
    ) -> Bool {
        guard let step = next.step else { return false }
        var match = match
        match.rows.append(row)
        match.variables.append(step.variable)
        let all = unfold(
            next.rest.map {
                if case .again(let element, let quantifier, _) = $0 {
                    .again(element, quantifier, isEmpty: false)
                } else {
                    $0
                }
            }, .strict, [])
        if let end = all.firstIndex(where: { $0.step == nil && $0.forbidden.isEmpty }) {
            if pattern.skip == .none { return record(match, &found) || go(all, start, row + 1, match, &found) }
            return go(Array(all[..<end]), start, row + 1, match, &found) || record(match, &found)
        }
        return go(all, start, row + 1, match, &found)
    }

    private func record(_ match: SmallMatch, _ found: inout [SmallMatch]) -> Bool {
        if !found.contains(match) { found.append(match) }
        return pattern.skip != .none
    }

    private func go(
        _ nexts: [Next], _ start: Int, _ row: Int, _ match: SmallMatch, _ found: inout [SmallMatch]
    ) -> Bool {
        if nexts.isEmpty { return false }
        let deadline = events[start].time + pattern.within
        guard row < events.count, events[row].time <= deadline else {
            let isOver = row < events.count || end > deadline
            return isOver && nexts.contains { $0.step == nil && !$0.forbidden.isEmpty } && record(match, &found)
        }
        let event = events[row]
        var isTaken = false
        for next in nexts where next.step.map(event.passes) ?? false {
            isTaken = true
            if arrive(at: next, start, row, match, &found) { return true }
        }
        let kept = nexts.filter { next in
            !(next.step == nil && next.forbidden.isEmpty) && !next.forbidden.contains(where: event.passes)
                && (next.gap == .any || next.gap == .relaxed && !isTaken)
        }
        return go(kept, start, row + 1, match, &found)
    }

    // MARK: What may come next

    private func unfold(_ items: [Item], _ gap: Contiguity, _ forbidden: [PatternStep]) -> [Next] {
        guard let head = items.first else { return [Next(step: nil, gap: gap, forbidden: forbidden, rest: [])] }
        let rest = Array(items.dropFirst())
        switch head {
        case .gap(let other): return unfold(rest, max(gap, other), forbidden)
        case .element(let element): return unfold(element, rest, gap, forbidden)
        case .again(let element, let quantifier, let isEmpty):
            if isEmpty { return unfold(rest, gap, forbidden) }
            return rounds(element, quantifier, [.gap(pattern.contiguity)], rest, gap, forbidden)
        }
    }

    private func unfold(
        _ element: PatternElement, _ rest: [Item], _ gap: Contiguity, _ forbidden: [PatternStep]
    ) -> [Next] {
        switch element {
        case .step(let step): return [Next(step: step, gap: gap, forbidden: forbidden, rest: rest)]
        case .not(let steps): return unfold(rest, max(gap, .relaxed), forbidden + steps)
        case .choice(let elements): return elements.flatMap { unfold($0, rest, gap, forbidden) }
        case .repeated(let element, let quantifier): return rounds(element, quantifier, [], rest, gap, forbidden)
        case .sequence(let elements, let gaps):
            var items: [Item] = []
            for (index, element) in elements.enumerated() {
                if index > 0 { items.append(.gap(gaps[index - 1] ?? pattern.contiguity)) }
                items.append(.element(element))
            }
            return unfold(items + rest, gap, forbidden)
        }
    }

    private func rounds(
        _ element: PatternElement, _ quantifier: PatternQuantifier, _ before: [Item], _ rest: [Item], _ gap: Contiguity,
        _ forbidden: [PatternStep]
    ) -> [Next] {
        var left = quantifier
        left.least = max(0, left.least - 1)
        left.most = left.most.map { $0 - 1 }
        let more =
            quantifier.most == 0
            ? [] : unfold(before + [.element(element), .again(element, left, isEmpty: true)] + rest, gap, forbidden)
        let stop = quantifier.least > 0 ? [] : unfold(rest, gap, forbidden)
        return quantifier.isReluctant ? stop + more : more + stop
    }
}
