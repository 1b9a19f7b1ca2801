internal import CWallePython
internal import WallePython

#if canImport(Glibc)
    internal import Glibc
#endif

/// A Swift function as CPython calls it: shared by all interpreters, and immutable.
///
/// No reference count is touched on the way: interpreters on many threads call the same function at once.
final class BoundFunction: @unchecked Sendable {
    let signature: Signature
    /// CPython keeps a pointer to it in every function object. Never changed after `init`.
    let definition: UnsafeMutablePointer<PyMethodDef>
    /// As many positional arguments and no keywords can be taken as they are; -1 when no number can.
    private let directCount: Int
    private let quick: QuickBinding
    private let body: @Sendable (CallArguments) throws -> PythonReference

    init(_ signature: Signature, _ body: @escaping @Sendable (CallArguments) throws -> PythonReference) {
        self.signature = signature
        self.body = body
        quick = QuickBinding(signature)
        directCount = signature.positionalCount == signature.parameters.count ? signature.positionalCount : -1
        definition = .allocate(capacity: 1)
        definition.initialize(to: walle_FastMethod(strdup(signature.name), Self.entry, strdup(signature.docstring)))
    }

    deinit {
        free(UnsafeMutableRawPointer(mutating: definition.pointee.ml_name))
        free(UnsafeMutableRawPointer(mutating: definition.pointee.ml_doc))
        definition.deallocate()
        quick.deallocate()
    }

    /// What CPython calls, for every function.
    private static let entry: PyCFunctionFastWithKeywords = { holder, arguments, count, names in
        let function = Unmanaged<BoundFunction>.fromOpaque(walle_Held(holder).unsafelyUnwrapped)
        return function._withUnsafeGuaranteedRef { $0.call(arguments, count, names) }
    }

    @inline(__always)
    private func call(
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
            Raising.raise(error, by: signature.name)
            return nil
        }
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
