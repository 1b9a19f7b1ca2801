internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// What a definition says, as objects of Python: dicts, lists, texts, numbers. Dicts keep their order.
struct DefinitionTree: PythonConvertible {
    let node: DefinitionNode

    static var pythonType: PythonType { PythonType("Mapping[str, Any]") }

    init(python object: PythonReference) throws { node = try Self.node(object, depth: 0) }

    func toPython() throws -> PythonReference { throw ConversionError("has no object") }

    /// No definition needs more; a list that holds itself has no end.
    private static let mostDepth = 16

    private static func node(_ object: PythonReference, depth: Int) throws -> DefinitionNode {
        let pointer = object.pointer
        guard depth < mostDepth else { throw ConversionError("must have at most \(mostDepth) levels", .valueError) }
        if walle_IsString(pointer) != 0 { return .text(try String(python: object)) }
        if walle_IsBool(pointer) != 0 { return .bool(pointer == walle_True()) }
        if walle_IsLong(pointer) != 0 { return .int(Int64(try Int(python: object))) }
        if walle_IsFloat(pointer) != 0 { return .float(PyFloat_AsDouble(pointer)) }
        if walle_IsDict(pointer) != 0 { return .table(try fields(pointer, depth)) }
        let isList = walle_IsList(pointer) != 0
        guard isList || walle_IsTuple(pointer) != 0 else {
            throw ConversionError("must be made of texts, numbers, lists and dicts, not \(object.typeName)")
        }
        return .array(
            try (0..<walle_Size(pointer)).map { index in
                let item = isList ? walle_ListItem(pointer, index) : walle_TupleItem(pointer, index)
                return try node(PythonReference(item.unsafelyUnwrapped), depth: depth + 1)
            })
    }

    private static func fields(_ dict: PythonPointer, _ depth: Int) throws -> [DefinitionNode.Field] {
        var fields: [DefinitionNode.Field] = []
        var position = 0
        var (key, value): (PythonPointer?, PythonPointer?)
        while PyDict_Next(dict, &position, &key, &value) != 0 {
            guard let key, let value else { break }
            fields.append(
                DefinitionNode.Field(
                    try String(python: PythonReference(key)), try node(PythonReference(value), depth: depth + 1)))
        }
        return fields
    }
}
