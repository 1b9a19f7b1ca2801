/// What of an event the candidates do not tell yet.
extension TriggerIndex {
    /// The first alternative of a step that accepts the event; −1 when none does.
    @inline(__always)
    func alternative(
        _ candidate: UnsafePointer<TriggerCandidates.Candidate>, _ event: TriggerEvent, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource
    ) throws(StreamError) -> Int {
        if candidate.pointee.untested == 0 { return 0 }
        return try tested(candidate, event, values, batch, predicates)
    }

    private func tested(
        _ candidate: UnsafePointer<TriggerCandidates.Candidate>, _ event: TriggerEvent, _ values: borrowing RowValues,
        _ batch: EventBatch, _ predicates: some PredicateSource
    ) throws(StreamError) -> Int {
        var bits = candidate.pointee.untested
        while bits != 0 {
            let index = bits.trailingZeroBitCount
            bits &= bits - 1
            let test = steps.steps[Int(candidate.pointee.step)].tests[index]
            guard fits(test.page, event.page) else { continue }
            guard let predicate = test.predicate else { return index }
            if try isTrue(predicate, event, values, batch, predicates) { return index }
        }
        return -1
    }

    func fits(_ test: NameTest?, _ page: Int64) -> Bool {
        guard let test else { return true }
        return test.accepts(page < 0 ? nil : texts.text(UInt32(page)))
    }

    func isTrue(
        _ index: Int, _ event: TriggerEvent, _ values: borrowing RowValues, _ batch: EventBatch,
        _ source: some PredicateSource
    ) throws(StreamError) -> Bool {
        for comparison in predicates[index].comparisons where !values.isTrue(comparison, event.row) { return false }
        if predicates[index].isComplete { return true }
        if truths[index] == nil { truths[index] = try source.truth(of: predicates[index].predicate, in: batch) }
        guard let truth = truths[index] else { return false }
        return !truth.isNull(event.row) && truth.bools[event.row] != 0
    }
}
