internal import CWallePython
internal import WalleArrays
internal import WalleBinding
internal import WalleMemory
internal import WallePython
internal import WalleStreams
internal import WalleTensor

extension ColumnType {
    /// What the elements are of an array over the memory of a column.
    var dtype: DType {
        switch self {
        case .bool: .bool
        case .int, .time: .int64
        case .float: .float64
        case .text: .uint32
        }
    }
}

extension Column {
    /// An array of `walle.numpy` in the column's own memory: nobody copies it before somebody writes to it.
    func array() throws -> PythonPointer { try Self.array(values, type.dtype, count) }

    /// Which rows are null, an array of bools; `None` when no row is.
    func nullArray() throws -> PythonPointer {
        guard let nulls else { return NewObject.none() }
        let storage = SharedStorage(uninitialized: max(1, count))
        for row in 0..<count { storage.bytes[row] = nulls[row] ? 1 : 0 }
        return try Self.array(storage, .bool, count)
    }

    static func array(_ storage: SharedStorage, _ dtype: DType, _ count: Int) throws -> PythonPointer {
        let layout = Layout(contiguous: [count], elementBytes: dtype.byteCount)
        let tensor = Tensor(dtype: dtype, layout: layout, storage: storage)
        return try TensorExchange().object(of: tensor, in: try Interpreter.attached()).take()
    }

    /// An array of numbers that are no column.
    static func array<Number: TensorElement & BitwiseCopyable>(_ numbers: [Number]) throws -> PythonPointer {
        let storage = numbers.withUnsafeBytes { SharedStorage(copying: $0) }
        return try array(storage, Number.dtype, numbers.count)
    }

    /// The value of a row: an int for a time.
    func object(_ row: Int, _ texts: TextDictionary) throws -> PythonPointer {
        if isNull(row) { return NewObject.none() }
        switch type {
        case .bool: return NewObject.bool(bools[row] != 0)
        case .int, .time: return try NewObject.int(ints[row])
        case .float: return try NewObject.checked(PyFloat_FromDouble(floats[row]))
        case .text: return try NewObject.text(texts.text(codes[row]))
        }
    }
}

extension ResultColumn {
    var column: Column? {
        if case .values(let column) = self { column } else { nil }
    }

    /// The value of a row.
    func object(_ row: Int, _ texts: TextDictionary) throws -> PythonPointer {
        switch self {
        case .values(let column): try column.object(row, texts)
        case .texts(let values): try values[row].map { try NewObject.text($0) } ?? NewObject.none()
        case .lists(let lists): try NewObject.list(lists[row].count) { try Self.object(lists[row][$0]) }
        case .counted(let counted):
            try NewObject.list(counted[row].count) { index in
                let entry = counted[row][index]
                let pair = try Owned(PyTuple_New(2))
                walle_TupleSetItem(pair.pointer, 0, try Self.object(entry.value))
                walle_TupleSetItem(pair.pointer, 1, try NewObject.int(entry.count))
                return pair.take()
            }
        }
    }

    private static func object(_ value: EventValue) throws -> PythonPointer {
        switch value {
        case .null: NewObject.none()
        case .bool(let value): NewObject.bool(value)
        case .int(let value), .time(let value): try NewObject.int(value)
        case .float(let value): try NewObject.checked(PyFloat_FromDouble(value))
        case .text(let value): try NewObject.text(value)
        }
    }

    /// All values: an array of numbers, truths and times, in which nulls are zero; else a list.
    func object(count: Int, _ texts: TextDictionary) throws -> PythonPointer {
        if let column, column.type != .text { return try column.array() }
        return try NewObject.list(count) { try object($0, texts) }
    }

    /// Which rows are null; `None` when no row is.
    func nullArray() throws -> PythonPointer {
        switch self {
        case .values(let column): return try column.nullArray()
        case .texts(let texts):
            return texts.contains(nil) ? try Column.array(texts.map { $0 == nil }) : NewObject.none()
        case .lists, .counted: return NewObject.none()
        }
    }

    /// The rows of columns of one kind, one behind the other.
    static func joined(_ columns: [ResultColumn], count: Int) -> ResultColumn {
        if columns.count == 1 { return columns[0] }
        switch columns[0] {
        case .values: return .values(Column.joined(columns.compactMap(\.column), count: count))
        case .texts: return .texts(columns.flatMap(\.texts))
        case .lists: return .lists(columns.flatMap(\.lists))
        case .counted: return .counted(columns.flatMap(\.counted))
        }
    }

    private var texts: [String?] {
        if case .texts(let texts) = self { texts } else { [] }
    }

    private var lists: [[EventValue]] {
        if case .lists(let lists) = self { lists } else { [] }
    }

    private var counted: [[Counted]] {
        if case .counted(let counted) = self { counted } else { [] }
    }
}
