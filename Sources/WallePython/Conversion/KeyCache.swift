internal import CWallePython

/// Python strings for the keys of `Codable` types and dictionaries: most are used again and again, and making one costs
/// more than finding it. A table of constant size: a key takes the place of another with the same hash, so that made-up
/// names cannot fill the heap.
struct KeyCache {
    private var entries: [(key: String, object: PythonPointer)?] = []
    private static let count = 256
    /// Longer keys are seldom names of fields.
    private static let longest = 64

    /// A string, borrowed until the next call.
    mutating func string(_ key: String) throws(PythonFailure) -> PythonPointer {
        let place = Self.place(of: key)
        if !entries.isEmpty, let known = entries[place], known.key == key { return known.object }
        return try make(key, at: place)
    }

    /// A new reference.
    mutating func reference(_ key: String) throws(PythonFailure) -> Owned {
        if key.utf8.count > Self.longest { return try Owned(key.python()) }
        return Owned(borrowing: try string(key))
    }

    @inline(never)
    private mutating func make(_ key: String, at place: Int) throws(PythonFailure) -> PythonPointer {
        if entries.isEmpty { entries = Array(repeating: nil, count: Self.count) }
        let object = try Owned(key.python()).take()
        let old = entries[place]
        entries[place] = (key, object)
        if let old { Py_DecRef(old.object) }
        return object
    }

    /// FNV-1a: short keys take less than the seeded hash of `Dictionary`, and nobody gains by collisions here.
    private static func place(of key: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in key.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash >> 16 ^ hash) % UInt32(count))
    }

    mutating func clear() {
        for case let entry? in entries { Py_DecRef(entry.object) }
        entries = []
    }
}

extension String {
    /// A new `str` object; nil with an exception set when memory is short.
    package func python() -> PythonPointer? {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { PyUnicode_FromStringAndSize($0.baseAddress, $0.count) }
        }
    }
}
