/// What is wrong with a definition, an expression or an input.
public struct StreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the error is about, to decide on.
    public struct Code: Hashable, Sendable {
        package let name: String

        /// A definition, or an expression in it, is wrong.
        public static let definition = Code(name: "definition")
        /// An input cannot be read.
        public static let input = Code(name: "input")
        /// The store cannot be read or written.
        public static let storage = Code(name: "storage")
        /// Something that a limit forbids.
        public static let limit = Code(name: "limit")
    }

    public let code: Code
    /// The field of a definition, such as `aggregate.views`; nil when it is about no field.
    public internal(set) var field: String?
    /// What is wrong.
    public let message: String
    /// What to do.
    public let remedy: String

    package init(_ code: Code, field: String? = nil, _ message: String, remedy: String) {
        self.code = code
        self.field = field
        self.message = message
        self.remedy = remedy
    }

    package func at(_ field: String) -> StreamError {
        var error = self
        error.field = error.field.map { "\(field).\($0)" } ?? field
        return error
    }

    public var description: String { (field.map { "\($0): " } ?? "") + "\(message). \(remedy)" }
}
