internal import CWallePython
internal import WallePython

#if canImport(Glibc)
    internal import Glibc
#endif

/// Sorts the arguments of a call that is right, without a reference count or an allocation.
///
/// What is wrong with one that is not, ``Signature/bind(_:to:)`` finds out.
struct QuickBinding {
    private struct Name {
        let text: UnsafeMutablePointer<CChar>
        let count: Int
    }

    private let names: UnsafeMutableBufferPointer<Name>
    private let positionalCount: Int
    /// A bit for each parameter that must be given.
    private let required: UInt64

    init(_ signature: Signature) {
        let parameters = signature.parameters
        precondition(parameters.count <= UInt64.bitWidth)
        names = .allocate(capacity: parameters.count)
        _ = names.initialize(from: parameters.map { Name(text: strdup($0.name), count: $0.name.utf8.count) })
        positionalCount = signature.positionalCount
        required = parameters.enumerated().reduce(0) { $1.element.standard == nil ? $0 | 1 << $1.offset : $0 }
    }

    func deallocate() {
        for name in names { free(name.text) }
        names.deallocate()
    }

    /// - Returns: false when the arguments do not fit; `slots` may be filled in part then.
    func bind(_ given: GivenArguments, to slots: UnsafeMutableBufferPointer<PythonPointer?>) -> Bool {
        guard given.positionalCount <= positionalCount else { return false }
        for index in 0..<given.positionalCount { slots[index] = given[index] }
        var filled = UInt64(1) << given.positionalCount &- 1
        for index in 0..<given.keywordCount {
            guard let name = walle_TupleItem(given.names, index), let place = place(of: name) else { return false }
            guard filled & 1 << place == 0 else { return false }
            filled |= 1 << place
            slots[place] = given[given.positionalCount + index]
        }
        return filled & required == required
    }

    private func place(of keyword: PythonPointer) -> Int? {
        for index in names.indices {
            let name = names[index]
            if PyUnicode_EqualToUTF8AndSize(keyword, name.text, name.count) != 0 { return index }
        }
        return nil
    }
}
