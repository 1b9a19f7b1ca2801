internal import CWallePython

/// A result as one line of JSON, with the keys in the script's order, which a `Value` does not keep.
package struct JSONLine: Sendable, Hashable, CustomStringConvertible {
    package var text: String

    package init(text: String) { self.text = text }

    package var description: String { text }
}

extension JSONLine: Decodable {
    /// From anything but a script's result: without the order.
    package init(from decoder: any Decoder) throws {
        text = JSONText.text(of: try Value(from: decoder))
    }
}

extension Interpreter {
    /// Writes a Python object as JSON.
    ///
    /// - Throws: as ``value(of:bounds:path:)``.
    func json(
        of object: PythonPointer, bounds: inout ConversionBounds, path: @autoclosure () -> String = "result"
    ) throws(PythonFailure) -> JSONLine {
        var text = ""
        try write(object, to: &text, &bounds, path())
        return JSONLine(text: text)
    }

    private func write(
        _ object: PythonPointer, to text: inout String, _ bounds: inout ConversionBounds,
        _ path: @autoclosure () -> String
    ) throws(PythonFailure) {
        if walle_IsDict(object) != 0 { return try writeDictionary(object, to: &text, &bounds, path()) }
        if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 {
            return try writeList(object, to: &text, &bounds, path())
        }
        let isKnown =
            walle_IsNone(object) + walle_IsBool(object) + walle_IsLong(object) + walle_IsFloat(object)
            + walle_IsString(object) + walle_IsAnySet(object) + PyObject_CheckBuffer(object) > 0
        // Dataclasses and the like have an order, too.
        if !isKnown, let replaced = try plain(object) {
            try descend(&bounds, path())
            defer { bounds.depth += 1 }
            return try write(replaced.pointer, to: &text, &bounds, path())
        }
        JSONText.write(try value(of: object, bounds: &bounds, path: path()), to: &text)
    }

    private func writeDictionary(
        _ object: PythonPointer, to text: inout String, _ bounds: inout ConversionBounds,
        _ path: @autoclosure () -> String
    ) throws(PythonFailure) {
        try descend(&bounds, path())
        defer { bounds.depth += 1 }
        try bounds.spend(16, path())
        text += "{"
        var position = 0
        var isFirst = true
        var key: PythonPointer?
        var element: PythonPointer?
        while PyDict_Next(object, &position, &key, &element) != 0 {
            let name = try keyText(key!, path())
            try bounds.spend(name.utf8.count, path())
            if !isFirst { text += ", " }
            isFirst = false
            JSONText.quote(name, to: &text)
            text += ": "
            // Held: what is written may run code of the script, which may change the dict.
            let held = Owned(borrowing: element!)
            try write(held.pointer, to: &text, &bounds, "\(path()).\(name)")
        }
        text += "}"
    }

    private func writeList(
        _ object: PythonPointer, to text: inout String, _ bounds: inout ConversionBounds,
        _ path: @autoclosure () -> String
    ) throws(PythonFailure) {
        try descend(&bounds, path())
        defer { bounds.depth += 1 }
        try bounds.spend(16, path())
        text += "["
        var index = 0
        while index < walle_Size(object) {
            let element = walle_IsList(object) != 0 ? walle_ListItem(object, index) : walle_TupleItem(object, index)
            if index > 0 { text += ", " }
            let held = Owned(borrowing: element!)
            try write(held.pointer, to: &text, &bounds, "\(path())[\(index)]")
            index += 1
        }
        text += "]"
    }
}
