/// Tells where a condition is true: the seam to whoever evaluates expressions.
package protocol PredicateSource {
    /// A column of type `bool`, a row an event of the batch; null counts as false. Asked at most once a batch and condition.
    func truth(of predicate: PatternPredicate, in batch: EventBatch) throws(StreamError) -> Column
}

/// Which tests the events of a batch pass.
///
/// Belongs to one thread at a time, and to one dictionary of texts: what is known of a code is kept.
package final class PatternTests {
    private let program: PatternProgram
    /// The tests that a code passes as the name of an event or a page; tests that do not ask for it included.
    private var byEvent: [UInt64] = []
    private var byPage: [UInt64] = []
    private let withoutEvent: UInt64
    private let withoutPage: UInt64
    /// Tests with a condition, for each the bit and the index of the condition.
    private let conditions: [(bit: UInt64, predicate: Int)]

    package init(_ program: PatternProgram) {
        self.program = program
        withoutEvent = Self.mask(program) { $0.event.accepts(nil) }
        withoutPage = Self.mask(program) { $0.page?.accepts(nil) ?? true }
        conditions = program.tests.enumerated().compactMap { index, test in
            test.predicate.map { (1 << UInt64(index), $0) }
        }
    }

    private static func mask(_ program: PatternProgram, _ passes: (PatternTest) -> Bool) -> UInt64 {
        program.tests.enumerated().reduce(0) { passes($1.element) ? $0 | 1 << UInt64($1.offset) : $0 }
    }

    /// Calls `each` with the tests that each row passes, a bit each.
    package func accepted(
        in batch: EventBatch, _ predicates: some PredicateSource
    ) throws(StreamError) -> [UInt64] {
        learn(batch.texts)
        var accepted = [UInt64](repeating: 0, count: batch.count)
        let (events, pages) = (batch.events, batch.pages)
        var some: UInt64 = 0
        for row in 0..<batch.count {
            let event = events.isNull(row) ? withoutEvent : byEvent[Int(events.codes[row])]
            let page = event == 0 ? 0 : pages.isNull(row) ? withoutPage : byPage[Int(pages.codes[row])]
            accepted[row] = event & page
            some |= event & page
        }
        for index in program.predicates.indices {
            let bits = conditions.reduce(0) { $1.predicate == index ? $0 | $1.bit : $0 }
            guard bits & some != 0 else { continue }
            let truth = try predicates.truth(of: program.predicates[index], in: batch)
            for row in 0..<batch.count where truth.isNull(row) || truth.bools[row] == 0 { accepted[row] &= ~bits }
        }
        return accepted
    }

    private func learn(_ texts: TextDictionary) {
        for code in byEvent.count..<max(texts.count, byEvent.count) {
            let text = texts.text(UInt32(code))
            byEvent.append(Self.mask(program) { $0.event.accepts(text) })
            byPage.append(Self.mask(program) { $0.page?.accepts(text) ?? true })
        }
    }
}

extension PatternMatcher {
    /// Looks at the events of a batch, which are in the order of their times.
    ///
    /// - Parameters:
    ///   - keys: The code of each row's key, `int`; nil for one key.
    ///   - rows: The place in the stream of each row, `int`; nil when they follow each other from the batch's offset on.
    package func take(
        _ batch: EventBatch, keys: Column?, rows: Column? = nil, tests: PatternTests,
        predicates: some PredicateSource, into matches: inout PatternMatches
    ) throws(StreamError) {
        let accepted = try tests.accepted(in: batch, predicates)
        let times = batch.times.ints
        let (keys, rows) = (keys?.ints, rows?.ints)
        for row in 0..<batch.count {
            take(
                key: keys?[row] ?? 0, time: times[row], row: rows?[row] ?? batch.offset + Int64(row),
                accepted: accepted[row], into: &matches)
        }
    }
}
