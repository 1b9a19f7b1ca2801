internal import CWalleObjects
internal import CWallePython
internal import WallePython

#if canImport(Glibc)
    internal import Glibc
#endif

/// An attribute of a ``Class`` that Swift computes.
///
///     Property("owner", doc: "Who pays.") { (basket: Basket) in basket.owner }
///     Property("limit", get: { (basket: Basket) in basket.limit }, set: { $0.limit = $1 })
public struct Property: Sendable {
    let bound: BoundProperty

    /// Declares an attribute that scripts read.
    public init<Instance: PythonObject, Value: PythonConvertible>(
        _ name: String, doc: String = "", _ get: @escaping @Sendable (Instance) throws -> Value
    ) {
        bound = BoundProperty(name, doc, owner: Instance.self, type: Value.pythonType, get: Self.getter(get), set: nil)
    }

    /// Declares an attribute that scripts read and set.
    public init<Instance: PythonObject, Value: PythonConvertible>(
        _ name: String, doc: String = "", get: @escaping @Sendable (Instance) throws -> Value,
        set: @escaping @Sendable (Instance, Value) throws -> Void
    ) {
        bound = BoundProperty(
            name, doc, owner: Instance.self, type: Value.pythonType, get: Self.getter(get)
        ) { instance, object in
            let value: Value
            do {
                value = try Value(python: PythonReference(object))
            } catch {
                throw ArgumentFailure(parameter: "value", cause: error)
            }
            try set(Instance(python: PythonReference(instance)), value)
        }
    }

    private static func getter<Instance: PythonObject, Value: PythonConvertible>(
        _ get: @escaping @Sendable (Instance) throws -> Value
    ) -> BoundProperty.Getter {
        { try get(Instance(python: PythonReference($0))).toPython() }
    }
}

/// A property as CPython reaches it: shared by all interpreters, and immutable.
package final class BoundProperty: Sendable {
    typealias Getter = @Sendable (PythonPointer) throws -> PythonReference
    typealias Setter = @Sendable (PythonPointer, PythonPointer) throws -> Void

    let name: String
    /// As messages call it: `Basket.owner`.
    private let title: String
    let doc: String
    let owner: any PythonObject.Type
    let type: PythonType
    private let getter: Getter
    private let setter: Setter?
    var isWritable: Bool { setter != nil }

    init(
        _ name: String, title: String? = nil, _ doc: String, owner: any PythonObject.Type, type: PythonType,
        get: @escaping Getter, set: Setter?
    ) {
        precondition(Identifier.isValid(name), "\"\(name)\" is not a Python identifier.")
        self.name = name
        self.title = title ?? name
        self.doc = doc
        self.owner = owner
        self.type = type
        getter = get
        setter = set
    }

    func inside(_ className: String) -> BoundProperty {
        BoundProperty(name, title: "\(className).\(name)", doc, owner: owner, type: type, get: getter, set: setter)
    }

    /// The entry of CPython's table of properties. Its texts are the caller's to free; it keeps this unretained.
    var definition: PyGetSetDef {
        PyGetSetDef(
            name: strdup(name), get: Self.get, set: isWritable ? Self.set : nil, doc: doc.isEmpty ? nil : strdup(doc),
            closure: Unmanaged.passUnretained(self).toOpaque())
    }

    private static let get: getter = { instance, property in
        let property = Unmanaged<BoundProperty>.fromOpaque(property.unsafelyUnwrapped)
        return property._withUnsafeGuaranteedRef { property in
            do {
                return try property.getter(instance.unsafelyUnwrapped).pointer
            } catch {
                Raising.raise(error, by: property.title)
                return nil
            }
        }
    }

    private static let set: setter = { instance, value, property in
        let property = Unmanaged<BoundProperty>.fromOpaque(property.unsafelyUnwrapped).takeUnretainedValue()
        guard let setter = property.setter, let value else {
            walle_SetError(walle_AttributeError(), "\(property.title) cannot be deleted")
            return -1
        }
        do {
            try setter(instance.unsafelyUnwrapped, value)
            return 0
        } catch {
            Raising.raise(error, by: property.title)
            return -1
        }
    }
}
