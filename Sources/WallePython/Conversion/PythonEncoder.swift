internal import BigInt
internal import CWallePython
internal import Foundation
internal import WalleTensor

extension Interpreter {
    /// A new Python object for an `Encodable` value, made directly: no JSON and no tree in between.
    ///
    /// Structs become `dict`, enums with raw values their raw value, `Data` `bytes`, `SharedBytes` a `walle.Buffer`, `Date` an aware `datetime`,
    /// `Duration` a `timedelta`, `Decimal` a `decimal.Decimal`, `BigInt` and 128-bit integers an `int`.
    package func object<T: Encodable>(encoding value: T) throws(PythonFailure) -> Owned {
        let state = EncodingState(interpreter: self)
        do {
            return Owned(taking: try state.object(of: value, depth: 0))
        } catch let failure as PythonFailure {
            throw failure
        } catch {
            throw .mismatch(expected: "an encodable value", got: "\(error)", path: "input")
        }
    }
}

private let deepestInput = 512

/// What all encoders of one value share.
private final class EncodingState {
    let interpreter: Interpreter
    /// The last type that has no counterpart of its own: elements of an array are not asked again.
    private var plainType: ObjectIdentifier?

    init(interpreter: Interpreter) { self.interpreter = interpreter }

    /// A new reference.
    @inline(__always)
    func object<T: Encodable>(of value: T, depth: Int) throws -> PythonPointer {
        if plainType != ObjectIdentifier(T.self) {
            if let known = try scalar(value) { return known }
            plainType = ObjectIdentifier(T.self)
        }
        guard depth < deepestInput else {
            throw PythonFailure.mismatch(expected: "at most \(deepestInput) levels", got: "more", path: "input")
        }
        let encoder = NodeEncoder(state: self, depth: depth)
        do {
            try value.encode(to: encoder)
        } catch {
            encoder.discard()
            throw error
        }
        return try encoder.take()
    }

    /// Types with a counterpart of their own; nil for others.
    @inline(__always)
    func scalar<T: Encodable>(_ value: T) throws -> PythonPointer? {
        if T.self == Int.self { return try make(value as! Int) }
        if T.self == Double.self { return try make(value as! Double) }
        if T.self == String.self { return try make(value as! String) }
        if T.self == Bool.self { return make(value as! Bool) }
        if T.self == Date.self { return try interpreter.object(of: value as! Date).take() }
        if T.self == Data.self { return try interpreter.object(of: value as! Data).take() }
        if T.self == Tensor.self { return try interpreter.object(of: value as! Tensor).take() }
        if T.self == SharedBytes.self { return try interpreter.object(of: value as! SharedBytes).take() }
        if T.self == BigInt.self { return try interpreter.object(of: value as! BigInt).take() }
        if T.self == Duration.self { return try interpreter.object(of: value as! Duration).take() }
        if T.self == Value.self { return try interpreter.object(of: value as! Value).take() }
        if T.self == Int128.self { return try interpreter.object(of: BigInt("\(value as! Int128)")!).take() }
        if T.self == UInt128.self { return try interpreter.object(of: BigInt("\(value as! UInt128)")!).take() }
        if T.self == [Double].self { return try list((value as! [Double])) { try make($0) } }
        if T.self == [Int].self { return try list((value as! [Int])) { try make($0) } }
        if T.self == [String].self { return try list((value as! [String])) { try make($0) } }
        if T.self == Decimal.self { return try decimal(value as! Decimal) }
        if T.self == URL.self { return try make((value as! URL).absoluteString) }
        return nil
    }

    private func list<Element>(_ elements: [Element], _ make: (Element) throws -> PythonPointer) throws -> PythonPointer
    {
        let list = try Owned(PyList_New(elements.count))
        for (index, element) in elements.enumerated() { walle_ListSetItem(list.pointer, index, try make(element)) }
        return list.take()
    }

