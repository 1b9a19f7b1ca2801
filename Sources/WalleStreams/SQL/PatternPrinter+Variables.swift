/// The variables of a pattern, their conditions, and what a row tells of their events.
extension PatternPrinter {
    /// - Throws: `StreamError` for a condition that is none.
    mutating func addVariables() throws(StreamError) {
        var loose: PatternPlace?
        for place in places.places {
            guard !place.isLoose else {
                loose = place
                names.append("")
                continue
            }
            let name = free(Self.word(place.steps[0]))
            if place.gap != .strict { try addSkipped(before: place, "until_\(name)", loose) }
            loose = nil
            names.append(name)
            let condition = try condition(place.steps, name)
            variables.append(Variable(name: name, quantifier: quantifier(place), condition: condition))
            try tell(place, name)
        }
    }

    /// A variable for the events that may lie before a place.
    ///
    /// - Parameter loose: Events of a match that may be among them.
    private mutating func addSkipped(
        before place: PatternPlace, _ word: String, _ loose: PatternPlace?
    ) throws(StreamError) {
        // What accepts every event leaves none to skip.
        let ends = (place.gap == .any ? [] : place.steps) + place.forbidden
        guard !ends.contains(where: \.acceptsAll) else { return }
        let name = free(word)
        let end = try condition(ends, name)
        variables.append(Variable(name: name, quantifier: "*?", condition: end.map { "(\($0)) IS NOT TRUE" }))
        guard let loose else { return }
        let condition = try condition(loose.steps, name)
        tell(
            loose, times: "count(\(condition.map { "CASE WHEN \($0) THEN 1 END" } ?? "\(dialect.name(name)).\(time)"))")
    }

    /// Which quantifier: where only one way is open greedy and reluctant ones are the same.
    private func quantifier(_ place: PatternPlace) -> String {
        if place.isSingle { return "" }
        var quantifier = place.quantifier
        // Flink has no other.
        if place.isFixed || quantifier.most == 1 { quantifier.isReluctant = false }
        return quantifier.text
    }

    // MARK: Names

    /// What a variable for the events of a step is called, if nothing else is.
    private static func word(_ step: PatternStep) -> String {
        if let label = step.label { return label }
        guard case .exactly(let name) = step.event, NameTest.isIdentifier(name), name.utf8.count <= 64 else {
            return "step"
        }
        return name
    }

    /// The word, or with a number behind it.
    private func free(_ word: String) -> String {
        let taken = Set(variables.map { $0.name.lowercased() })
        var (name, number) = (word, 2)
        while taken.contains(name.lowercased()) {
            name = "\(word)_\(number)"
            number += 1
        }
        return name
    }

    // MARK: Conditions

    /// Of events that pass one of the steps; nil where all do.
    private mutating func condition(_ steps: [PatternStep], _ variable: String) throws(StreamError) -> String? {
        if steps.isEmpty || steps.contains(where: \.acceptsAll) { return nil }
        var conditions: [String] = []
        for step in steps {
            let condition = try condition(step, variable)
            if !conditions.contains(condition) { conditions.append(condition) }
        }
        return conditions.count == 1 ? conditions[0] : conditions.map { "(\($0))" }.joined(separator: " OR ")
    }

    private mutating func condition(_ step: PatternStep, _ variable: String) throws(StreamError) -> String {
        var parts: [String] = []
        if let event = test(step.event, scope.schema.event, variable) { parts.append(event) }
        if let test = step.page, test != .any {
            parts.append(scope.schema.page.flatMap { self.test(test, $0, variable) } ?? "FALSE")
        }
        if let predicate = step.predicate {
            parts.append(text(try predicate.checked(in: scope), "pattern", of: variable))
        }
        return parts.isEmpty ? "TRUE" : parts.joined(separator: " AND ")
    }

    private func test(_ test: NameTest, _ column: String, _ variable: String) -> String? {
        let value = "\(dialect.name(variable)).\(dialect.name(column))"
        switch test {
        case .any: return nil
        case .exactly(let name): return "\(value) = \(dialect.text(name))"
        case .wildcard(let parts):
            let pattern = parts.map { part in
                part.replacing("!", with: "!!").replacing("%", with: "!%").replacing("_", with: "!_")
            }.joined(separator: "%")
            return "\(value) LIKE \(dialect.text(pattern)) ESCAPE '!'"
        }
    }

    // MARK: Rows

    private mutating func tell(_ place: PatternPlace, _ variable: String) throws(StreamError) {
        guard place.isSingle else { return tell(place, times: "count(\(dialect.name(variable)).\(time))") }
        guard place.variable == nil else { return told.append(Told(name: dialect.text(place.steps[0].variable))) }
        // The first that accepts the event took it.
        var branches = ""
        for step in place.steps.dropLast() {
            branches += " WHEN \(try condition(step, variable)) THEN \(dialect.text(step.variable))"
        }
        let last = dialect.text(place.steps[place.steps.count - 1].variable)
        told.append(Told(name: measure("CASE\(branches) ELSE \(last) END")))
    }

    private mutating func tell(_ place: PatternPlace, times count: String) {
        var count = count
        if place.isLoose, let most = place.quantifier.most { count = "least(\(count), CAST(\(most) AS BIGINT))" }
        told.append(Told(name: dialect.text(place.steps[0].variable), count: measure(count)))
    }

    private mutating func measure(_ value: String) -> String {
        let name = "walle_measure_\(measures.count + 1)"
        measures.append("\(value) AS \(name)")
        return name
    }

    /// What the events of a match are called, as an array. Flink repeats texts only, so that where some repeat it is a text
    /// that is split.
    var eventNames: String {
        guard told.contains(where: { $0.count != nil }) else {
            return "ARRAY[\(told.map(\.name).joined(separator: ", "))]"
        }
        let names = places.places.flatMap(\.steps).map(\.variable)
        let free = ([",", "|", ";", "\t", "\u{1}"] as [Character]).first { sign in !names.contains { $0.contains(sign) }
        }
        let sign = dialect.text(String(free ?? "\u{2}"))
        let parts = told.map { part in
            let name = "\(sign) || \(part.name)"
            return part.count.map { "repeat(\(name), CAST(\($0) AS INT))" } ?? name
        }
        return "split(substring(\(parts.joined(separator: " || ")), 2), \(sign))"
    }
}
