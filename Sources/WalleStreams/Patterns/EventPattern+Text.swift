extension EventPattern {
    /// As `PatternParser` reads it.
    package var text: String { root.text }
}

extension PatternElement {
    /// The pattern as `PatternParser` reads it: reading it gives the same tree.
    package var text: String {
        switch self {
        case .step(let step): step.text
        case .not(let steps):
            steps.count == 1 ? "not \(steps[0].text)" : "not (\(steps.map(\.text).joined(separator: " | ")))"
        case .sequence(let elements, let gaps): Self.text(of: elements, gaps)
        case .choice(let elements): elements.map { $0.isChoice ? "(\($0.text))" : $0.text }.joined(separator: " | ")
        case .repeated(let element, let quantifier): element.grouped + quantifier.text
        }
    }

    private static func text(of elements: [PatternElement], _ gaps: [Contiguity?]) -> String {
        var text = ""
        for (index, element) in elements.enumerated() {
            if index > 0 { text += gaps[index - 1].map { " \($0.sign) " } ?? " " }
            text += element.isSequence || element.isChoice ? "(\(element.text))" : element.text
        }
        return text
    }

    private var grouped: String { if case .step = self { text } else { "(\(text))" } }
    private var isSequence: Bool { if case .sequence = self { true } else { false } }
    private var isChoice: Bool { if case .choice = self { true } else { false } }
}

extension PatternQuantifier {
    package var text: String {
        let count =
            switch (least, most) {
            case (0, 1): "?"
            case (0, nil): "*"
            case (1, nil): "+"
            case (_, nil): "{\(least),}"
            case (_, let most?): most == least ? "{\(least)}" : "{\(least),\(most)}"
            }
        return isReluctant ? count + "?" : count
    }
}

extension PatternStep {
    package var text: String {
        var text = label.map { "\($0):" } ?? ""
        text += event == .any && page != nil ? "" : event.text
        if let page { text += "@\(page.text)" }
        if let predicate { text += "[\(predicate.text)]" }
        return text
    }
}

extension NameTest {
    package var text: String {
        switch self {
        case .any: return "any"
        case .exactly(let name):
            return Self.isIdentifier(name) ? name : "'\(Self.quoted(name))'"
        case .wildcard(let parts): return "'\(parts.map(Self.quoted).joined(separator: "*"))'"
        }
    }

    /// Letters and digits of ASCII and `_`, no digit first, and no word of the language.
    package static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, PatternParser.beginsName(first) else { return false }
        return name.utf8.allSatisfy(PatternParser.continuesName) && !PatternParser.words.contains(name)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            if scalar == "'" || scalar == "\\" || scalar == "*" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted
    }
}
