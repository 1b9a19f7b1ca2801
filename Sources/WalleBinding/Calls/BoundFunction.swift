internal import CWalleObjects
internal import CWallePython
internal import WallePython

#if canImport(Glibc)
    internal import Glibc
#endif

/// A Swift function as CPython calls it: shared by all interpreters, and immutable.
///
/// No reference count is touched on the way: interpreters on many threads call the same function at once.
final class BoundFunction: @unchecked Sendable {
    typealias Body = @Sendable (CallArguments) throws -> PythonReference

    let signature: Signature
    /// CPython keeps a pointer to it in every function object. Never changed after `init`.
    let definition: UnsafeMutablePointer<PyMethodDef>
    /// As many positional arguments and no keywords can be taken as they are; -1 when no number can.
    private let directCount: Int
    private let quick: QuickBinding
    private let body: Body
    /// Gives `NotImplemented` for an operand of another type, so that Python asks the other operand.
    private let isOperator: Bool

    init(_ signature: Signature, _ body: @escaping Body) {
        self.signature = signature
        self.body = body
        quick = QuickBinding(signature)
        directCount = signature.positionalCount == signature.parameters.count ? signature.positionalCount : -1
        isOperator = signature.className != nil && Operators.names.contains(signature.name)
        definition = .allocate(capacity: 1)
        definition.initialize(to: walle_FastMethod(strdup(signature.name), Self.entry, strdup(signature.docstring)))
    }

    deinit {
        free(UnsafeMutableRawPointer(mutating: definition.pointee.ml_name))
        free(UnsafeMutableRawPointer(mutating: definition.pointee.ml_doc))
        definition.deallocate()
        quick.deallocate()
    }

    /// The same function as a method of a class.
    func inside(_ className: String) -> BoundFunction { BoundFunction(signature.inside(className), body) }

    /// What CPython calls, for every function of a module.
    private static let entry: PyCFunctionFastWithKeywords = { holder, arguments, count, names in
        let function = Unmanaged<BoundFunction>.fromOpaque(walle_Held(holder).unsafelyUnwrapped)
        return function._withUnsafeGuaranteedRef { $0.call(arguments, count, names) }
    }

    /// What CPython calls, for every method.
    static let methodEntry: walle_call = { method, arguments, flags, names in
        let function = Unmanaged<BoundFunction>.fromOpaque(walle_Word(method, 1).unsafelyUnwrapped)
        return function._withUnsafeGuaranteedRef { $0.call(arguments, walle_VectorcallCount(flags), names) }
    }

    @inline(__always)
    func call(
        _ arguments: UnsafePointer<PythonPointer?>?, _ count: Int, _ names: PythonPointer?
    ) -> PythonPointer? {
        guard count == directCount, names == nil else { return callBinding(arguments, count, names) }
        return call(CallArguments(arguments))
    }

    @inline(__always)
    private func call(_ arguments: CallArguments) -> PythonPointer? {
        do {
            return try body(arguments).pointer
        } catch {
            return failed(error)
        }
    }

    @inline(never)
    private func failed(_ error: any Error) -> PythonPointer? {
        if isOperator, let failure = error as? ArgumentFailure, failure.parameter != signature.parameters[0].name,
            (failure.cause as? ConversionError)?.type == .typeError
        {
            return walle_NotImplemented()
        }
        Raising.raise(error, by: signature.title + "()")
        return nil
    }

    @inline(never)
    private func callBinding(
        _ arguments: UnsafePointer<PythonPointer?>?, _ count: Int, _ names: PythonPointer?
    ) -> PythonPointer? {
        withUnsafeTemporaryAllocation(of: PythonPointer?.self, capacity: max(1, signature.parameters.count)) { slots in
            slots.initialize(repeating: nil)
            let call = GivenArguments(values: arguments, positionalCount: count, names: names)
            guard quick.bind(call, to: slots) || signature.bind(call, to: slots) else { return nil }
            return self.call(CallArguments(slots.baseAddress))
        }
    }
}

/// The special methods that give `NotImplemented` for an operand they do not know.
enum Operators {
    private static let arithmetic = [
        "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow", "lshift", "rshift", "and", "or",
        "xor",
    ]
    private static let comparisons = ["eq", "ne", "lt", "le", "gt", "ge"]

    static let names = Set(
        (comparisons + arithmetic.flatMap { $0 == "divmod" ? [$0, "r\($0)"] : [$0, "r\($0)", "i\($0)"] })
            .map { "__\($0)__" })
}
