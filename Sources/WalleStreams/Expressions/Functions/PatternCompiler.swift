/// Compiles a regular expression, by recursive descent, for `TextPattern`.
struct PatternCompiler {
    /// How long a pattern and its program may be, and how often a count may repeat (as in RE2).
    private enum Limit {
        static let scalars = 1_000
        static let instructions = 10_000
        static let repeats = 1_000
        static let nesting = 50
    }

    private let pattern: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var nesting = 0
    private var program: [PatternInstruction] = []
    private(set) var groups = 0

    init(_ pattern: String) {
        self.pattern = pattern
        scalars = Array(pattern.unicodeScalars)
    }

    mutating func compile() throws(StreamError) -> [PatternInstruction] {
        guard scalars.count <= Limit.scalars else {
            throw error("is longer than \(Limit.scalars) characters", "Shorten it.")
        }
        program.append(.open(0))
        try alternatives()
        guard position == scalars.count else { throw error("has a ')' too many", "Write \\) for a parenthesis.") }
        program += [.close(0), .match]
        return program
    }

    private func error(_ message: String, _ remedy: String) -> StreamError {
        StreamError(.definition, "the pattern '\(pattern.prefix(80))' \(message)", remedy: remedy)
    }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private mutating func append(_ instruction: PatternInstruction) throws(StreamError) {
        guard program.count < Limit.instructions else {
            throw error("is too large with its repetitions", "Repeat fewer times.")
        }
        program.append(instruction)
    }

