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
    private var pages: Lists?
    private var equalities: [(attribute: Int, lists: Lists)] = []
    private var ranges: [Range] = []
    /// Steps in all: no event has more candidates.
    let count: Int

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
        var equal: [Int: [(value: Int64, candidate: Candidate)]] = [:]
        var ordered: [TriggerPredicate.Comparison: [Candidate]] = [:]
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
                    equal[equality.attribute, default: []].append((equality.bound, isAll ? tested : untested))
                } else if isAll, predicate.comparisons[0].relation != .unequal {
                    ordered[predicate.comparisons[0], default: []].append(tested)
                } else {
                    plain.append(untested)
                }
            }
        }
        self.plain = copied(plain)
        pages = paged.isEmpty ? nil : Lists(paged)
        equalities = equal.sorted { $0.key < $1.key }.map { ($0.key, Lists($0.value)) }
        ranges = Self.ranges(ordered)
        count = members.count
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

    deinit {
        plain.deallocate()
        for range in ranges { range.steps.deallocate() }
    }

    /// Writes the candidates to a place that has room for `count`.
    ///
    /// - Returns: How many.
    @inline(__always)
    func gather(
        _ values: borrowing RowValues, row: Int, page: Int64, into found: UnsafeMutablePointer<Candidate>
    ) -> Int {
        var count = plain.count
        if count > 0 { found.update(from: plain.baseAddress.unsafelyUnwrapped, count: count) }
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

private func copied(
    _ candidates: [TriggerCandidates.Candidate]
) -> UnsafeMutableBufferPointer<TriggerCandidates.Candidate> {
    let copy = UnsafeMutableBufferPointer<TriggerCandidates.Candidate>.allocate(capacity: candidates.count)
    _ = copy.initialize(from: candidates)
    return copy
}
