/// Steps that are found by a value of an event: those of a page or of an equal attribute by hash, ranges by sorted bounds.
final class TriggerLookups {
    private let pages: Lists?
    private let equalities: [(attribute: Int, lists: Lists)]
    private let ranges: [Range]

    /// Steps by a value.
    private final class Lists {
        var places = KeyTable()
        var lists: [UnsafeMutableBufferPointer<Int32>] = []

        init(_ steps: [(value: Int64, candidate: Int32)]) {
            for (value, group) in Dictionary(grouping: steps, by: \.value).sorted(by: { $0.key < $1.key }) {
                places.insert(value, Int32(lists.count))
                lists.append(copied(group.map(\.candidate)))
            }
        }

        deinit { for list in lists { list.deallocate() } }

        func copy(_ value: Int64, to found: UnsafeMutablePointer<Int32>) -> Int {
            let index = places.value(of: value)
            guard index >= 0 else { return 0 }
            let list = lists[Int(index)]
            found.update(from: list.baseAddress.unsafelyUnwrapped, count: list.count)
            return list.count
        }
    }

    /// Steps whose comparisons are of one attribute and one relation.
    private struct Range {
        var attribute: Int
        var relation: TriggerPredicate.Relation
        /// Ascending where the relation is "greater", descending where it is "less": those that a value fulfils come first.
        var bounds: [Int64]
        var steps: UnsafeMutableBufferPointer<Int32>
    }

    /// Nil when there is nothing to look up.
    init?(
        pages: [(value: Int64, candidate: Int32)],
        comparisons: [(comparison: TriggerPredicate.Comparison, candidate: Int32)]
    ) {
        if pages.isEmpty, comparisons.isEmpty { return nil }
        self.pages = pages.isEmpty ? nil : Lists(pages)
        var equal: [Int: [(value: Int64, candidate: Int32)]] = [:]
        var ordered: [Int: [(comparison: TriggerPredicate.Comparison, candidate: Int32)]] = [:]
        for (comparison, candidate) in comparisons {
            if comparison.relation == .equal {
                equal[comparison.attribute, default: []].append((comparison.bound, candidate))
            } else {
                let kind = comparison.attribute << 8 | Int(comparison.relation.rawValue)
                ordered[kind, default: []].append((comparison, candidate))
            }
        }
        equalities = equal.sorted { $0.key < $1.key }.map { ($0.key, Lists($0.value)) }
        ranges = ordered.sorted { $0.key < $1.key }.map { _, members in Self.range(members) }
    }

    private static func range(
        _ members: [(comparison: TriggerPredicate.Comparison, candidate: Int32)]
    ) -> Range {
        let first = members[0].comparison
        let isGreater = first.relation == .greater || first.relation == .greaterOrEqual
        let sorted = members.sorted { ($0.comparison.bound, $1.candidate) < ($1.comparison.bound, $0.candidate) }
        let inOrder = isGreater ? sorted : sorted.reversed()
        return Range(
            attribute: first.attribute, relation: first.relation, bounds: inOrder.map(\.comparison.bound),
            steps: copied(inOrder.map(\.candidate)))
    }

    deinit { for range in ranges { range.steps.deallocate() } }

    /// Writes what is found.
    ///
    /// - Returns: How many.
    func gather(_ values: borrowing RowValues, row: Int, page: Int64, into found: UnsafeMutablePointer<Int32>) -> Int {
        var count = 0
        if let pages, page >= 0 { count += pages.copy(page, to: found) }
        for index in equalities.indices {
            guard case .ordered(let value) = values.value(equalities[index].attribute, row) else { continue }
            count += equalities[index].lists.copy(value, to: found + count)
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

    /// How many of the bounds, from the first on, a value is beyond.
    private static func fulfilled(_ range: Range, _ value: Int64) -> Int {
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
