extension EventPattern {
    /// Reads a pattern and its conditions.
    ///
    /// - Parameter expression: Reads the text of a condition.
    /// - Throws: `StreamError` that names the position, what was found and the remedy.
    package static func parse(
        _ text: String, contiguity: Contiguity = .relaxed, skip: MatchSkip = .pastLastRow, within: Microseconds,
        limits: PatternLimits = PatternLimits(), expression: (String) throws(StreamError) -> Expression
    ) throws(StreamError) -> EventPattern {
        let root = try PatternParser.parse(text, limits: limits)
        let pattern = EventPattern(root, contiguity: contiguity, skip: skip, within: within)
        try pattern.validate()
        return try pattern.readingPredicates(expression)
    }

    /// The same with every condition read.
    package func readingPredicates(
        _ read: (String) throws(StreamError) -> Expression
    ) throws(StreamError) -> EventPattern {
        var pattern = self
        pattern.root = try root.mapSteps { step throws(StreamError) in
            guard let predicate = step.predicate else { return step }
            var step = step
            step.predicate?.expression = try read(predicate.text)
            return step
        }
        return pattern
    }

    /// What cannot be seen from one place of the text.
    package func validate() throws(StreamError) {
        guard within > 0 else {
            throw StreamError(
                .definition, field: "within",
                "a pattern needs a time bound above zero, or what it keeps grows for ever",
                remedy: "Write how long a match may take, such as \"10min\".")
        }
        guard root.leastEvents > 0 else {
            throw StreamError(
                .definition, field: "pattern", "the pattern matches without any event",
                remedy: "Ask for a step, as `\(root.allSteps.first?.variable ?? "a")+`.")
        }
        guard !root.beginsWithNot else {
            throw StreamError(
                .definition, field: "pattern", "the pattern can begin with `not`, of which nobody knows since when",
                remedy: "Write a step before it.")
        }
        try root.validateGaps()
        try validateVariables()
    }

    private func validateVariables() throws(StreamError) {
        let variables = Set(root.takingSteps.map(\.variable))
        switch skip {
        case .pastLastRow, .toNextRow, .none: break
        case .toFirst(let name), .toLast(let name):
            guard variables.contains(name) else {
                throw StreamError(
                    .definition, field: "skip", "no step is called `\(name)`",
                    remedy: "Name one of \(variables.sorted().map { "`\($0)`" }.joined(separator: ", ")).")
            }
        }
        for predicate in predicates {
            guard let name = predicate.references(toAnyOf: variables) else { continue }
            throw StreamError(
                .definition, field: "pattern",
                "the condition `\(predicate.text)` refers to `\(name)`, an earlier event of the match, which is not supported",
                remedy: "Compare with a literal or with another attribute of the same event.")
        }
    }
}

extension PatternElement {
    /// The fewest events that match; only whether it is zero is exact.
    fileprivate var leastEvents: Int {
        switch self {
        case .step: 1
        case .not: 0
        case .sequence(let elements, _): elements.reduce(0) { max($0, $1.leastEvents) }
        case .choice(let elements): elements.map(\.leastEvents).min() ?? 0
        case .repeated(let element, let quantifier): quantifier.least == 0 ? 0 : element.leastEvents
        }
    }

    fileprivate var beginsWithNot: Bool {
        switch self {
        case .step: return false
        case .not: return true
        case .sequence(let elements, _):
            for element in elements {
                if element.beginsWithNot { return true }
                if element.leastEvents > 0 { return false }
            }
            return false
        case .choice(let elements): return elements.contains(where: \.beginsWithNot)
        case .repeated(let element, _): return element.beginsWithNot
        }
    }

    fileprivate func validateGaps() throws(StreamError) {
        switch self {
        case .step, .not: return
        case .repeated(let element, _): try element.validateGaps()
        case .choice(let elements):
            for element in elements {
                if case .not = element {
                    throw StreamError(
                        .definition, field: "pattern", "`\(element.text)` is an alternative of its own",
                        remedy: "Write it behind the step that it follows, in every alternative.")
                }
                try element.validateGaps()
            }
        case .sequence(let elements, let gaps):
            for (index, gap) in gaps.enumerated() where gap == .strict {
                for case .not(let steps) in [elements[index], elements[index + 1]] {
                    throw StreamError(
                        .definition, field: "pattern",
                        "`.` stands beside `\(PatternElement.not(steps).text)`: nothing may come in a strict gap anyway",
                        remedy: "Remove the `not`, or write `->` for the `.`.")
                }
            }
            for element in elements { try element.validateGaps() }
        }
    }
}

extension PatternPredicate {
    /// The first `name.` outside of quotes whose name is a variable.
    fileprivate func references(toAnyOf variables: Set<String>) -> String? {
        let bytes = Array(text.utf8)
        var (index, quote) = (0, UInt8(0))
        while index < bytes.count {
            let byte = bytes[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if PatternParser.beginsName(byte) {
                let start = index
                while index < bytes.count, PatternParser.continuesName(bytes[index]) { index += 1 }
                let name = String(decoding: bytes[start..<index], as: UTF8.self)
                if index < bytes.count, bytes[index] == UInt8(ascii: "."), variables.contains(name) { return name }
                continue
            }
            index += 1
        }
        return nil
    }
}
