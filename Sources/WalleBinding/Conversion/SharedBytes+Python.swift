internal import CWallePython
internal import Foundation
public import WallePython

/// A function takes the memory of a `walle.Buffer` without a copy, and a copy of other bytes; it gives a `walle.Buffer`.
extension SharedBytes: PythonConvertible {
    public static var pythonType: PythonType {
        PythonType(accepted: "Buffer | bytes | bytearray | memoryview", returned: "Buffer")
    }

    public init(python object: PythonReference) throws {
        if let shared = try Interpreter.attached().sharedBytes(of: object.pointer) {
            self = shared
        } else if PyObject_CheckBuffer(object.pointer) != 0 {
            self.init(try Data(python: object))
        } else {
            throw ConversionError.mismatch(Self.pythonType, object)
        }
    }

    public func toPython() throws -> PythonReference {
        let interpreter = try Interpreter.attached()
        return PythonReference(try interpreter.object(of: self).take())
    }
}
