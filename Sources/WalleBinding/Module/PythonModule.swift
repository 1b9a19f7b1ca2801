package import WallePython

/// A Python module declared in Swift: its functions, classes, constants and documentation.
///
/// One declaration serves every interpreter and writes the module's stub too. Interpreters make the module when a script
/// imports it.
///
///     let shop = PythonModule("shop", doc: "Prices and stock.") {
///         Function("price", "item", .optional("count", 1), doc: "Price of some items.") { (item: Int, count: Int) in
///             Double(count) * (try catalogue.price(of: item))
///         }
///         Constant("CURRENCY", "EUR")
///     }
///
/// The functions run on the threads of the tasks that call them, several at once: what they share must be guarded.
public struct PythonModule: Sendable {
    /// The full name; `acme.shop` is found below a package `acme`.
    public let name: String
    /// What `help()` and the stub say of it.
    public let doc: String
    package let members: [Member]
    /// Adds what a declaration cannot say.
    let fill: (@Sendable (Interpreter, PythonPointer) throws -> Void)?

    /// What a module may hold.
    package enum Member: Sendable {
        case function(Function)
        case constant(Constant)
        case type(BoundClass)

        var name: String {
            switch self {
            case .function(let function): function.signature.name
            case .constant(let constant): constant.name
            case .type(let type): type.name
            }
        }
    }

    /// The Swift classes that it declares classes for, with the names of these.
    package var classes: [(type: ObjectIdentifier, name: String)] {
        members.compactMap { member in
            guard case .type(let type) = member else { return nil }
            return (ObjectIdentifier(type.declaration.instance), type.name)
        }
    }

    /// Declares a module.
    ///
    /// - Precondition: `name` is made of identifiers and dots, and no two members have the same name.
    public init(_ name: String, doc: String = "", @PythonModuleBuilder _ members: () -> PythonModuleMembers) {
        let members = members().all.map { $0(name) }
        precondition(
            name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Identifier.isValid),
            "\"\(name)\" cannot be imported: a module's name is made of identifiers and dots.")
        var names: Set<String> = []
        for member in members {
            precondition(names.insert(member.name).inserted, "The module \(name) declares \(member.name) twice.")
        }
        self.name = name
        self.doc = doc
        self.members = members
        fill = nil
    }

    /// A module that fills itself with objects of CPython's C interface.
    package init(
        native name: String, doc: String = "", _ fill: @escaping @Sendable (Interpreter, PythonPointer) throws -> Void
    ) {
        self.name = name
        self.doc = doc
        members = []
        self.fill = fill
    }
}

/// A value that a module has from the beginning.
public struct Constant: Sendable {
    package let name: String
    package let doc: String
    package let type: PythonType
    let make: @Sendable () throws -> PythonReference

    /// Declares a constant. Every interpreter gets an object of its own.
    public init<Value: PythonConvertible & Sendable>(_ name: String, _ value: Value, doc: String = "") {
        precondition(Identifier.isValid(name), "\"\(name)\" is not a Python identifier.")
        self.name = name
        self.doc = doc
        type = Value.pythonType
        make = { try value.toPython() }
    }
}

/// The members of a module, as its builder gathers them.
public struct PythonModuleMembers {
    /// Each is made for the module of the name it is given.
    var all: [(String) -> PythonModule.Member]
}

/// Gathers what is declared between the braces of a ``PythonModule``.
@resultBuilder
public enum PythonModuleBuilder {
    public static func buildExpression(_ function: Function) -> PythonModuleMembers {
        PythonModuleMembers(all: [{ _ in .function(function) }])
    }

    public static func buildExpression(_ constant: Constant) -> PythonModuleMembers {
        PythonModuleMembers(all: [{ _ in .constant(constant) }])
    }

    public static func buildExpression(_ type: Class) -> PythonModuleMembers {
        PythonModuleMembers(all: [{ .type(BoundClass(type, module: $0)) }])
    }

    public static func buildBlock(_ parts: PythonModuleMembers...) -> PythonModuleMembers {
        PythonModuleMembers(all: parts.flatMap(\.all))
    }

    public static func buildOptional(_ part: PythonModuleMembers?) -> PythonModuleMembers {
        part ?? PythonModuleMembers(all: [])
    }

    public static func buildEither(first part: PythonModuleMembers) -> PythonModuleMembers { part }

    public static func buildEither(second part: PythonModuleMembers) -> PythonModuleMembers { part }

    public static func buildArray(_ parts: [PythonModuleMembers]) -> PythonModuleMembers {
        PythonModuleMembers(all: parts.flatMap(\.all))
    }
}
