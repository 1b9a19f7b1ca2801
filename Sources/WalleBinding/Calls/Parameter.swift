/// A parameter of a ``Function``: a name, and what happens when a call leaves it out.
///
/// A string literal declares one that every call must give.
public struct Parameter<Argument: PythonConvertible>: ExpressibleByStringLiteral {
    @usableFromInline let name: String
    @usableFromInline let isKeywordOnly: Bool
    @usableFromInline let standard: Argument?

    @usableFromInline
    init(name: String, isKeywordOnly: Bool, standard: Argument?) {
        precondition(Identifier.isValid(name), "\"\(name)\" is not a Python identifier.")
        self.name = name
        self.isKeywordOnly = isKeywordOnly
        self.standard = standard
    }

    public init(stringLiteral name: String) {
        self.init(name: name, isKeywordOnly: false, standard: nil)
    }

    /// A parameter that every call must give, by name.
    public static func keyword(_ name: String) -> Parameter {
        Parameter(name: name, isKeywordOnly: true, standard: nil)
    }
}

// The one value it may hold, `standard`, comes in through functions that ask for a `Sendable` type.
extension Parameter: @unchecked Sendable {}

extension Parameter where Argument: Sendable {
    /// A parameter that has `standard` when a call leaves it out.
    public static func optional(_ name: String, _ standard: Argument) -> Parameter {
        Parameter(name: name, isKeywordOnly: false, standard: standard)
    }

    /// A parameter that is given by name only, and has `standard` when a call leaves it out.
    public static func keyword(_ name: String, _ standard: Argument) -> Parameter {
        Parameter(name: name, isKeywordOnly: true, standard: standard)
    }
}

extension Parameter {
    @usableFromInline
    var described: Signature.Parameter {
        Signature.Parameter(
            name: name, isKeywordOnly: isKeywordOnly, type: Argument.pythonType,
            standard: standard.map(\.pythonLiteral))
    }

    /// The argument of a call.
    @inlinable @inline(__always)
    func value(_ arguments: CallArguments, _ index: Int) throws -> Argument {
        guard let object = arguments[index] else { return standard.unsafelyUnwrapped }
        do {
            return try Argument(python: PythonReference(object))
        } catch {
            throw ArgumentFailure(parameter: name, cause: error)
        }
    }
}

/// An argument that has no counterpart in Swift.
@usableFromInline
struct ArgumentFailure: Error {
    let parameter: String
    let cause: any Error

    @usableFromInline
    init(parameter: String, cause: any Error) {
        self.parameter = parameter
        self.cause = cause
    }
}
