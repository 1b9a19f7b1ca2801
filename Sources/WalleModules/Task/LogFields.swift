internal import Logging
internal import WalleBinding
internal import WallePython

/// The fields of a log message. Whatever a script gives becomes text: a message is not lost for an odd value.
struct LogFields: PythonConvertible {
    let metadata: Logger.Metadata

    static var pythonType: PythonType { PythonType(accepted: "Mapping[str, Any]", returned: "dict[str, Any]") }

    init(python object: PythonReference) throws {
        let fields = try [String: LogField](python: object)
        metadata = fields.mapValues { Self.metadata($0.value) }
    }

    func toPython() throws -> PythonReference { try metadata.mapValues(\.description).toPython() }

    private static func metadata(_ value: Value) -> Logger.MetadataValue {
        switch value {
        case .string(let text): .string(text)
        case .array(let values): .array(values.map(metadata))
        case .dictionary(let values): .dictionary(values.mapValues(metadata))
        default: .stringConvertible(value)
        }
    }
}

/// A value, or the text of an object that is none.
private struct LogField: PythonConvertible {
    let value: Value

    static var pythonType: PythonType { .any }

    init(python object: PythonReference) throws {
        do {
            value = try Value(python: object)
        } catch is ConversionError {
            value = .string(object.text)
        }
    }

    func toPython() throws -> PythonReference { try value.toPython() }
}
