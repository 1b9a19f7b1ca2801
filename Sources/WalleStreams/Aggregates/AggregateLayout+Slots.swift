// Which states there are, and which aggregates share one.
extension AggregateLayout {
    /// The states, and of each aggregate the index of its own.
    static func slots(
        _ kinds: [AggregateKind], _ types: [ColumnType?], _ sources: [Int]
    ) -> ([Slot], places: [Int]) {
        var (slots, places): ([Slot], [Int]) = ([], [])
        var known: [Int: Int] = [:]
        for (index, kind) in kinds.enumerated() {
            let summary = NumberSummary(kind, types[index])
            if let summary, let place = known[sources[index]], case .summary(var joined) = slots[place].kind {
                joined.join(summary)
                slots[place].kind = .summary(joined)
                slots[place].aggregates.append(index)
                places.append(place)
                continue
            }
            if summary != nil { known[sources[index]] = slots.count }
            places.append(slots.count)
            let own = summary.map(AggregateKind.summary) ?? kind
            slots.append(Slot(kind: own, type: types[index], word: 0, aggregates: [index]))
        }
        return (slots, places)
    }

    static func result(_ kind: AggregateKind, _ type: ColumnType?, _ slot: Slot) -> Result {
        var result = Result(kind: kind, type: type, word: slot.word)
        if case .summary(let summary) = slot.kind {
            switch kind {
            case .smallestInteger, .smallestFloat: result.value = summary.least
            case .largestInteger, .largestFloat: result.value = summary.most
            default: break
            }
        }
        return result
    }
}
