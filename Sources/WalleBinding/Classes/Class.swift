/// A Python class that stands for a Swift class, as a member of a ``PythonModule``; see ``PythonObject``.
///
/// A ``Function`` in it is a method. Its first parameter takes the object, as in Python. Python's special methods are
/// functions with Python's names, and what they mean is Python's own:
///
/// - `__init__` makes the object: it has no `self` and gives the new one. Without it scripts make none.
/// - `__len__`, `__getitem__`, `__setitem__`, `__contains__`, `__call__`, `__enter__`, … are what `len(x)`, `x[i]` and so
///   on call. With `__len__` and `__getitem__`, which ends with an ``PythonExceptionType/indexError``, Python can iterate;
///   `__iter__` gives a ``PythonIterator``.
/// - `__eq__`, `__lt__`, `__add__`, `__radd__`, … leave operands that their parameter does not take to the other operand.
///   Without `__eq__`, objects are equal when they hold the same Swift object; with it and without `__hash__` they cannot
///   be keys.
///
/// Scripts cannot derive from it or change it. Weak references to its objects work.
public struct Class: Sendable {
    package let name: String
    package let doc: String
    package let members: [Member]
    let instance: any PythonObject.Type

    /// What a class may hold.
    package enum Member: Sendable {
        case function(Function)
        case property(BoundProperty)
        case constant(Constant)
        case buffer(BoundBuffer)

        var name: String {
            switch self {
            case .function(let function): function.signature.name
            case .property(let property): property.name
            case .constant(let constant): constant.name
            case .buffer: "__buffer__"
            }
        }
    }

    /// Declares a class.
    ///
    /// - Precondition: No two members have the same name; each belongs to `type`.
    public init<Instance: PythonObject>(
        _ type: Instance.Type, doc: String = "", @ClassBuilder _ members: () -> ClassMembers
    ) {
        name = Instance.pythonName
        precondition(Identifier.isValid(name), "\"\(name)\" is not a Python identifier.")
        self.doc = doc
        instance = type
        self.members = members().all.map { [name] in $0.inside(name, Instance.self) }
        var names: Set<String> = []
        for member in self.members {
            precondition(names.insert(member.name).inserted, "The class \(name) declares \(member.name) twice.")
        }
    }
}

extension Class.Member {
    /// The member as one of `name`; traps when it cannot be.
    fileprivate func inside<Instance: PythonObject>(_ name: String, _ type: Instance.Type) -> Class.Member {
        switch self {
        case .function(let function):
            let signature = function.signature
            if signature.name == "__init__" {
                precondition(signature.returns == Instance.pythonType, "\(name).__init__ must give a \(name).")
            } else {
                precondition(
                    signature.positionalCount > 0 && signature.parameters[0].type == Instance.pythonType,
                    "The first parameter of \(name).\(signature.name) must take the \(name).")
            }
            return .function(function.inside(name))
        case .property(let property):
            precondition(property.owner == Instance.self, "The property \(property.name) is none of \(name).")
            return .property(property.inside(name))
        case .constant: return self
        case .buffer(let buffer):
            precondition(buffer.owner == Instance.self, "The buffer is none of \(name).")
            return self
        }
    }
}

/// The members of a class, as its builder gathers them.
public struct ClassMembers: Sendable {
    var all: [Class.Member]
}

/// Gathers what is declared between the braces of a ``Class``.
@resultBuilder
public enum ClassBuilder {
    public static func buildExpression(_ function: Function) -> ClassMembers {
        ClassMembers(all: [.function(function)])
    }

    public static func buildExpression(_ constant: Constant) -> ClassMembers {
        ClassMembers(all: [.constant(constant)])
    }

    public static func buildExpression(_ property: Property) -> ClassMembers {
        ClassMembers(all: [.property(property.bound)])
    }

    /// Members that several classes declare in the same way.
    public static func buildExpression(_ members: ClassMembers) -> ClassMembers { members }

    public static func buildExpression(_ buffer: Buffer) -> ClassMembers { ClassMembers(all: [.buffer(buffer.bound)]) }

    public static func buildBlock(_ parts: ClassMembers...) -> ClassMembers {
        ClassMembers(all: parts.flatMap(\.all))
    }

    public static func buildOptional(_ part: ClassMembers?) -> ClassMembers { part ?? ClassMembers(all: []) }

    public static func buildEither(first part: ClassMembers) -> ClassMembers { part }

    public static func buildEither(second part: ClassMembers) -> ClassMembers { part }

    public static func buildArray(_ parts: [ClassMembers]) -> ClassMembers {
        ClassMembers(all: parts.flatMap(\.all))
    }
}
