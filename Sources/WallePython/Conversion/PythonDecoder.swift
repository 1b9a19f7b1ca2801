internal import BigInt
internal import CWallePython
internal import Foundation
internal import WalleTensor

extension Interpreter {
    /// Reads a `Decodable` value straight out of Python objects.
    ///
    /// - Throws: ``PythonFailure/mismatch(expected:got:path:)`` with the path of what does not fit.
    package func decode<T: Decodable>(
        _ type: T.Type, from object: PythonPointer, bounds: inout ConversionBounds
    ) throws(PythonFailure) -> T {
        let state = DecodingState(interpreter: self, bounds: bounds)
        defer { bounds = state.bounds }
        let node = Node(object: object, state: state, parent: nil, step: .root)
        do {
            return try node.decode(type)
        } catch let failure as PythonFailure {
            throw failure
        } catch let error as DecodingError {
            throw state.mismatch(of: error)
        } catch {
            throw .mismatch(expected: "\(type)", got: "\(error)", path: "result")
        }
    }
}

private final class DecodingState {
    let interpreter: Interpreter
    var bounds: ConversionBounds
    /// The last type that has no counterpart of its own: elements of an array are not asked again.
    var plainType: ObjectIdentifier?

    init(interpreter: Interpreter, bounds: ConversionBounds) {
        self.interpreter = interpreter
        self.bounds = bounds
    }

    /// Errors of types that decode themselves by hand.
    func mismatch(of error: DecodingError) -> PythonFailure {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            .mismatch(expected: "\(type)", got: context.debugDescription, path: path(context.codingPath))
        case .keyNotFound(let key, let context):
            .mismatch(
                expected: "the key \"\(key.stringValue)\"", got: "a dict without it", path: path(context.codingPath))
        case .dataCorrupted(let context):
            .mismatch(expected: "a value that fits", got: context.debugDescription, path: path(context.codingPath))
        @unknown default: .mismatch(expected: "a value that fits", got: "\(error)", path: "result")
        }
    }

    private func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("result") { path, key in key.intValue.map { "\(path)[\($0)]" } ?? "\(path).\(key.stringValue)" }
    }
}

private enum Step {
    case root
    case key(String)
    case index(Int)
}

/// A Python object and how it was reached. Borrowed: the root holds all the others.
private final class Node: Decoder {
    let object: PythonPointer
    let state: DecodingState
    let parent: Node?
    let step: Step
    let depth: Int
    /// Objects made while decoding (a dataclass as a `dict`), held as long as their node.
    private var held: PythonPointer?

    init(object: PythonPointer, state: DecodingState, parent: Node?, step: Step, held: PythonPointer? = nil) {
        self.object = object
        self.state = state
        self.parent = parent
        self.step = step
        self.held = held
        depth = (parent?.depth ?? 0) + 1
    }

    deinit {
        if let held { Py_DecRef(held) }
    }

    var codingPath: [any CodingKey] {
        guard let parent else { return [] }
        switch step {
        case .root: return parent.codingPath
        case .key(let key): return parent.codingPath + [PathKey(stringValue: key)]
        case .index(let index): return parent.codingPath + [PathKey(intValue: index)]
        }
    }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    var path: String {
        let base = parent?.path ?? "result"
        switch step {
        case .root: return base
        case .key(let key): return "\(base).\(key)"
        case .index(let index): return "\(base)[\(index)]"
        }
    }

    func mismatch(_ expected: String) -> PythonFailure {
        .mismatch(expected: expected, got: got, path: path)
    }

    /// The object's type, with a short value where that helps.
    private var got: String {
        let type = Interpreter.typeName(object)
        guard walle_IsString(object) != 0 || walle_IsLong(object) != 0 || walle_IsFloat(object) != 0,
            let text = PyObject_Repr(object)
        else {
            if PyErr_Occurred() != nil { PyErr_Clear() }
            return type
        }
        let owned = Owned(taking: text)
        return "\(type) \(String(python: owned.pointer).prefix(60))"
    }

    // MARK: values

