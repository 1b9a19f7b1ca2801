public import CWalleObjects
public import CWallePython
internal import WallePython

/// A Swift class whose objects Python can hold.
///
///     final class Basket: PythonObject { … }
///
///     let shop = PythonModule("shop") {
///         Class(Basket.self, doc: "What somebody buys.") {
///             Function("__init__", .optional("owner", "")) { (owner: String) in Basket(owner: owner) }
///             Function("add", "self", "item", .optional("count", 1)) { (basket: Basket, item: Int, count: Int) in
///                 basket.add(item, count)
///             }
///             Function("__len__", "self") { (basket: Basket) in basket.count }
///             Property("owner") { (basket: Basket) in basket.owner }
///         }
///     }
///
/// Each Python object keeps its Swift object alive. Functions take and give such objects like any other value; an object
/// given to Python twice is two Python objects, which are equal unless the class says otherwise. Interpreters on many
/// threads may hold the same Swift object: what it changes must be guarded. One that keeps a ``PythonCallable`` keeps it
/// from Python's cycle collector as well.
public protocol PythonObject: AnyObject, Sendable, PythonConvertible {
    /// What Python calls the class; the Swift class's own name when nothing else is said.
    static var pythonName: String { get }
}

extension PythonObject {
    public static var pythonName: String { "\(Self.self)" }
    public static var pythonType: PythonType { PythonType(pythonName) }

    @inlinable @inline(__always)
    public init(python object: PythonReference) throws {
        guard walle_IsFreedBy(object.pointer, walle_instance_free) != 0 else {
            throw ConversionError.mismatch(Self.pythonType, object)
        }
        let pointer = walle_Word(object.pointer, 0).unsafelyUnwrapped
        let held = Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
        guard type(of: held) == Self.self || held is Self else {
            throw ConversionError.mismatch(Self.pythonType, object)
        }
        self.init(being: unsafeDowncast(held, to: Self.self))
    }

    public func toPython() throws -> PythonReference { try Instances.make(of: self, as: Self.self) }
}

extension PythonConvertible {
    /// The value itself: an initialiser of a class can only be this where the class is not known to be one.
    @inlinable @inline(__always)
    init(being value: Self) { self = value }
}

/// Makes Python objects of Swift's.
enum Instances {
    /// A new reference to a new instance of the class that is declared for the object's own Swift class, or for `type`.
    static func make(of object: some AnyObject, as type: AnyClass) throws -> PythonReference {
        let interpreter = try Interpreter.attached()
        let own: AnyClass = Swift.type(of: object)
        let found = find(own, in: interpreter) ?? find(type, in: interpreter)
        return try make(of: object, found ?? imported(own, or: type, in: interpreter))
    }

    static func make(of object: some AnyObject, _ pythonType: PythonPointer) throws -> PythonReference {
        let held = Unmanaged.passRetained(object)
        guard let new = walle_instance_new(pythonType, held.toOpaque()) else {
            held.release()
            throw PendingException()
        }
        return PythonReference(new)
    }

    static func find(_ type: AnyClass, in interpreter: Interpreter) -> PythonPointer? {
        walle_class_find(interpreter.objects, key(of: type))
    }

    /// The same for each interpreter of the process.
    static func key(of type: AnyClass) -> UnsafeRawPointer { Interpreter.classKey(of: type) }

    /// The class of a module that no script imported yet.
    private static func imported(
        _ own: AnyClass, or type: AnyClass, in interpreter: Interpreter
    ) throws -> PythonPointer {
        let loader = interpreter.modules as? ModuleLoader
        guard let name = loader?.moduleName(declaring: own) ?? loader?.moduleName(declaring: type) else {
            throw UndeclaredClass(name: "\(type)")
        }
        let module = try Owned(PyImport_ImportModule(name))
        guard let found = find(own, in: interpreter) ?? find(type, in: interpreter) else {
            throw UndeclaredClass(name: "\(type), which \(PythonReference(module.pointer).text) lacks")
        }
        return found
    }
}

/// A function gives an object of a class that no module of the host declares.
struct UndeclaredClass: Error, CustomStringConvertible {
    var name: String
    var description: String { "No module that is given to this task declares a Class for \(name)." }
}
