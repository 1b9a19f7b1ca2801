@testable import WalleStreams

/// What Flink finds with the variables that are printed for a pattern, as it looks for it: all ways at once, each event
/// behind the last; of an event that begins ways the first that is complete is the match.
struct FlinkMatches {
    let places: PatternPlaces
    let within: Int64
    /// Of one key, in order.
    let events: [SmallEvent]
    private var variables: [Variable] = []

    /// As a row tells it.
    struct Match: Hashable {
        var first: Int
        var last: Int
        var names: [String]
        /// Where the search goes on.
        var next: Int
    }

    private struct Variable {
        var steps: [PatternStep]
        /// Takes what none of the steps accepts.
        var isSkipping = false
        var least: Int
        var most: Int?
        var place: Int
        /// Of events that are among those that are skipped.
        var loose: PatternPlace?

        func accepts(_ event: SmallEvent) -> Bool { steps.contains(where: event.passes) != isSkipping }
    }

    private struct Way {
        var variable = 0
        /// Of the variable.
        var count = 0
        /// Of each event that was taken.
        var taken: [Int] = []
    }

    init(_ pattern: EventPattern, _ places: PatternPlaces, _ events: [SmallEvent]) {
        (self.places, self.events, within) = (places, events, pattern.within)
        var loose: PatternPlace?
        for (index, place) in places.places.enumerated() {
            guard !place.isLoose else {
                loose = place
                continue
            }
            if place.gap != .strict {
                let ends = (place.gap == .any ? [] : place.steps) + place.forbidden
                variables.append(Variable(steps: ends, isSkipping: true, least: 0, place: index, loose: loose))
            }
            loose = nil
            variables.append(
                Variable(
                    steps: place.steps, least: place.quantifier.least, most: place.quantifier.most, place: index))
        }
    }

    /// Nil where Flink might give one row or another.
    func matches() -> [Match]? {
        var (found, start): ([Match], Int) = ([], 0)
        while start < events.count {
            let candidates = matches(from: start)
            guard candidates.count <= 1 else { return nil }
            found += candidates
            guard let match = candidates.first else {
                start += 1
                continue
            }
            guard match.next > start else { return nil }
            start = match.next
        }
        return found
    }

    private func matches(from start: Int) -> Set<Match> {
        var ways = [Way()]
        for row in start..<events.count where events[row].time - events[start].time <= within {
            ways = ways.flatMap { taking(events[row], $0) }
            let last = variables.count - 1
            let complete = ways.filter { $0.variable == last && $0.count >= variables[last].least }
            if !complete.isEmpty { return Set(complete.map { match($0, start) }) }
        }
        return []
    }

    private func taking(_ event: SmallEvent, _ way: Way) -> [Way] {
        let variable = variables[way.variable]
        var ways: [Way] = []
        if way.count < variable.most ?? .max, variable.accepts(event) {
            var next = way
            next.count += 1
            next.taken.append(way.variable)
            ways.append(next)
        }
        if way.count >= variable.least, way.variable + 1 < variables.count {
            ways += taking(event, Way(variable: way.variable + 1, taken: way.taken))
        }
        return ways
    }

    private func match(_ way: Way, _ start: Int) -> Match {
        var names: [String] = []
        for (index, variable) in variables.enumerated() {
            let rows = way.taken.indices.filter { way.taken[$0] == index }.map { events[start + $0] }
            if let loose = variable.loose {
                let count = rows.count { loose.steps.contains(where: $0.passes) }
                names += Array(repeating: loose.steps[0].variable, count: min(count, loose.quantifier.most ?? .max))
            } else if !variable.isSkipping {
                names += rows.map { event in variable.steps.first(where: event.passes)?.variable ?? "" }
            }
        }
        let last = start + way.taken.count - 1
        return Match(first: start, last: last, names: names, next: next(way, start, last))
    }

    /// −1 where Flink fails.
    private func next(_ way: Way, _ start: Int, _ last: Int) -> Int {
        func row(_ place: Int, _ pick: ([Int]) -> Int?) -> Int {
            pick(way.taken.indices.filter { variables[way.taken[$0]].place == place && !isSkipping(way, $0) })
                .map { start + $0 } ?? -1
        }
        return switch places.skip {
        case .pastLastRow: last + 1
        case .toNextRow: start + 1
        case .toFirst(let place): row(place, \.first)
        case .toLast(let place): row(place, \.last)
        }
    }

    private func isSkipping(_ way: Way, _ index: Int) -> Bool { variables[way.taken[index]].isSkipping }
}

/// Drawn patterns: what is printed for Flink finds what the definition of a match says.
extension FlinkMatches {
    /// - Returns: What differs; an empty text if nothing does, nil if the pattern is refused.
    static func difference(_ seed: UInt64) -> String? {
        var random = SeededRandom(seed)
        let pattern = RandomPattern.pattern(&random)
        let places = PatternPlaces(pattern)
        guard places.refusals.isEmpty else { return nil }
        let events = SmallRun.events(4 + random.below(9), keys: 1, &random)
        let expected = NaiveMatcher(pattern: pattern, events: events).matches().map { match in
            Row(first: match.rows[0], last: match.rows[match.rows.count - 1], names: match.variables)
        }
        let found = FlinkMatches(pattern, places, events).matches()?.map { match in
            Row(first: match.first, last: match.last, names: match.names)
        }
        if found == expected { return "" }
        return """
            seed \(seed): \(pattern.text), \(pattern.contiguity), \(pattern.skip), within \(pattern.within), \
            \(events.map { "\($0.name)\($0.page ?? "")@\($0.time)\($0.truths.sorted())" }): \(found.map { "\($0)" } ?? "several") \
            instead of \(expected)
            """
    }

    private struct Row: Hashable {
        var first: Int
        var last: Int
        var names: [String]
    }
}