    @inline(__always)
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if state.plainType != ObjectIdentifier(type) {
            if let known = try scalar(type) { return known }
            state.plainType = ObjectIdentifier(type)
        }
        guard depth < state.bounds.depth else {
            throw PythonFailure.mismatch(
                expected: "at most \(state.bounds.depth) levels", got: "a cyclic or deeper value",
                path: String(path.prefix(60)))
        }
        return try T(from: self)
    }

    @inline(__always)
    private func scalar<T: Decodable>(_ type: T.Type) throws -> T? {
        if T.self == Int.self { return try integer(Int.self) as? T }
        if T.self == Double.self { return try double() as? T }
        if T.self == String.self { return try string() as? T }
        if T.self == Bool.self { return try bool() as? T }
        if T.self == [Double].self { return try list { try $0.double() } as? T }
        if T.self == [Int].self { return try list { try $0.integer(Int.self) } as? T }
        if T.self == [String].self { return try list { try $0.string() } as? T }
        if T.self == Date.self { return try date() as? T }
        if T.self == Data.self { return try data() as? T }
        if T.self == Tensor.self { return try tensor() as? T }
        if T.self == SharedBytes.self { return try sharedBytes() as? T }
        if T.self == Duration.self { return try duration() as? T }
        if T.self == BigInt.self { return try bigInteger() as? T }
        if T.self == Int128.self { return try wide(Int128.self) as? T }
        if T.self == UInt128.self { return try wide(UInt128.self) as? T }
        if T.self == Decimal.self { return try decimal() as? T }
        if T.self == URL.self { return try url() as? T }
        if T.self == Value.self {
            return try state.interpreter.value(of: object, bounds: &state.bounds, path: self.path) as? T
        }
        if T.self == JSONLine.self {
            return try state.interpreter.json(of: object, bounds: &state.bounds, path: self.path) as? T
        }
        return nil
    }

    func bool() throws -> Bool {
        guard walle_IsBool(object) != 0 else { throw mismatch("Bool") }
        return object == walle_True()
    }

    func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
        guard walle_IsLong(object) != 0, walle_IsBool(object) == 0 else { throw mismatch("\(I.self)") }
        var overflow: Int32 = 0
        let value = PyLong_AsLongAndOverflow(object, &overflow)
        if overflow == 0, let exact = I(exactly: value) { return exact }
        if overflow > 0, I.self == UInt64.self || I.self == UInt.self {
            let value = PyLong_AsUnsignedLong(object)
            if PyErr_Occurred() == nil { return I(truncatingIfNeeded: value) }
            PyErr_Clear()
        }
        throw mismatch("\(I.self)")
    }

    func double() throws -> Double {
        if walle_IsFloat(object) != 0 { return walle_FloatValue(object) }
        guard walle_IsLong(object) != 0, walle_IsBool(object) == 0 else { throw mismatch("Double") }
        let value = PyLong_AsDouble(object)
        guard PyErr_Occurred() == nil else {
            PyErr_Clear()
            throw mismatch("Double")
        }
        return value
    }

    func string() throws -> String {
        guard walle_IsString(object) != 0 else { throw mismatch("String") }
        try state.bounds.spend(walle_TextBytes(object), path)
        return String(python: object)
    }

    private func date() throws -> Date {
        guard walle_IsDate(try state.interpreter.dateTimeAPI(), object) != 0 else { throw mismatch("Date") }
        return try state.interpreter.date(of: object)
    }

    private func duration() throws -> Duration {
        guard walle_IsDelta(try state.interpreter.dateTimeAPI(), object) != 0 else { throw mismatch("Duration") }
        return state.interpreter.duration(of: object)
    }

    private func data() throws -> Data {
        guard let data = try state.interpreter.bytes(of: object, bounds: &state.bounds, path) else {
            throw mismatch("Data")
        }
        return data
    }

    private func sharedBytes() throws -> SharedBytes {
        guard let bytes = try state.interpreter.sharedBytes(of: object, bounds: &state.bounds, path) else {
            throw mismatch("SharedBytes")
        }
        return bytes
    }

    /// An array, or one made of nested lists.
    private func tensor() throws -> Tensor {
        guard let tensor = try state.interpreter.tensor(of: object, converting: true) else { throw mismatch("Tensor") }
        try state.bounds.spend(tensor.byteCount, path)
        return tensor
    }

    private func bigInteger() throws -> BigInt {
        guard walle_IsLong(object) != 0, walle_IsBool(object) == 0 else { throw mismatch("BigInt") }
        return try state.interpreter.bigInteger(of: object)
    }

    private func wide<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
        guard let value = I("\(try bigInteger())") else { throw mismatch("\(I.self)") }
        return value
    }

    private func decimal() throws -> Decimal {
        let text = try Owned(PyObject_Str(object))
        guard let value = Decimal(string: String(python: text.pointer)) else { throw mismatch("Decimal") }
        return value
    }

    private func url() throws -> URL {
        guard let url = URL(string: try string()) else { throw mismatch("URL") }
        return url
    }

    // MARK: containers

    /// The object as a `list` or `tuple`: itself, or what `walle._plain` makes of it.
    func sequence() throws -> Node {
        if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 { return self }
        if walle_IsAnySet(object) != 0 {
            let list = try Owned(PySequence_List(object)).take()
            return Node(object: list, state: state, parent: self, step: .root, held: list)
        }
        guard let plain = try plainNode(), walle_IsList(plain.object) != 0 || walle_IsTuple(plain.object) != 0 else {
            throw mismatch("an array")
        }
        return plain
    }

    func mapping() throws -> Node {
        if walle_IsDict(object) != 0 { return self }
        guard let plain = try plainNode(), walle_IsDict(plain.object) != 0 else { throw mismatch("a dict") }
        return plain
    }

    private func plainNode() throws -> Node? {
        guard let plain = try state.interpreter.plain(object) else { return nil }
        let pointer = plain.take()
        return Node(object: pointer, state: state, parent: self, step: .root, held: pointer)
    }

    private func list<Element>(_ read: (Node) throws -> Element) throws -> [Element] {
        let sequence = try sequence()
        let count = walle_Size(sequence.object)
        try state.bounds.spend(count * 16, path)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for index in 0..<count { elements.append(try read(sequence.child(at: index))) }
        return elements
    }

    func child(at index: Int) throws -> Node {
        guard index < walle_Size(object) else { throw mismatch("at least \(index + 1) elements") }
        let element = walle_IsList(object) != 0 ? walle_ListItem(object, index) : walle_TupleItem(object, index)
        return Node(object: element!, state: state, parent: self, step: .index(index))
    }

    func child(for key: String) throws -> Node? {
        let name = try state.interpreter.keys.string(key)
        guard let element = PyDict_GetItemWithError(object, name) else {
            if PyErr_Occurred() != nil { throw PythonFailure.pending }
            return nil
        }
        return Node(object: element, state: state, parent: self, step: .key(key))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try state.bounds.spend(16, path)
        return KeyedDecodingContainer(DictionaryReader<Key>(node: try mapping()))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let sequence = try sequence()
        try state.bounds.spend(16 * walle_Size(sequence.object), path)
        return ListReader(node: sequence)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleReader(node: self) }
}

