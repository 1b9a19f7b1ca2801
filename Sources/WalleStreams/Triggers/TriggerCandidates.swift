/// The steps that an event of one name may take, so arranged that only those are looked at whose page and attributes
/// fit: equality and pages by hash, ranges by sorted bounds.
struct TriggerCandidates: ~Copyable {
    /// A step, and what is left to test.
    struct Candidate: BitwiseCopyable {
        var step: UInt32
        /// The index of the conditions that end with it in `TriggerReach.endings`; −1 for none.
        var endings: Int32
        /// Its alternatives that accept the event's name, a bit each, of which one must be tested in full; 0 when
        /// the only one has been.
        var untested: UInt64
    }

    private var plain: UnsafeMutableBufferPointer<Candidate>
    /// Comparisons that are so few that they are faster made one by one than looked up.
    private var few: UnsafeMutableBufferPointer<Compared>
    private var pages: Lists?
    private var equalities: [(attribute: Int, lists: Lists)] = []
    private var ranges: [Range] = []
    /// Steps in all: no event has more candidates.
    let count: Int

    private struct Compared: BitwiseCopyable {
        var comparison: TriggerPredicate.Comparison
        var candidate: Candidate
    }

    private static let mostCompared = 12

    /// Steps by a value.
    private final class Lists {
        var places = KeyTable()
        var lists: [UnsafeMutableBufferPointer<Candidate>] = []

        init(_ steps: [(value: Int64, candidate: Candidate)]) {
            for (value, group) in Dictionary(grouping: steps, by: \.value).sorted(by: { $0.key < $1.key }) {
                places.insert(value, Int32(lists.count))
                lists.append(copied(group.map(\.candidate)))
            }
        }

        deinit { for list in lists { list.deallocate() } }
    }

    /// Steps whose comparisons are of one attribute and one relation.
    private struct Range {
        var attribute: Int
        var relation: TriggerPredicate.Relation
        /// Ascending where the relation is "greater", descending where it is "less": those that a value fulfils come first.
        var bounds: [Int64]
        var steps: UnsafeMutableBufferPointer<Candidate>
    }

    /// A step with its alternatives that accept the name.
    struct Member {
        var step: UInt32
        var tests: [TriggerSteps.Test]
        var accepting: UInt64
        var endings: Int32 = -1
    }

    init(_ members: [Member], predicates: [TriggerPredicate], texts: TextDictionary) {
        var (plain, paged): ([Candidate], [(value: Int64, candidate: Candidate)]) = ([], [])
        var compared: [Compared] = []
        for member in members {
            let untested = Candidate(step: member.step, endings: member.endings, untested: member.accepting)
            let tested = Candidate(step: member.step, endings: member.endings, untested: 0)
            guard member.tests.count == 1 else {
                plain.append(untested)
                continue
            }
            switch (member.tests[0].page, member.tests[0].predicate) {
            case (nil, nil): plain.append(tested)
            case (.exactly(let page)?, let predicate):
                paged.append((Int64(texts.code(of: page)), predicate == nil ? tested : untested))
            case (_?, _): plain.append(untested)
            case (nil, let index?):
                let predicate = predicates[index]
                let isAll = predicate.isComplete && predicate.comparisons.count == 1
                if let equality = predicate.comparisons.first(where: { $0.relation == .equal }) {
                    compared.append(Compared(comparison: equality, candidate: isAll ? tested : untested))
                } else if isAll, predicate.comparisons[0].relation != .unequal {
                    compared.append(Compared(comparison: predicate.comparisons[0], candidate: tested))
                } else {
                    plain.append(untested)
                }
            }
        }
        self.plain = copied(plain)
        pages = paged.isEmpty ? nil : Lists(paged)
        few = copied(compared.count <= Self.mostCompared ? compared : [])
        count = members.count
        if few.isEmpty { lookUp(compared) }
    }

    private mutating func lookUp(_ compared: [Compared]) {
        var equal: [Int: [(value: Int64, candidate: Candidate)]] = [:]
        var ordered: [TriggerPredicate.Comparison: [Candidate]] = [:]
        for compared in compared {
            let comparison = compared.comparison
            if comparison.relation == .equal {
                equal[comparison.attribute, default: []].append((comparison.bound, compared.candidate))
            } else {
                ordered[comparison, default: []].append(compared.candidate)
            }
        }
        equalities = equal.sorted { $0.key < $1.key }.map { ($0.key, Lists($0.value)) }
        ranges = Self.ranges(ordered)
    }