    private mutating func alternatives() throws(StreamError) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Limit.nesting else { throw error("has too many groups within groups", "Use fewer.") }
        let begin = program.count
        try sequence()
        var ends: [Int] = []
        while accept("|") {
            // The first alternative moves behind the choice; its jumps and choices move along.
            shift(from: ends.last.map { $0 + 1 } ?? begin, by: 1)
            let start = ends.last.map { $0 + 1 } ?? begin
            program[start] = .split(start + 1, program.count + 1)
            ends.append(program.count)
            try append(.jump(0))
            try sequence()
        }
        for end in ends { program[end] = .jump(program.count) }
    }

    /// Makes room for `count` instructions before `place`.
    private mutating func shift(from place: Int, by count: Int) {
        for index in place..<program.count {
            switch program[index] {
            case .jump(let target): program[index] = .jump(target >= place ? target + count : target)
            case .split(let first, let second):
                program[index] = .split(
                    first >= place ? first + count : first, second >= place ? second + count : second)
            default: break
            }
        }
        program.insert(contentsOf: Array(repeating: .match, count: count), at: place)
    }

    private mutating func sequence() throws(StreamError) {
        while let scalar = peek, scalar != "|", scalar != ")" {
            let begin = program.count
            try atom()
            try repetition(of: begin)
        }
    }

    private mutating func atom() throws(StreamError) {
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case ".": try append(.any)
        case "^": try append(.assert(.begin))
        case "$": try append(.assert(.end))
        case "[": try append(.oneOf(try set()))
        case "(": try group()
        case "\\": try escape()
        case "*", "+", "?": throw error("repeats nothing with \(scalar)", "Write \\\(scalar) for the character.")
        default: try append(.scalar(scalar))
        }
    }

    private mutating func group() throws(StreamError) {
        var number: Int?
        if accept("?") {
            guard accept(":") else {
                throw error("has a group with (?", "Only (?: ) is known, which remembers nothing.")
            }
        } else {
            groups += 1
            number = groups
        }
        if let number { try append(.open(number)) }
        try alternatives()
        guard accept(")") else { throw error("has a '(' without ')'", "Close it, or write \\( for a parenthesis.") }
        if let number { try append(.close(number)) }
    }

    private mutating func escape() throws(StreamError) {
        if accept("b") { return try append(.assert(.wordBoundary)) }
        if accept("B") { return try append(.assert(.noWordBoundary)) }
        if let set = escapedSet() { return try append(.oneOf(set)) }
        try append(.scalar(try escapedScalar()))
    }

    private mutating func escapedSet() -> ScalarSet? {
        let sets: [Unicode.Scalar: ScalarSet] = ["d": .digit, "w": .word, "s": .space]
        guard let letter = peek, let set = sets[letter.properties.isUppercase ? lower(letter) : letter] else {
            return nil
        }
        position += 1
        return ScalarSet(ranges: set.ranges, isNegated: letter.properties.isUppercase)
    }

    private func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.isASCII ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }

    private mutating func escapedScalar() throws(StreamError) -> Unicode.Scalar {
        guard let scalar = peek else { throw error("ends with a backslash", "Write \\\\ for a backslash.") }
        position += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{c}"
        default: break
        }
        guard !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) else {
            throw error("has \\\(scalar)", "Known are \\d \\w \\s \\D \\W \\S \\b \\B \\n \\t \\r \\f.")
        }
        return scalar
    }

    private mutating func set() throws(StreamError) -> ScalarSet {
        let isNegated = accept("^")
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var isFirst = true
        while let scalar = peek, scalar != "]" || isFirst {
            isFirst = false
            position += 1
            // Java joins and cuts sets with these, RE2 does not.
            guard scalar != "[", scalar != "&" || peek != "&" else {
                throw error("has \(scalar) in a class", "Write \\\(scalar) for the character.")
            }
            if scalar == "\\", let set = escapedSet() {
                ranges += set.plain
                continue
            }
            let low = scalar == "\\" ? try escapedScalar() : scalar
            ranges.append(low...(try upperBound(of: low)))
        }
        guard accept("]") else { throw error("has a '[' without ']'", "Close it, or write \\[ for a bracket.") }
        return ScalarSet(ranges: ranges, isNegated: isNegated)
    }

    private mutating func upperBound(of low: Unicode.Scalar) throws(StreamError) -> Unicode.Scalar {
        guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else { return low }
        position += 1
        var high = scalars[position]
        position += 1
        if high == "\\" { high = try escapedScalar() }
        guard high >= low else { throw error("has the range \(low)-\(high)", "Write ranges upwards.") }
        return high
    }

    private mutating func repetition(of begin: Int) throws(StreamError) {
        let least: Int
        var most: Int?
        switch peek {
        case "*": (least, position) = (0, position + 1)
        case "+": (least, position) = (1, position + 1)
        case "?": (least, most, position) = (0, 1, position + 1)
        case "{": (least, most) = try counts()
        default: return
        }
        let isLazy = accept("?")
        if let next = peek, next == "+" || next == "*" || next == "?" || next == "{" {
            throw error("repeats a repetition", "Put the part in (?: ).")
        }
        try repeated(begin, least, most, isLazy: isLazy)
    }

    private mutating func counts() throws(StreamError) -> (Int, Int?) {
        position += 1
        guard let least = number() else { throw error("has a '{' without a count", "Write {2,5}, or \\{ for a brace.") }
        var most: Int? = least
        if accept(",") { most = peek == "}" ? nil : number() ?? -1 }
        guard accept("}"), most ?? least >= least, max(least, most ?? 0) <= Limit.repeats else {
            throw error("has a wrong count", "Write {2}, {2,} or {2,5}, at most \(Limit.repeats).")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = peek, ("0"..."9").contains(scalar), digits.count < 6 {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return Int(digits)
    }

    private mutating func repeated(_ begin: Int, _ least: Int, _ most: Int?, isLazy: Bool) throws(StreamError) {
        let atom = Array(program[begin...])
        program.removeLast(atom.count)
        guard let most else { return try unbounded(atom, begin, least, isLazy: isLazy) }
        for _ in 0..<least { try copy(atom, from: begin) }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(program.count)
            try append(.match)
            try copy(atom, from: begin)
        }
        for split in splits { program[split] = choice(split + 1, program.count, isLazy) }
    }

    /// The choice to go on stands behind the part, as in RE2: a part that matched nothing is not tried again in its place.
    private mutating func unbounded(_ atom: [PatternInstruction], _ begin: Int, _ least: Int, isLazy: Bool)
        throws(StreamError)
    {
        for _ in 0..<max(0, least - 1) { try copy(atom, from: begin) }
        let skip = program.count
        if least == 0 { try append(.match) }
        let again = program.count
        try copy(atom, from: begin)
        let end = program.count + 1
        try append(choice(again, end, isLazy))
        if least == 0 { program[skip] = choice(again, end, isLazy) }
    }

    private func choice(_ again: Int, _ done: Int, _ isLazy: Bool) -> PatternInstruction {
        isLazy ? .split(done, again) : .split(again, done)
    }

    private mutating func copy(_ atom: [PatternInstruction], from begin: Int) throws(StreamError) {
        let moved = program.count - begin
        for instruction in atom {
            switch instruction {
            case .jump(let target): try append(.jump(target + moved))
            case .split(let first, let second): try append(.split(first + moved, second + moved))
            default: try append(instruction)
            }
        }
    }
}
