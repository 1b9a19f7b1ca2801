/// The steps that an event of one name may take, so arranged that only those are looked at whose page and attributes
/// fit: equality and pages by hash, ranges by sorted bounds.
struct TriggerCandidates: ~Copyable {
    /// A step, and all that most events need of it, side by side.
    struct Candidate: BitwiseCopyable {
        var step: UInt32
        /// The index of the conditions that end with it in `TriggerReach.endings`; −1 for none.
        var endings: Int32 = -1
        /// Its alternatives that accept the event's name, a bit each, of which one must be tested in full; 0 when
        /// the only one has been.
        var untested: UInt64
        /// The guards of those conditions.
        var guards: UnsafePointer<TriggerEndings.Guards>?
        var guardCount: Int32 = 0
        var account: Account
        /// Steps behind which an event is of account: see `Account`.
        var predecessors: UnsafePointer<UInt32>?
        /// The longest time bound of conditions that had the step at the same time.
        var retention: Int64
    }

    /// When an event that takes a step can become part of a match.
    struct Account: BitwiseCopyable {
        /// Always.
        var keepsAll: Bool
        /// Some condition is nothing but the step.
        var hasSingles: Bool
        /// Behind one of the predecessors, and not only the first one behind it.
        var isRepeated: Bool
        var predecessorCount: UInt8
    }

    /// Those that ask for no more than the name, or are tested in full, come first.
    private let all: UnsafeMutablePointer<Candidate>
    /// Comparisons that are so few that they are faster made one by one than looked up.
    private let few: UnsafeMutablePointer<Compared>
    private let plainCount: Int32
    private let fewCount: Int32
    /// Steps in all: no event has more candidates.
    let count: Int
    private let lookups: TriggerLookups?

    fileprivate struct Compared: BitwiseCopyable {
        var low: Int64
        var span: UInt64
        var attribute: Int32
        var candidate: Int32
    }

    private static let mostCompared = 12

    /// How the steps of a name are found.
    struct Plan {
        fileprivate var plain: [Int] = []
        fileprivate var paged: [(value: Int64, member: Int)] = []
        fileprivate var compared: [(comparison: TriggerPredicate.Comparison, member: Int)] = []
        /// Whether what they compare or their pages say everything.
        fileprivate var tested: Set<Int> = []

        init(_ tests: [[TriggerSteps.Test]], predicates: [TriggerPredicate], texts: TextDictionary) {
            for (member, tests) in tests.enumerated() {
                guard tests.count == 1 else {
                    plain.append(member)
                    continue
                }
                switch (tests[0].page, tests[0].predicate) {
                case (nil, nil):
                    plain.append(member)
                    tested.insert(member)
                case (.exactly(let page)?, let predicate):
                    paged.append((Int64(texts.code(of: page)), member))
                    if predicate == nil { tested.insert(member) }
                case (_?, _): plain.append(member)
                case (nil, let index?): add(predicates[index], member)
                }
            }
            // Comparisons of one attribute follow each other.
            compared.sort { ($0.comparison.attribute, $0.member) < ($1.comparison.attribute, $1.member) }
        }

        /// The members in the order in which they are laid out: those that are candidates of every event first.
        var order: [Int] { plain + compared.map(\.member) + paged.map(\.member) }

        private mutating func add(_ predicate: TriggerPredicate, _ member: Int) {
            let isAll = predicate.isComplete && predicate.comparisons.count == 1
            let equality = predicate.comparisons.first { $0.relation == .equal }
            guard let comparison = equality ?? (isAll ? predicate.comparisons[0] : nil), comparison.range != nil else {
                return plain.append(member)
            }
            compared.append((comparison, member))
            if isAll { tested.insert(member) }
        }

        fileprivate var comparesFew: Bool { compared.count <= mostCompared }
        /// Bytes of memory that events need of the steps.
        var byteCount: Int {
            (plain.count + paged.count + compared.count) * MemoryLayout<Candidate>.stride
                + (comparesFew ? compared.count : 0) * MemoryLayout<Compared>.stride
        }
    }

    /// The memory of candidates, the first that is needed.
    struct Parts {
        fileprivate let few: UnsafeMutablePointer<Compared>
        fileprivate let all: UnsafeMutablePointer<Candidate>

        init(_ plan: Plan, _ memory: inout NearMemory) {
            few = memory.take(Compared.self, count: plan.comparesFew ? plan.compared.count : 0)
            all = memory.take(Candidate.self, count: plan.order.count)
        }
    }

    init(_ candidates: [Candidate?], _ plan: Plan, _ parts: Parts) {
        let (order, compared) = (plan.order, plan.compared)
        let places = [Int: Int32](uniqueKeysWithValues: order.enumerated().map { ($1, Int32($0)) })
        (few, all) = (parts.few, parts.all)
        fewCount = plan.comparesFew ? Int32(compared.count) : 0
        if plan.comparesFew {
            for (index, (comparison, member)) in compared.enumerated() {
                guard let range = comparison.range, let candidate = places[member] else { continue }
                (few + index).initialize(
                    to: Compared(
                        low: range.lowerBound, span: UInt64(bitPattern: range.upperBound &- range.lowerBound),
                        attribute: Int32(comparison.attribute), candidate: candidate))
            }
        }
        for (place, member) in order.enumerated() {
            guard var candidate = candidates[member] else { continue }
            if plan.tested.contains(member) { candidate.untested = 0 }
            (all + place).initialize(to: candidate)
        }
        (plainCount, count) = (Int32(plan.plain.count), order.count)
        lookups = TriggerLookups(
            pages: plan.paged.map { ($0.value, places[$0.member] ?? 0) },
            comparisons: plan.comparesFew ? [] : compared.map { ($0.comparison, places[$0.member] ?? 0) })
    }

    subscript(candidate: Int32) -> UnsafeMutablePointer<Candidate> { all + Int(candidate) }

    /// Writes the candidates to a place that has room for `count` and one more.
    ///
    /// - Returns: How many.
    @inline(__always)
    func gather(_ values: borrowing RowValues, row: Int, page: Int64, into found: UnsafeMutablePointer<Int32>) -> Int {
        var count = 0
        // Mostly it is one, for which a call would take longer.
        while count < Int(plainCount) {
            found[count] = Int32(truncatingIfNeeded: count)
            count &+= 1
        }
        // The processor guesses badly which comparisons are true.
        for index in 0..<Int(fewCount) {
            let compared = few[index]
            found[count] = compared.candidate
            let isTrue = values.ordered(Int(compared.attribute)).isWithin(row, compared.low, compared.span)
            count &+= isTrue ? 1 : 0
        }
        guard let lookups else { return count }
        return count + lookups.gather(values, row: row, page: page, into: found + count)
    }
}

/// One piece of memory for all that events of a name need: the parts lie in it one behind the other, so that few cache lines
/// have it all.
struct NearMemory {
    /// Cache lines that are read ahead.
    static let lines = 6
    private let base: UnsafeMutableRawPointer
    private var used = 0

    /// - Parameter byteCount: Of all parts, each of which starts at a multiple of eight.
    init(byteCount: Int) {
        let size = max(byteCount, Self.lines * 64)
        base = .allocate(byteCount: size, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    }

    mutating func take<Element: ~Copyable>(_ type: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
        let part = (base + used).bindMemory(to: type, capacity: count)
        used += Self.byteCount(of: type, count: count)
        return part
    }

    static func byteCount<Element: ~Copyable>(of type: Element.Type, count: Int) -> Int {
        (count * MemoryLayout<Element>.stride + 7) & ~7
    }
}
