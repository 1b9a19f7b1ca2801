/// A regular expression that RE2 and Java read alike, matched in time linear in the text.
///
/// Knows literals, `.`, classes `[a-z]` and `[^…]`, `\d \w \s` of ASCII and their complements, `\b`, `^`, `$`, groups
/// `( )` and `(?: )`, `|`, and `* + ? {m,n}`, each lazy with a `?` behind. Matches as Perl does: the leftmost,
/// alternatives in their order. Runs all threads of the pattern side by side (Pike's machine: Russ Cox, "Regular
/// Expression Matching: the Virtual Machine Approach", 2009), so that no text from outside makes it slow.
struct TextPattern {
    /// How many parts in parentheses it remembers.
    let groups: Int
    private let program: [PatternInstruction]

    /// - Throws: `StreamError` that tells what the pattern has and these engines do not share.
    init(_ pattern: String) throws(StreamError) {
        var compiler = PatternCompiler(pattern)
        program = try compiler.compile()
        groups = compiler.groups
    }

    private struct Thread {
        var instruction: Int
        var start = -1
        var end = -1
    }

    /// The places of one group in the first match, counted in code points: empty at zero when the match has no such
    /// part; nil when nothing matches.
    func firstMatch(in text: [Unicode.Scalar], group: Int) -> Range<Int>? {
        var matcher = Matcher(program: program, text: text, group: group)
        guard let found = matcher.run() else { return nil }
        return found.start >= 0 && found.end >= found.start ? found.start..<found.end : 0..<0
    }

    private struct Matcher {
        let program: [PatternInstruction]
        let text: [Unicode.Scalar]
        let group: Int
        var current: [Thread] = []
        var next: [Thread] = []
        /// The place at which an instruction was last reached, plus one.
        var reached: [Int]
        var pending: [Thread] = []

        init(program: [PatternInstruction], text: [Unicode.Scalar], group: Int) {
            (self.program, self.text, self.group) = (program, text, group)
            reached = Array(repeating: 0, count: program.count)
        }

        mutating func run() -> Thread? {
            var found: Thread?
            for place in 0...text.count {
                // Threads of an earlier start come first.
                if found == nil { follow(Thread(instruction: 0), at: place) }
                if next.isEmpty && found != nil { break }
                swap(&current, &next)
                next.removeAll(keepingCapacity: true)
                if let match = step(at: place) { found = match }
            }
            return found
        }

        /// Moves every thread over the code point at `place`; gives the match that cut off the threads after it.
        private mutating func step(at place: Int) -> Thread? {
            for thread in current {
                if case .match = program[thread.instruction] { return thread }
                guard place < text.count, program[thread.instruction].accepts(text[place]) else { continue }
                var moved = thread
                moved.instruction += 1
                follow(moved, at: place + 1)
            }
            return nil
        }

        /// Goes on without reading until a code point is wanted.
        private mutating func follow(_ thread: Thread, at place: Int) {
            pending.append(thread)
            while var thread = pending.popLast() {
                if reached[thread.instruction] == place + 1 { continue }
                reached[thread.instruction] = place + 1
                switch program[thread.instruction] {
                case .jump(let target):
                    thread.instruction = target
                    pending.append(thread)
                case .split(let first, let second):
                    thread.instruction = second
                    pending.append(thread)
                    thread.instruction = first
                    pending.append(thread)
                case .open(let group), .close(let group):
                    if group == self.group { mark(&thread, place) }
                    thread.instruction += 1
                    pending.append(thread)
                case .assert(let assertion):
                    guard assertion.holds(in: text, at: place) else { continue }
                    thread.instruction += 1
                    pending.append(thread)
                case .scalar, .any, .oneOf, .match: next.append(thread)
                }
            }
        }

        private func mark(_ thread: inout Thread, _ place: Int) {
            if case .open = program[thread.instruction] {
                thread.start = place
            } else {
                thread.end = place
            }
        }
    }
}

/// A step of a pattern's machine.
enum PatternInstruction {
    case scalar(Unicode.Scalar)
    /// Anything but a line feed.
    case any
    case oneOf(ScalarSet)
    /// To both, the first with priority.
    case split(Int, Int)
    case jump(Int)
    case open(Int)
    case close(Int)
    case assert(PatternAssertion)
    case match

    func accepts(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .scalar(let wanted): scalar == wanted
        case .any: scalar != "\n"
        case .oneOf(let set): set.contains(scalar)
        default: false
        }
    }
}

enum PatternAssertion {
    case begin
    case end
    case wordBoundary
    case noWordBoundary

    func holds(in text: [Unicode.Scalar], at place: Int) -> Bool {
        switch self {
        case .begin: place == 0
        case .end: place == text.count
        case .wordBoundary: Self.isBoundary(text, place)
        case .noWordBoundary: !Self.isBoundary(text, place)
        }
    }

    private static func isBoundary(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
        let before = place > 0 && ScalarSet.word.contains(text[place - 1])
        return before != (place < text.count && ScalarSet.word.contains(text[place]))
    }
}

/// Code points in ranges.
struct ScalarSet {
    var ranges: [ClosedRange<Unicode.Scalar>]
    var isNegated = false

    static let digit = ScalarSet(ranges: ["0"..."9"])
    static let word = ScalarSet(ranges: ["0"..."9", "A"..."Z", "_"..."_", "a"..."z"])
    static let space = ScalarSet(ranges: ["\t"..."\n", "\u{c}"..."\r", " "..." "])

    func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }

    /// The same code points without negation.
    var plain: [ClosedRange<Unicode.Scalar>] {
        guard isNegated else { return ranges }
        var gaps: [ClosedRange<Unicode.Scalar>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound.value > next, let low = Unicode.Scalar(next),
                let high = Unicode.Scalar(range.lowerBound.value - 1)
            {
                gaps.append(low...high)
            }
            next = max(next, range.upperBound.value + 1)
        }
        if let low = Unicode.Scalar(next) { gaps.append(low..."\u{10ffff}") }
        return gaps
    }
}
