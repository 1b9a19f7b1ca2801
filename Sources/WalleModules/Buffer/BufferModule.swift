internal import Foundation
package import WalleBinding
package import WallePython

/// `walle._buffer`, which has `walle.Buffer`.
package enum BufferModule {
    package static let module = PythonModule(
        "walle._buffer",
        doc: "Bytes that a task and its app share. Use `walle.Buffer`, which also works outside the host."
    ) {
        Class(
            BufferObject.self,
            doc: """
                Bytes that lie outside of the VM's heap and are shared with the app without a copy.

                `Buffer(n)` has n zero bytes, `Buffer(b"...")` a copy. Read and write through `memoryview(buffer)`, or
                whatever else knows the buffer protocol. A buffer that came from the app, or was given to it, is
                read-only: `readonly` is true, and `buffer[i] = x` makes a copy of its own first.
                """
        ) {
            Function("__init__", "source") { (source: Source) in try source.make() }
            Function("__len__", "self") { (buffer: BufferObject) in buffer.count }
            Function("__getitem__", "self", "index") { (buffer: BufferObject, index: Int) in
                buffer.bytes[try offset(index, in: buffer)]
            }
            Function("__setitem__", "self", "index", "value") { (buffer: BufferObject, index: Int, value: UInt8) in
                let offset = try offset(index, in: buffer)
                guard try buffer.detach() else { throw Failure.viewed }
                buffer.bytes[offset] = value
            }
            Function("__eq__", "self", "other") { (buffer: BufferObject, other: Bytes) in
                other.withBytes { $0.elementsEqual(buffer.bytes) }
            }
            Function("__repr__", "self") { (buffer: BufferObject) in "<walle.Buffer of \(buffer.count) bytes>" }
            Property("readonly", doc: "Whether views of it cannot write.") { (buffer: BufferObject) in buffer.isShared }
            Buffer { (buffer: BufferObject, isWritten: Bool) in
                buffer.beginView()
                // The view holds the Python object, which holds the buffer.
                let end = { [unowned buffer] in buffer.endView() }
                return buffer.isShared
                    ? ExportedMemory(UnsafeRawBufferPointer(buffer.bytes), onRelease: end)
                    : ExportedMemory(buffer.bytes, onRelease: end)
            }
        }
    }

    private static func offset(_ index: Int, in buffer: BufferObject) throws -> Int {
        let offset = index < 0 ? index + buffer.count : index
        guard offset >= 0 && offset < buffer.count else { throw Failure.noSuchByte }
        return offset
    }

    private enum Failure: PythonConvertibleError {
        case viewed, noSuchByte, negative

        var pythonException: PythonExceptionType {
            switch self {
            case .viewed: .bufferError
            case .noSuchByte: .indexError
            case .negative: .valueError
            }
        }

        var pythonMessage: String {
            switch self {
            case .viewed: "the buffer is shared, and views of it are held: release them before you write"
            case .noSuchByte: "index out of range"
            case .negative: "a buffer has no negative count of bytes"
            }
        }
    }

    /// Bytes that are only read: a buffer among them stays the script's own.
    private enum Bytes: PythonConvertible {
        case buffer(BufferObject)
        case data(Data)

        static var pythonType: PythonType { SharedBytes.pythonType }

        init(python object: PythonReference) throws {
            if let buffer = try? BufferObject(python: object) {
                self = .buffer(buffer)
            } else {
                self = .data(try Data(python: object))
            }
        }

        func toPython() throws -> PythonReference {
            switch self {
            case .buffer(let buffer): try buffer.toPython()
            case .data(let data): try data.toPython()
            }
        }

        func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
            switch self {
            case .buffer(let buffer): try body(UnsafeRawBufferPointer(buffer.bytes))
            case .data(let data): try data.withUnsafeBytes(body)
            }
        }
    }

    /// What a script makes a buffer of.
    private enum Source: PythonConvertible {
        case count(Int)
        case bytes(Bytes)

        static var pythonType: PythonType { PythonType("int | Buffer | bytes | bytearray | memoryview") }

        init(python object: PythonReference) throws {
            if let count = try? Int(python: object) {
                self = .count(count)
            } else if let bytes = try? Bytes(python: object) {
                self = .bytes(bytes)
            } else {
                throw ConversionError.mismatch(Self.pythonType, object)
            }
        }

        func toPython() throws -> PythonReference { try make().toPython() }

        func make() throws -> BufferObject {
            let interpreter = try Interpreter.attached()
            switch self {
            case .count(let count):
                guard count >= 0 else { throw Failure.negative }
                return try BufferObject(count: count, in: interpreter)
            case .bytes(let bytes):
                return try bytes.withBytes { bytes in
                    let buffer = try BufferObject(count: bytes.count, in: interpreter)
                    buffer.bytes.copyMemory(from: bytes)
                    return buffer
                }
            }
        }
    }
}

extension BufferObject: PythonObject {
    package static var pythonName: String { "Buffer" }
}
