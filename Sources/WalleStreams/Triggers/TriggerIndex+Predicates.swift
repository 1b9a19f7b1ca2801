/// The conditions on attributes, each there once however many steps have it.
extension TriggerIndex {
    func predicate(_ predicate: PatternPredicate) -> Int {
        if let known = knownPredicates[predicate] {
            predicates[known].uses += 1
            return known
        }
        var new = TriggerPredicate(predicate, schema: schema, texts: texts)
        new.uses = 1
        let index = freePredicates.popLast() ?? predicates.count
        if index == predicates.count { predicates.append(new) } else { predicates[index] = new }
        knownPredicates[predicate] = index
        return index
    }

    func release(_ tests: [TriggerSteps.Test]) {
        for case let predicate? in tests.map(\.predicate) { release(predicate) }
    }

    func release(_ predicate: Int) {
        predicates[predicate].uses -= 1
        guard predicates[predicate].uses == 0 else { return }
        knownPredicates[predicates[predicate].predicate] = nil
        freePredicates.append(predicate)
    }
}
