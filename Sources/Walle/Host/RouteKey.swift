internal import WallePython

/// Reads the one key of an input that `route` in `task.toml` names, without encoding the rest.
enum RouteKey {
    /// A hash that is the same in every process; nil when the input has no such key.
    static func hash(of input: some Encodable, key: String) -> UInt64? {
        if let value = input as? Value { return value[key].map { hash("\($0)") } }
        let finder = KeyFinder(key: key)
        do { try input.encode(to: finder) } catch { return nil }
        return finder.box.found.map(hash)
    }

    /// Of the bytes, with a last mix so that few instances share well.
    static func hash(_ text: String) -> UInt64 {
        var hash = StableHash.of(text.utf8)
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        return hash ^ hash >> 33
    }
}

private final class Found {
    var found: String?
}

private struct KeyFinder: Encoder {
    let key: String
    let box = Found()
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Finder<Key>(finder: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { Ignorer(finder: self) }
    func singleValueContainer() -> any SingleValueEncodingContainer { Ignorer(finder: self) }
}

private struct Finder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let finder: KeyFinder
    var codingPath: [any CodingKey] { [] }

    private func note(_ value: some Any, _ key: Key) {
        if key.stringValue == finder.key { finder.box.found = "\(value)" }
    }

    mutating func encodeNil(forKey key: Key) {}
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) { note(value, key) }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { KeyFinder(key: "").container(keyedBy: keyType) }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        KeyFinder(key: "").unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { KeyFinder(key: "") }
    mutating func superEncoder(forKey key: Key) -> any Encoder { KeyFinder(key: "") }
}

/// Takes whatever has no keys.
private struct Ignorer: UnkeyedEncodingContainer, SingleValueEncodingContainer {
    let finder: KeyFinder
    var codingPath: [any CodingKey] { [] }
    var count: Int { 0 }

    mutating func encodeNil() {}
    mutating func encode<T: Encodable>(_ value: T) throws {
        // A wrapper that encodes as the value it holds, or a dictionary.
        try value.encode(to: finder)
    }
    mutating func encode(_ value: Bool) {}
    mutating func encode(_ value: String) {}
    mutating func encode(_ value: Double) {}
    mutating func encode(_ value: Float) {}
    mutating func encode(_ value: Int) {}
    mutating func encode(_ value: Int8) {}
    mutating func encode(_ value: Int16) {}
    mutating func encode(_ value: Int32) {}
    mutating func encode(_ value: Int64) {}
    mutating func encode(_ value: UInt) {}
    mutating func encode(_ value: UInt8) {}
    mutating func encode(_ value: UInt16) {}
    mutating func encode(_ value: UInt32) {}
    mutating func encode(_ value: UInt64) {}
    mutating func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyFinder(key: "").container(keyedBy: keyType)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { KeyFinder(key: "").unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { KeyFinder(key: "") }
}