private struct PathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}

/// The commonest values, nil when the object is something else.
private enum Quick {
    @inline(__always)
    static func bool(_ object: PythonPointer) -> Bool? {
        walle_IsBool(object) != 0 ? object == walle_True() : nil
    }

    @inline(__always)
    static func double(_ object: PythonPointer) -> Double? {
        walle_IsFloat(object) != 0 ? walle_FloatValue(object) : nil
    }

    @inline(__always)
    static func integer(_ object: PythonPointer) -> Int? {
        guard walle_IsLong(object) != 0, walle_IsBool(object) == 0 else { return nil }
        var overflow: Int32 = 0
        let value = PyLong_AsLongAndOverflow(object, &overflow)
        return overflow == 0 ? value : nil
    }
}

private struct DictionaryReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let node: Node
    var codingPath: [any CodingKey] { node.codingPath }

    var allKeys: [Key] {
        var keys: [Key] = []
        var position = 0
        var key: PythonPointer?
        while PyDict_Next(node.object, &position, &key, nil) != 0 {
            if walle_IsString(key!) != 0 {
                if let key = Key(stringValue: String(python: key!)) { keys.append(key) }
            } else if walle_IsLong(key!) != 0, let key = Key(intValue: PyLong_AsLong(key!)) {
                keys.append(key)
            }
        }
        if PyErr_Occurred() != nil { PyErr_Clear() }
        return keys
    }

    func contains(_ key: Key) -> Bool { (try? find(key)) != nil }

    /// Reads a field without a node of its own; what does not fit is read again with one, which knows its place.
    @inline(__always)
    private func field<T>(_ key: Key, _ quick: (PythonPointer) -> T?, _ careful: (Node) throws -> T) throws -> T {
        let name = try node.state.interpreter.keys.string(key.stringValue)
        if let object = PyDict_GetItemWithError(node.object, name), let value = quick(object) { return value }
        if PyErr_Occurred() != nil { throw PythonFailure.pending }
        return try careful(try child(key))
    }

    private func find(_ key: Key) throws -> Node? {
        if let child = try node.child(for: key.stringValue) { return child }
        guard let number = key.intValue else { return nil }
        let index = try Owned(PyLong_FromLong(number))
        guard let element = PyDict_GetItemWithError(node.object, index.pointer) else { return nil }
        return Node(object: element, state: node.state, parent: node, step: .key(key.stringValue))
    }

    @inline(__always)
    private func child(_ key: Key) throws -> Node {
        guard let child = try find(key) else {
            throw PythonFailure.mismatch(
                expected: "the key \"\(key.stringValue)\"", got: "a dict without it", path: node.path)
        }
        return child
    }

    func decodeNil(forKey key: Key) throws -> Bool { walle_IsNone(try child(key).object) != 0 }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try field(key, Quick.bool) { try $0.bool() }
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try child(key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try field(key, Quick.double) { try $0.double() }
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try child(key).double()) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        try field(key, Quick.integer) { try $0.integer(Int.self) }
    }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try child(key).integer(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try child(key).integer(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try child(key).integer(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try child(key).integer(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try child(key).integer(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try child(key).integer(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try child(key).integer(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try child(key).integer(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try child(key).integer(type) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try child(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try child(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try node.child(for: "super") ?? node }
    func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
}

private struct ListReader: UnkeyedDecodingContainer {
    let node: Node
    var currentIndex = 0
    var count: Int? { walle_Size(node.object) }
    var isAtEnd: Bool { currentIndex >= walle_Size(node.object) }
    var codingPath: [any CodingKey] { node.codingPath }

    init(node: Node) { self.node = node }

    @inline(__always)
    private mutating func next<T>(_ read: (Node) throws -> T) throws -> T {
        let value = try read(try node.child(at: currentIndex))
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard walle_IsNone(try node.child(at: currentIndex).object) != 0 else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.bool() } }
    mutating func decode(_ type: String.Type) throws -> String { try next { try $0.string() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.double() } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next { Float(try $0.double()) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next { try $0.integer(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next { try $0.integer(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next { try $0.integer(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next { try $0.integer(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next { try $0.integer(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next { try $0.integer(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next { try $0.integer(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next { try $0.integer(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next { try $0.integer(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next { try $0.integer(type) } }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try $0.decode(type) } }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next { try $0.container(keyedBy: type) } }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}

private struct SingleReader: SingleValueDecodingContainer {
    let node: Node
    var codingPath: [any CodingKey] { node.codingPath }

    func decodeNil() -> Bool { walle_IsNone(node.object) != 0 }
    func decode(_ type: Bool.Type) throws -> Bool { try node.bool() }
    func decode(_ type: String.Type) throws -> String { try node.string() }
    func decode(_ type: Double.Type) throws -> Double { try node.double() }
    func decode(_ type: Float.Type) throws -> Float { Float(try node.double()) }
    func decode(_ type: Int.Type) throws -> Int { try node.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try node.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try node.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try node.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try node.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try node.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try node.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try node.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try node.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try node.integer(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try node.decode(type) }
}
