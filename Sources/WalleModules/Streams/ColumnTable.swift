internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// Named columns with as many rows: what `Rows` and `Batch` of Python have in common.
struct ColumnTable {
    let names: [String]
    let columns: [ResultColumn]
    let count: Int
    let texts: TextDictionary

    func column(_ name: String) throws -> ResultColumn {
        guard let index = names.firstIndex(of: name) else { throw AccessError.column(name, names) }
        return columns[index]
    }

    /// The values of a column by its name, or a row as a dict by its place.
    func item(_ key: PythonPointer) throws -> PythonPointer {
        if walle_IsString(key) != 0 { return try column(String(python: key)).object(count: count, texts) }
        return try row(try place(try Int(python: PythonReference(key)), of: count))
    }

    func codes(_ name: String) throws -> PythonPointer {
        guard let column = try column(name).column, column.type == .text else { throw AccessError.noText(name) }
        return try column.array()
    }

    func row(_ row: Int) throws -> PythonPointer {
        let dict = try Owned(PyDict_New())
        for (name, column) in zip(names, columns) {
            let key = try Owned(taking: NewObject.text(name))
            let value = try Owned(taking: column.object(row, texts))
            guard PyDict_SetItem(dict.pointer, key.pointer, value.pointer) == 0 else { throw PendingException() }
        }
        return dict.take()
    }

    /// The rows one by one.
    var iterator: PythonIterator<Made<RowDict>> {
        PythonIterator((0..<count).lazy.map { row in Made { try self.row(row) } })
    }

    func rows() throws -> PythonPointer { try NewObject.list(count, row) }
}
