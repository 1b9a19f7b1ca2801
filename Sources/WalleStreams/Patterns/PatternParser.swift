/// Reads a pattern as it is written:
///
/// ```
/// product_view+ add_to_cart (not purchase)
/// v:product_view[price > 10]{2,5} -> (add_to_cart | wishlist_add) . checkout@'/shop/*'
/// ```
///
/// - A **step** is an event's name, in quotes (`'…'` or `"…"`) where it is not made of letters, digits and `_`. In quotes a
///   `*` stands for any text, `\*` for itself. `any`, or a `*` on its own, accepts every event.
/// - `@page` behind a name, or alone, accepts only events on that page; `[price > 10]` only those for which the condition is true.
/// - `v:` before a step, or before a group for its steps, names the events taken.
/// - `a b` follow each other as the definition's contiguity says, `a -> b` relaxed, `a ~> b` any, `a . b` strictly.
/// - `a | b` is one of both, `( )` groups; `+ * ? {n} {n,} {n,m}` directly behind a step or a group repeat it, as often as
///   possible, or with a `?` behind as rarely as possible. From one round to the next the definition's contiguity holds.
/// - `not a` or `not (a | b)`: none of these until the next step, or at the end until `within` has passed.
///
/// A recursive descent over bytes.
package struct PatternParser {
    let text: [UInt8]
    let limits: PatternLimits
    var position = 0
    var depth = 0

    /// Words of the language: events of these names are written in quotes.
    static let words: Set<String> = ["any", "not"]

    private init(_ text: String, _ limits: PatternLimits) {
        self.text = Array(text.utf8)
        self.limits = limits
    }

    package static func parse(
        _ text: String, limits: PatternLimits = PatternLimits()
    ) throws(StreamError) -> PatternElement {
        guard text.utf8.count <= limits.textBytes else {
            throw StreamError(
                .limit, "the pattern has \(text.utf8.count) bytes, more than \(limits.textBytes)",
                remedy: "Split it into several patterns.")
        }
        var parser = PatternParser(text, limits)
        let root = try parser.choice()
        guard parser.position == parser.text.count else {
            throw parser.unexpected(
                wanted: "a step or the end",
                remedy: parser.peek == UInt8(ascii: ")")
                    ? "Remove the `)`, or write its `(`." : "Remove it, or put a name that holds it in quotes.")
        }
        return root
    }

    // MARK: Structure

    private mutating func choice() throws(StreamError) -> PatternElement {
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(StreamError) -> PatternElement {
        var elements = [try item()]
        var gaps: [Contiguity?] = []
        while true {
            let gap = takeGap()
            if gap == nil, atEndOfSequence { break }
            elements.append(try item())
            gaps.append(gap)
        }
        return elements.count == 1 ? elements[0] : .sequence(elements, gaps: gaps)
    }

    private var atEndOfSequence: Bool {
        guard let peek else { return true }
        return peek == UInt8(ascii: ")") || peek == UInt8(ascii: "|")
            || !Self.beginsItem(peek) && !Self.isQuantifier(peek)
    }

    private mutating func takeGap() -> Contiguity? {
        for gap in [Contiguity.relaxed, .any, .strict] where take(gap.sign) { return gap }
        return nil
    }

    private mutating func item() throws(StreamError) -> PatternElement {
        if takeWord("not") { return try negation() }
        let label = takeLabel()
        var element = try primary()
        if let label { element = try labelled(element, label) }
        if case .not = element { try refuseQuantifier() }
        guard let quantifier = try takeQuantifier() else { return element }
        return .repeated(element, quantifier)
    }

    private mutating func primary() throws(StreamError) -> PatternElement {
        guard take("(") else { return .step(try step()) }
        depth += 1
        guard depth <= limits.depth else {
            throw StreamError(
                .limit, "\(place) there are more than \(limits.depth) groups within each other",
                remedy: "Write it with fewer groups.")
        }
        let inner = try choice()
        guard take(")") else { throw unexpected(wanted: "`)`", remedy: "Close the group that is open.") }
        depth -= 1
        return inner
    }

    private mutating func negation() throws(StreamError) -> PatternElement {
        let place = place
        let inner = try primary()
        let alternatives = if case .choice(let elements) = inner { elements } else { [inner] }
        var steps: [PatternStep] = []
        for element in alternatives {
            guard case .step(let step) = element, step.label == nil else {
                throw StreamError(
                    .definition, "\(place) `not` is followed by more than a step: `\(inner.text)`",
                    remedy:
                        "Write `not` before a step without name, or before steps with `|` between, as `not (a | b)`.")
            }
            steps.append(step)
        }
        try refuseQuantifier()
        return .not(steps)
    }

    private func refuseQuantifier() throws(StreamError) {
        guard position < text.count, Self.isQuantifier(text[position]) else { return }
        throw failure("`not` cannot be repeated", remedy: "Write it once: it holds up to the next step.")
    }

    private mutating func labelled(
        _ element: PatternElement, _ label: String
    ) throws(StreamError) -> PatternElement {
        if case .not = element {
            throw failure("`not` takes no events to name", remedy: "Remove `\(label):`.")
        }
        return element.labelled(label)
    }

    // MARK: Errors

    /// "at position 7 of the pattern": counted in characters, from 1.
    var place: String {
        "at position \(String(decoding: text[..<position], as: UTF8.self).count + 1) of the pattern"
    }

    func failure(_ message: String, remedy: String) -> StreamError {
        StreamError(.definition, "\(place) \(message)", remedy: remedy)
    }

    func unexpected(wanted: String, remedy: String) -> StreamError {
        let found =
            position < text.count ? "`\(String(decoding: text[position...].prefix(24), as: UTF8.self))`" : "the end"
        return failure("there is \(found), where \(wanted) is expected", remedy: remedy)
    }
}

extension PatternElement {
    /// Names the events of every step that has no name of its own.
    fileprivate func labelled(_ label: String) -> PatternElement {
        switch self {
        case .step(var step):
            step.label = step.label ?? label
            return .step(step)
        case .not: return self
        case .sequence(let elements, let gaps): return .sequence(elements.map { $0.labelled(label) }, gaps: gaps)
        case .choice(let elements): return .choice(elements.map { $0.labelled(label) })
        case .repeated(let element, let quantifier): return .repeated(element.labelled(label), quantifier)
        }
    }
}