    private func decimal(_ value: Decimal) throws -> PythonPointer {
        let module = try Owned(PyImport_ImportModule("decimal"))
        let type = try Owned(PyObject_GetAttrString(module.pointer, "Decimal"))
        let text = try Owned("\(value)".python())
        return try Owned(PyObject_CallOneArg(type.pointer, text.pointer)).take()
    }

    @inline(__always) func make(_ value: Int) throws -> PythonPointer { try Owned(PyLong_FromLong(value)).take() }
    @inline(__always) func make(_ value: UInt64) throws -> PythonPointer {
        try Owned(PyLong_FromUnsignedLong(UInt(value))).take()
    }
    @inline(__always) func make(_ value: Double) throws -> PythonPointer { try Owned(PyFloat_FromDouble(value)).take() }
    @inline(__always) func make(_ value: String) throws -> PythonPointer { try Owned(value.python()).take() }
    @inline(__always) func make(_ value: Bool) -> PythonPointer { value ? walle_True() : walle_False() }
    @inline(__always) func none() -> PythonPointer { walle_None() }
}

/// Encodes one value: holds the object its container or single value made.
private final class NodeEncoder: Encoder {
    let state: EncodingState
    let depth: Int
    private var made: PythonPointer?
    /// Set for super-encoders, which put their value into a container that is complete by then.
    private let onEnd: ((PythonPointer) -> Void)?
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(state: EncodingState, depth: Int, onEnd: ((PythonPointer) -> Void)? = nil) {
        self.state = state
        self.depth = depth
        self.onEnd = onEnd
    }

    deinit {
        guard let made else { return }
        onEnd?(made)
        Py_DecRef(made)
    }

    /// The object; an empty `dict` when the value encoded nothing.
    func take() throws -> PythonPointer {
        defer { made = nil }
        return try made ?? Owned(PyDict_New()).take()
    }

    func discard() {
        if let made { Py_DecRef(made) }
        made = nil
    }

    func set(_ object: PythonPointer) {
        discard()
        made = object
    }

    /// The container asked for, made at the first request.
    private func container(_ make: () -> PythonPointer?) -> PythonPointer {
        if let made { return made }
        guard let new = make() else {
            // Out of memory: `take` reports it once the value has been walked.
            PyErr_Clear()
            return walle_None()
        }
        made = new
        return new
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(
            KeyedContainer<Key>(state: state, depth: depth + 1, dictionary: container { PyDict_New() }))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        ListContainer(state: state, depth: depth + 1, list: container { PyList_New(0) })
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleContainer(encoder: self) }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let state: EncodingState
    let depth: Int
    let dictionary: PythonPointer  // held by the encoder
    var codingPath: [any CodingKey] { [] }

    @inline(__always)
    private func put(_ new: PythonPointer, _ key: Key) throws {
        let owned = Owned(taking: new)
        try check(PyDict_SetItem(dictionary, try state.interpreter.keys.string(key.stringValue), owned.pointer))
    }

    mutating func encodeNil(forKey key: Key) throws { try put(state.none(), key) }
    mutating func encode(_ value: Bool, forKey key: Key) throws { try put(state.make(value), key) }
    mutating func encode(_ value: String, forKey key: Key) throws { try put(try state.make(value), key) }
    mutating func encode(_ value: Double, forKey key: Key) throws { try put(try state.make(value), key) }
    mutating func encode(_ value: Float, forKey key: Key) throws { try put(try state.make(Double(value)), key) }
    mutating func encode(_ value: Int, forKey key: Key) throws { try put(try state.make(value), key) }
    mutating func encode(_ value: Int8, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: Int16, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: Int32, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: Int64, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: UInt, forKey key: Key) throws { try put(try state.make(UInt64(value)), key) }
    mutating func encode(_ value: UInt8, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: UInt16, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: UInt32, forKey key: Key) throws { try put(try state.make(Int(value)), key) }
    mutating func encode(_ value: UInt64, forKey key: Key) throws { try put(try state.make(value), key) }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try put(try state.object(of: value, depth: depth), key)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let encoder = superEncoder(forKey: key)
        return encoder.container(keyedBy: keyType)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        superEncoder(forKey: key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { inserting("super") }
    mutating func superEncoder(forKey key: Key) -> any Encoder { inserting(key.stringValue) }

    private func inserting(_ key: String) -> any Encoder {
        let owner = Keeper(dictionary)
        return NodeEncoder(state: state, depth: depth) { [interpreter = state.interpreter] object in
            if let name = try? interpreter.keys.string(key) { PyDict_SetItem(owner.pointer, name, object) }
        }
    }
}

private struct ListContainer: UnkeyedEncodingContainer {
    let state: EncodingState
    let depth: Int
    let list: PythonPointer  // held by the encoder
    var codingPath: [any CodingKey] { [] }
    var count: Int { walle_Size(list) }

