internal import CWalleObjects
internal import CWallePython
internal import WallePython

/// The elements of a Swift sequence for a Python loop, made one by one: what `__iter__` of a ``Class`` gives.
///
///     Function("__iter__", "self") { (basket: Basket) in PythonIterator(basket.lines) }
public struct PythonIterator<Element: PythonConvertible>: PythonConvertible {
    private let box: IteratorBox

    /// - Parameter sequence: Walked as Python asks, by one loop.
    public init<Elements: Sequence>(_ sequence: Elements) where Elements.Element == Element {
        var iterator = sequence.makeIterator()
        box = IteratorBox { try iterator.next()?.toPython() }
    }

    public static var pythonType: PythonType { PythonType("Iterator[\(Element.pythonType.returned)]") }

    /// Functions take lists.
    public init(python object: PythonReference) throws {
        throw ConversionError("must be a list: an iterator cannot be given to Swift, not \(object.typeName)")
    }

    public func toPython() throws -> PythonReference {
        let interpreter = try Interpreter.attached()
        let key = Instances.key(of: IteratorBox.self)
        if let type = walle_class_find(interpreter.objects, key) { return try Instances.make(of: box, type) }
        guard let type = walle_class_make(interpreter.objects, IteratorBox.record.pointer, nil, key) else {
            throw PendingException()
        }
        walle_class_seal(type)
        return try Instances.make(of: box, type)
    }
}

/// A Swift iterator, whatever it walks.
private final class IteratorBox {
    private let advance: () throws -> PythonReference?
    private var isRunning = false

    init(_ advance: @escaping () throws -> PythonReference?) { self.advance = advance }

    /// How Python sees it.
    static let record = ClassRecord(name: "walle.SwiftIterator") { object in
        Unmanaged<IteratorBox>.fromOpaque(object.unsafelyUnwrapped)._withUnsafeGuaranteedRef { $0.next() }
    }

    /// nil with no exception set at the end.
    private func next() -> PythonPointer? {
        // Swift code that lets other threads run, or calls Python, may come back here.
        guard !isRunning else {
            walle_SetError(walle_ValueError(), "iterator already executing")
            return nil
        }
        isRunning = true
        defer { isRunning = false }
        do {
            return try advance()?.pointer
        } catch {
            Raising.raise(error, by: "next()")
            return nil
        }
    }
}
