internal import CWallePython
internal import WallePython

/// The arguments of a call as CPython hands them over: first those by position, then those by name.
struct GivenArguments {
    let values: UnsafePointer<PythonPointer?>?
    let positionalCount: Int
    let names: PythonPointer?

    var keywordCount: Int { names.map { walle_Size($0) } ?? 0 }

    subscript(index: Int) -> PythonPointer? { values.unsafelyUnwrapped[index] }
}

extension Signature {
    /// Sorts the arguments of a call to the parameters, with the rules, the order of checks and the words of CPython's
    /// own functions (`initialize_locals` in `Python/ceval.c`).
    ///
    /// - Returns: false with an exception set when they do not fit.
    func bind(_ given: GivenArguments, to slots: UnsafeMutableBufferPointer<PythonPointer?>) -> Bool {
        slots.update(repeating: nil)
        for index in 0..<min(given.positionalCount, positionalCount) { slots[index] = given[index] }
        for index in 0..<given.keywordCount {
            let name = walle_TupleItem(given.names, index)!
            guard let place = parameters.firstIndex(where: { Self.matches(name, $0.name) }) else {
                return fail(unexpected(String(python: name)))
            }
            guard slots[place] == nil else {
                return fail("got multiple values for argument '\(parameters[place].name)'")
            }
            slots[place] = given[given.positionalCount + index]
        }
        if given.positionalCount > positionalCount { return fail(tooMany(given.positionalCount, slots)) }
        for kind in [false, true] {
            let missing = parameters.indices.filter {
                parameters[$0].isKeywordOnly == kind && slots[$0] == nil && parameters[$0].standard == nil
            }
            if !missing.isEmpty { return fail(self.missing(missing, kind ? "keyword-only" : "positional")) }
        }
        return true
    }

    private static func matches(_ object: PythonPointer, _ name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                PyUnicode_EqualToUTF8AndSize(object, $0.baseAddress, $0.count) != 0
            }
        }
    }

    private func fail(_ message: String) -> Bool {
        walle_SetError(walle_TypeError(), "\(title)() \(message)")
        return false
    }

    private func unexpected(_ keyword: String) -> String {
        let text = "got an unexpected keyword argument '\(keyword)'"
        // CPython's threshold, in Python/suggestions.c: every edit costs 2.
        let near = parameters.map { (name: $0.name, distance: $0.name.distance(to: keyword)) }
            .filter { 2 * $0.distance <= ($0.name.utf8.count + keyword.utf8.count + 3) * 2 / 6 }
        guard let best = near.min(by: { $0.distance < $1.distance }) else { return text }
        return "\(text). Did you mean '\(best.name)'?"
    }

    private func tooMany(_ count: Int, _ slots: UnsafeMutableBufferPointer<PythonPointer?>) -> String {
        let optional = parameters.prefix(positionalCount).count { $0.standard != nil }
        let takes = optional > 0 ? "from \(positionalCount - optional) to \(positionalCount)" : "\(positionalCount)"
        let plural = optional > 0 || positionalCount != 1 ? "s" : ""
        let keywords = slots.dropFirst(positionalCount).count { $0 != nil }
        var given = "\(count)"
        if keywords > 0 {
            given += " positional argument\(count == 1 ? "" : "s")"
            given += " (and \(keywords) keyword-only argument\(keywords == 1 ? "" : "s"))"
        }
        let verb = count == 1 && keywords == 0 ? "was" : "were"
        return "takes \(takes) positional argument\(plural) but \(given) \(verb) given"
    }

    private func missing(_ indices: [Int], _ kind: String) -> String {
        let names = indices.map { "'\(parameters[$0].name)'" }
        let list =
            switch names.count {
            case 1: names[0]
            case 2: "\(names[0]) and \(names[1])"
            default: "\(names.dropLast().joined(separator: ", ")), and \(names[names.count - 1])"
            }
        return "missing \(names.count) required \(kind) argument\(names.count == 1 ? "" : "s"): \(list)"
    }
}

extension String {
    /// Levenshtein's distance, for names.
    fileprivate func distance(to other: String) -> Int {
        let other = Array(other.utf8.prefix(64))
        var row = Array(0...other.count)
        for (line, byte) in utf8.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in other.indices {
                let substituted = diagonal + (other[column] == byte ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(substituted, diagonal + 1, row[column] + 1)
            }
        }
        return row[other.count]
    }
}