    @inline(__always)
    private func add(_ new: PythonPointer) throws {
        let owned = Owned(taking: new)
        try check(PyList_Append(list, owned.pointer))
    }

    mutating func encodeNil() throws { try add(state.none()) }
    mutating func encode(_ value: Bool) throws { try add(state.make(value)) }
    mutating func encode(_ value: String) throws { try add(try state.make(value)) }
    mutating func encode(_ value: Double) throws { try add(try state.make(value)) }
    mutating func encode(_ value: Float) throws { try add(try state.make(Double(value))) }
    mutating func encode(_ value: Int) throws { try add(try state.make(value)) }
    mutating func encode(_ value: Int8) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: Int16) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: Int32) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: Int64) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: UInt) throws { try add(try state.make(UInt64(value))) }
    mutating func encode(_ value: UInt8) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: UInt16) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: UInt32) throws { try add(try state.make(Int(value))) }
    mutating func encode(_ value: UInt64) throws { try add(try state.make(value)) }
    mutating func encode<T: Encodable>(_ value: T) throws { try add(try state.object(of: value, depth: depth)) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { superEncoder().container(keyedBy: keyType) }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder {
        let index = count
        let owner = Keeper(list)
        PyList_Append(list, walle_None())
        return NodeEncoder(state: state, depth: depth) { object in
            Py_IncRef(object)
            PyList_SetItem(owner.pointer, index, object)
        }
    }
}

/// Holds a container for an encoder that may outlive the one that made it.
private final class Keeper {
    let pointer: PythonPointer

    init(_ pointer: PythonPointer) {
        Py_IncRef(pointer)
        self.pointer = pointer
    }

    deinit { Py_DecRef(pointer) }
}

private struct SingleContainer: SingleValueEncodingContainer {
    let encoder: NodeEncoder
    var codingPath: [any CodingKey] { [] }
    private var state: EncodingState { encoder.state }

    init(encoder: NodeEncoder) { self.encoder = encoder }

    mutating func encodeNil() throws { encoder.set(state.none()) }
    mutating func encode(_ value: Bool) throws { encoder.set(state.make(value)) }
    mutating func encode(_ value: String) throws { encoder.set(try state.make(value)) }
    mutating func encode(_ value: Double) throws { encoder.set(try state.make(value)) }
    mutating func encode(_ value: Float) throws { encoder.set(try state.make(Double(value))) }
    mutating func encode(_ value: Int) throws { encoder.set(try state.make(value)) }
    mutating func encode(_ value: Int8) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: Int16) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: Int32) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: Int64) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: UInt) throws { encoder.set(try state.make(UInt64(value))) }
    mutating func encode(_ value: UInt8) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: UInt16) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: UInt32) throws { encoder.set(try state.make(Int(value))) }
    mutating func encode(_ value: UInt64) throws { encoder.set(try state.make(value)) }
    mutating func encode<T: Encodable>(_ value: T) throws {
        encoder.set(try state.object(of: value, depth: encoder.depth + 1))
    }
}
