internal import WalleText
public import WallePython

/// An input of a task with the output that it must give: a file of `examples/`.
///
/// ```json
/// {"input": {"recent": [3, 9]}, "output": {"top": [4, 1]}, "tolerance": 1e-3}
/// ```
public struct TaskExample: Sendable, Hashable {
    /// The file's `name`, or its path.
    public var name: String
    /// Relative to the package.
    public var file: String
    public var input: Value
    public var output: Value
    public var tolerance: Tolerance

    /// How far a number may be from the expected one: as far as the larger of both allows.
    public struct Tolerance: Sendable, Hashable {
        /// As a share of the expected number. Far above rounding, far below what anyone means by a difference.
        public var relative: Double
        /// For expected numbers near zero.
        public var absolute: Double

        public init(relative: Double = 1e-6, absolute: Double = 1e-9) {
            self.relative = relative
            self.absolute = absolute
        }
    }

    public init(name: String, file: String = "", input: Value, output: Value, tolerance: Tolerance = Tolerance()) {
        self.name = name
        self.file = file
        self.input = input
        self.output = output
        self.tolerance = tolerance
    }
}

extension TaskExample {
    private static let keys = ["input", "output", "tolerance", "name"]

    /// Reads the text of an example.
    package init(json text: String, file: String) throws(PackageError.Problem) {
        guard case .dictionary(let members) = try Self.value(of: text, file: file) else {
            throw Self.problem(.invalidValue, file, "an example is an object")
        }
        if let key = members.keys.sorted().first(where: { !Self.keys.contains($0) }) {
            let nearest = Suggestion.nearest(to: key, in: Self.keys)
            let remedy =
                nearest.map { "Did you mean \"\($0)\"?" } ?? "Known here: \(Self.keys.joined(separator: ", "))."
            throw PackageError.Problem(.unknownKey, file: file, "\"\(key)\" is unknown", remedy: remedy)
        }
        guard let input = members["input"] else { throw Self.problem(.missingKey, file, "\"input\" is missing") }
        guard let output = members["output"] else { throw Self.problem(.missingKey, file, "\"output\" is missing") }
        let name = members["name"].map { $0.text ?? "" }
        if name == "" { throw Self.problem(.invalidValue, file, "\"name\" is no text") }
        self.init(
            name: name ?? file, file: file, input: input, output: output,
            tolerance: try Self.tolerance(members["tolerance"], file: file))
    }

    private static func value(of text: String, file: String) throws(PackageError.Problem) -> Value {
        do {
            return try JSONText.value(of: text)
        } catch {
            let failure = error as? JSONError
            let before = Array(text.utf8.prefix(failure?.offset ?? 0))
            let lines = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            throw PackageError.Problem(
                .malformed, file: file, line: lines.count,
                column: String(decoding: lines.last ?? [], as: UTF8.self).count + 1,
                "this is not JSON: \(failure?.description ?? "\(error)")", remedy: "Check it with python3 -m json.tool."
            )
        }
    }

    private static func problem(_ code: PackageError.Code, _ file: String, _ message: String) -> PackageError.Problem {
        PackageError.Problem(code, file: file, message, remedy: "Write {\"input\": …, \"output\": …}.")
    }

    /// A number is the relative tolerance; 0 means that nothing may differ. An object names one or both.
    private static func tolerance(_ value: Value?, file: String) throws(PackageError.Problem) -> Tolerance {
        guard let value else { return Tolerance() }
        var tolerance = Tolerance()
        if case .dictionary(let members) = value {
            tolerance.relative =
                try members["relative"].map { v throws(PackageError.Problem) in try distance(v, file) }
                ?? tolerance.relative
            tolerance.absolute =
                try members["absolute"].map { v throws(PackageError.Problem) in try distance(v, file) }
                ?? tolerance.absolute
        } else {
            tolerance.relative = try distance(value, file)
            if tolerance.relative == 0 { tolerance.absolute = 0 }
        }
        return tolerance
    }

    private static func distance(_ value: Value, _ file: String) throws(PackageError.Problem) -> Double {
        guard let number = value.number, number >= 0 else {
            throw PackageError.Problem(
                .invalidValue, file: file, "\"tolerance\" has \(value), which is no number from 0 on",
                remedy: "Write one, such as 1e-3, or {\"relative\": 1e-3, \"absolute\": 1e-6}.")
        }
        return number
    }
}
