internal import WalleText
package import WallePython

/// Reads the keys of one table of a TOML file, and collects what is wrong with them.
///
/// Each reading method gives nil when the key is missing or wrong; a wrong one is a problem, a missing one is not.
package struct TableReader {
    package private(set) var problems: [PackageError.Problem] = []

    private let document: TOMLDocument
    /// The path of the table.
    private let path: [String]
    private let values: [String: Value]
    private let known: [String]

    /// - Parameters:
    ///   - path: The table; empty for the whole document.
    ///   - known: The keys that the table may have.
    package init(_ document: TOMLDocument, at path: [String], known: [String]) {
        self.document = document
        self.path = path
        self.known = known
        var value = Value.dictionary(document.root)
        for part in path { value = value[part] ?? [:] }
        if case .dictionary(let values) = value {
            self.values = values
        } else {
            values = [:]
            let name = path.joined(separator: ".")
            report(
                .invalidValue, at: path, "\(name) is \(Self.kind(of: value)), not a table",
                remedy: "Write [\(name)] on a line of its own, and its keys below.")
        }
    }

    package var keys: Dictionary<String, Value>.Keys { values.keys }

    // MARK: problems

    /// Notes a problem with a key of this table.
    package mutating func report(_ code: PackageError.Code, _ key: String, _ message: String, remedy: String) {
        report(code, at: path + [key], "\(name(of: key)) \(message)", remedy: remedy)
    }

    /// Takes the problems of a table within this one.
    package mutating func adopt(_ problems: [PackageError.Problem]) { self.problems += problems }

    /// Notes that the key is missing.
    package mutating func reportMissing(_ key: String, remedy: String) {
        report(.missingKey, at: path + [key], "\(name(of: key)) is missing", remedy: remedy)
    }

    /// Notes every key that the table may not have.
    ///
    /// - Parameter elsewhere: The tables of the file and their keys, for a key that stands in the wrong one.
    package mutating func refuseUnknown(elsewhere: [String: [String]] = [:]) {
        for key in values.keys where !known.contains(key) {
            let remedy: String
            if let table = elsewhere.filter({ $0.value.contains(key) }).keys.min() {
                remedy = "It belongs in [\(table)]."
            } else if let nearest = Suggestion.nearest(to: key, in: known) {
                remedy = "Did you mean \"\(nearest)\"?"
            } else {
                remedy = "Known here: \(known.joined(separator: ", "))."
            }
            report(.unknownKey, at: path + [key], "\(name(of: key)) is unknown", remedy: remedy)
        }
    }

    private mutating func report(_ code: PackageError.Code, at path: [String], _ message: String, remedy: String) {
        let place = document.place(of: path)
        problems.append(
            PackageError.Problem(
                code, file: document.file, line: place?.line, column: place?.column, message, remedy: remedy))
    }

    private func name(of key: String) -> String { (path + [key]).joined(separator: ".") }

    private mutating func reportType(_ key: String, _ value: Value, expected: String, remedy: String) {
        report(.invalidValue, key, "is \(Self.kind(of: value)), not \(expected)", remedy: remedy)
    }

    private static func kind(of value: Value) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .integer(let value): "the number \(value)"
        case .double(let value): "the number \(value)"
        case .string(let value): "\"\(value.prefix(40))\(value.count > 40 ? "…" : "")\""
        case .array: "an array"
        case .dictionary: "a table"
        case .date: "a date"
        default: "nothing"
        }
    }

    // MARK: values

    /// The value of a key, of any type.
    package func value(_ key: String) -> Value? {
        precondition(known.contains(key), "\(name(of: key)) is read but not known")
        return values[key]
    }

    package mutating func string(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.text else {
            reportType(key, value, expected: "a text", remedy: "Write \(key) = \"…\".")
            return nil
        }
        return text
    }

    package mutating func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .bool(let flag) = value else {
            reportType(key, value, expected: "true or false", remedy: "Write \(key) = true or \(key) = false.")
            return nil
        }
        return flag
    }

    package mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        let remedy = "Write a whole number from \(range.lowerBound) to \(range.upperBound)."
        guard case .integer(let number) = value else {
            reportType(key, value, expected: "a whole number", remedy: remedy)
            return nil
        }
        guard range.contains(number) else {
            report(.invalidValue, key, "is \(number)", remedy: remedy)
            return nil
        }
        return number
    }

    package mutating func strings(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        guard case .array(let elements) = value else {
            reportType(key, value, expected: "an array of texts", remedy: "Write \(key) = [\"…\"].")
            return nil
        }
        let texts = elements.compactMap(\.text)
        guard texts.count == elements.count else {
            report(.invalidValue, key, "has elements that are no texts", remedy: "Write \(key) = [\"…\"].")
            return nil
        }
        return texts
    }

    package mutating func table(_ key: String) -> [String: Value]? {
        guard let value = value(key) else { return nil }
        guard case .dictionary(let table) = value else {
            reportType(key, value, expected: "a table", remedy: "Write [\(name(of: key))] on a line of its own.")
            return nil
        }
        return table
    }

    // MARK: quantities

    /// A duration above zero.
    ///
    /// - Parameter most: Whole hours.
    package mutating func duration(_ key: String, upTo most: Duration) -> Duration? {
        guard let value = value(key) else { return nil }
        guard let text = value.text else {
            let number = value.number.map { $0 == $0.rounded() && abs($0) < 1e6 ? String(Int($0)) : "5" } ?? "5"
            reportType(
                key, value, expected: "a duration", remedy: "Write \(key) = \"\(number)ms\", or with another unit.")
            return nil
        }
        guard let duration = quantity(key, { () throws(Quantity.Failure) in try Quantity.duration(text) }) else {
            return nil
        }
        guard duration > .zero, duration <= most else {
            report(
                .invalidValue, key, "is \"\(text)\"",
                remedy: "Write a duration above zero, and at most \"\(most.components.seconds / 3600)h\".")
            return nil
        }
        return duration
    }

    /// A size in bytes.
    package mutating func bytes(_ key: String, from least: Int) -> Int? {
        guard let value = value(key) else { return nil }
        let bytes: Int?
        if case .integer(let number) = value {
            bytes = number
        } else if let text = value.text {
            bytes = quantity(key) { () throws(Quantity.Failure) in try Quantity.bytes(text) }
        } else {
            reportType(key, value, expected: "a size", remedy: "Write \(key) = \"64MB\", or with another unit.")
            return nil
        }
        guard let bytes else { return nil }
        guard bytes >= least else {
            let written = value.text.map { "\"\($0)\"" } ?? "\(bytes)"
            report(.invalidValue, key, "is \(written)", remedy: "Write at least \(Quantity.text(bytes: least)).")
            return nil
        }
        return bytes
    }

    private mutating func quantity<Result>(
        _ key: String, _ read: () throws(Quantity.Failure) -> Result
    ) -> Result? {
        do {
            return try read()
        } catch {
            report(.invalidValue, key, "is wrong: \(error.message)", remedy: error.remedy)
            return nil
        }
    }
}
