internal import CWallePython

/// Python strings for the keys of `Codable` types: made once an interpreter, found by the Swift string.
struct KeyCache {
    private var strings: [String: PythonPointer] = [:]
    /// Keys of dictionaries with made-up names must not fill the heap.
    private static let most = 4096

    /// A borrowed string, interned.
    mutating func string(_ key: String) throws(PythonFailure) -> PythonPointer {
        if let known = strings[key] { return known }
        if strings.count >= Self.most { clear() }
        let new = try Owned(key.python()).take()
        strings[key] = new
        return new
    }

    mutating func clear() {
        strings.values.forEach { Py_DecRef($0) }
        strings = [:]
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
