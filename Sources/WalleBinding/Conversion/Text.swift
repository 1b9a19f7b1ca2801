internal import CWallePython
public import Foundation
internal import WallePython

extension String: PythonConvertible {
    public static var pythonType: PythonType { PythonType("str") }

    public init(python object: PythonReference) throws {
        guard walle_IsString(object.pointer) != 0 else { throw ConversionError.mismatch(String.pythonType, object) }
        self.init(python: object.pointer)
    }

    public func toPython() throws -> PythonReference { try PythonReference(new: python()) }

    /// The text between double quotes, with the escapes that Python reads.
    public var pythonLiteral: String {
        let escaped = unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            case "\r": "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                "\\x" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

extension Data: PythonConvertible {
    public static var pythonType: PythonType {
        PythonType(accepted: "bytes | bytearray | memoryview", returned: "bytes")
    }

    public init(python object: PythonReference) throws {
        self = try Buffers.read(object) { Data($0) }
    }

    public func toPython() throws -> PythonReference {
        try withUnsafeBytes { try Buffers.make($0) }
    }
}

/// Runs of bytes.
@usableFromInline
enum Buffers {
    @usableFromInline
    static func read(_ object: PythonReference) throws -> [UInt8] {
        try read(object) { Array($0) }
    }

    @usableFromInline
    static func make(_ bytes: [UInt8]) throws -> PythonReference {
        try bytes.withUnsafeBytes { try make($0) }
    }

    static func read<Result>(
        _ object: PythonReference, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        guard PyObject_CheckBuffer(object.pointer) != 0 else { throw ConversionError.mismatch(Data.pythonType, object) }
        var view = Py_buffer()
        guard PyObject_GetBuffer(object.pointer, &view, PyBUF_SIMPLE) == 0 else { throw PendingException() }
        defer { PyBuffer_Release(&view) }
        return try body(UnsafeRawBufferPointer(start: view.buf, count: view.len))
    }

    static func make(_ bytes: UnsafeRawBufferPointer) throws -> PythonReference {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        return try PythonReference(new: PyBytes_FromStringAndSize(start, bytes.count))
    }
}
