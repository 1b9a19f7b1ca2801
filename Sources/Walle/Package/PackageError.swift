/// What is wrong with a task package: all of it at once, so that one look is enough.
public struct PackageError: Error, Sendable, Hashable {
    /// The folder of the package as it was given.
    public var folder: String
    /// In the order of files and lines; never empty.
    public var problems: [Problem]

    package init(folder: String, problems: [Problem]) {
        precondition(!problems.isEmpty, "a PackageError tells of at least one problem")
        self.folder = folder
        self.problems = problems.sorted {
            ($0.file, $0.line ?? 0, $0.column ?? 0, $0.message) < ($1.file, $1.line ?? 0, $1.column ?? 0, $1.message)
        }
    }

    /// One thing that is wrong, where it is, and what helps.
    public struct Problem: Error, Sendable, Hashable {
        public var code: Code
        /// Relative to the package's folder; empty when it concerns the folder itself.
        public var file: String
        /// Counted from 1.
        public var line: Int?
        /// Counted from 1, in characters.
        public var column: Int?
        public var message: String
        /// What to do about it.
        public var remedy: String

        package init(
            _ code: Code, file: String, line: Int? = nil, column: Int? = nil, _ message: String, remedy: String
        ) {
            self.code = code
            self.file = file
            self.line = line
            self.column = column
            self.message = message
            self.remedy = remedy
        }
    }

    /// What kind of thing is wrong. More may come.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public var rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file or folder that must be there is not.
        public static let missing = Code(rawValue: "missing")
        /// A file or folder cannot be read or written.
        public static let unreadable = Code(rawValue: "unreadable")
        /// A file is not UTF-8, not TOML or not JSON.
        public static let malformed = Code(rawValue: "malformed")
        public static let unknownKey = Code(rawValue: "unknown-key")
        public static let missingKey = Code(rawValue: "missing-key")
        /// A value is of the wrong type, has the wrong form or is out of range.
        public static let invalidValue = Code(rawValue: "invalid-value")
        /// Two values cannot both be meant.
        public static let contradiction = Code(rawValue: "contradiction")
        /// A path or a symbolic link leads out of the package.
        public static let escapes = Code(rawValue: "escapes")
        /// Too many files, or too large ones.
        public static let tooLarge = Code(rawValue: "too-large")
        /// The file is there already.
        public static let exists = Code(rawValue: "exists")
    }
}

extension PackageError: CustomStringConvertible {
    /// One line a problem: `tasks/next-item/task.toml:7:1: unknown key limits.runn. Did you mean "run"?`
    public var description: String {
        problems.map { $0.description(in: folder) }.joined(separator: "\n")
    }
}

extension PackageError.Problem: CustomStringConvertible {
    public var description: String { description(in: "") }

    func description(in folder: String) -> String {
        let path = [folder, file].filter { !$0.isEmpty }.joined(separator: "/")
        let place = [path, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
        return "\(place): \(message). \(remedy)"
    }
}
