public import WallePython

/// A function that Swift gives to Python, as a member of a ``PythonModule``, or a method, as one of a ``Class``.
///
/// Parameters are named in Python's order; each has the type that `body` gives it:
///
///     Function("price", "item", .optional("count", 1), .keyword("strict", false), doc: "Price of some items.") {
///         (item: Int, count: Int, strict: Bool) throws -> Double in …
///     }
///
/// What `body` throws becomes a Python exception: see ``PythonConvertibleError``. It runs on the thread of the task that
/// calls it, with that interpreter's lock: long work belongs into ``PythonContext/withoutGIL(_:)``. A trap in it ends the
/// process, as anywhere in Swift: check what a script gives.
public struct Function: Sendable {
    let bound: BoundFunction
    package var signature: Signature { bound.signature }

    @usableFromInline
    init(
        _ name: String, _ doc: String, _ parameters: [Signature.Parameter], returns: PythonType,
        _ body: @escaping @Sendable (CallArguments) throws -> PythonReference
    ) {
        bound = BoundFunction(
            Signature(name: name, doc: doc, parameters: parameters, returns: returns), body)
    }

    private init(_ bound: BoundFunction) { self.bound = bound }

    /// The same function as a method of a class.
    func inside(_ className: String) -> Function { Function(bound.inside(className)) }
}

/// The objects a call gives to the parameters, in order; the one of a parameter left out is nil.
@usableFromInline
struct CallArguments {
    @usableFromInline let base: UnsafePointer<PythonPointer?>?

    @inlinable
    init(_ base: UnsafePointer<PythonPointer?>?) { self.base = base }

    /// Nobody asks a function without parameters, the only one whose `base` may be nil.
    @inlinable @inline(__always)
    subscript(index: Int) -> PythonPointer? { base.unsafelyUnwrapped[index] }
}