    private static func ranges(_ steps: [TriggerPredicate.Comparison: [Candidate]]) -> [Range] {
        let kinds = Dictionary(grouping: steps.flatMap { comparison, steps in steps.map { (comparison, $0) } }) {
            $0.0.attribute << 8 | Int($0.0.relation.rawValue)
        }
        return kinds.sorted { $0.key < $1.key }.map { _, members in
            let first = members[0].0
            let isGreater = first.relation == .greater || first.relation == .greaterOrEqual
            let sorted = members.sorted {
                ($0.0.bound, $1.1.step) < ($1.0.bound, $0.1.step)
            }
            let inOrder = isGreater ? sorted : sorted.reversed()
            return Range(
                attribute: first.attribute, relation: first.relation, bounds: inOrder.map(\.0.bound),
                steps: copied(inOrder.map(\.1)))
        }
    }

    @inline(__always) func touch() -> UInt64 {
        few.isEmpty ? 0 : UInt64(few[0].candidate.step) &+ UInt64(few[few.count - 1].candidate.step)
    }

    /// Some step, one that asks for nothing but the name where there is one; −1 for none.
    @inline(__always) var first: Int {
        if !plain.isEmpty { return Int(plain[0].step) }
        return few.isEmpty ? -1 : Int(few[0].candidate.step)
    }

    deinit {
        plain.deallocate()
        few.deallocate()
        for range in ranges { range.steps.deallocate() }
    }

    /// Writes the candidates to a place that has room for `count`.
    ///
    /// - Returns: How many.
    @inline(__always)
    func gather(
        _ values: borrowing RowValues, row: Int, page: Int64, into found: UnsafeMutablePointer<Candidate>
    ) -> Int {
        // Mostly it is one, for which a call would take longer.
        for index in 0..<plain.count { found[index] = plain[index] }
        var count = plain.count
        for index in 0..<few.count where values.isTrue(few[index].comparison, row) {
            found[count] = few[index].candidate
            count += 1
        }
        if let pages, page >= 0 { count += Self.copy(pages, page, to: found + count) }
        if equalities.isEmpty, ranges.isEmpty { return count }
        return count + gatherComparing(values, row, into: found + count)
    }

    private func gatherComparing(
        _ values: borrowing RowValues, _ row: Int, into found: UnsafeMutablePointer<Candidate>
    ) -> Int {
        var count = 0
        for index in equalities.indices {
            guard case .ordered(let value) = values.value(equalities[index].attribute, row) else { continue }
            count += Self.copy(equalities[index].lists, value, to: found + count)
        }
        for index in ranges.indices {
            guard case .ordered(let value) = values.value(ranges[index].attribute, row) else { continue }
            let fulfilled = Self.fulfilled(ranges[index], value)
            if fulfilled > 0 {
                (found + count).update(from: ranges[index].steps.baseAddress.unsafelyUnwrapped, count: fulfilled)
            }
            count += fulfilled
        }
        return count
    }

    @inline(__always)
    private static func copy(_ lists: Lists, _ value: Int64, to found: UnsafeMutablePointer<Candidate>) -> Int {
        let index = lists.places.value(of: value)
        guard index >= 0 else { return 0 }
        let list = lists.lists[Int(index)]
        found.update(from: list.baseAddress.unsafelyUnwrapped, count: list.count)
        return list.count
    }

    /// How many of the bounds, from the first on, a value is beyond.
    @inline(__always) private static func fulfilled(_ range: Range, _ value: Int64) -> Int {
        var (low, high) = (0, range.bounds.count)
        while low < high {
            let middle = (low + high) / 2
            let bound = range.bounds[middle]
            let isBeyond =
                switch range.relation {
                case .greater: value > bound
                case .greaterOrEqual: value >= bound
                case .less: value < bound
                default: value <= bound
                }
            if isBeyond { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

private func copied<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = copy.initialize(from: elements)
    return copy
}
