internal import CWallePython
internal import WalleArrays
internal import WalleBinding
internal import WalleMemory
internal import WallePython
internal import WalleStreams
internal import WalleTensor

/// Makes columns of what Python has: arrays, lists, texts with codes.
struct ColumnReader {
    let type: ColumnType
    let texts: TextDictionary
    let options: IngestOptions
    /// Values that are null because they are of another type.
    private(set) var unfitCount: Int64 = 0
    /// New texts without room in the dictionary.
    private(set) var crowdedCount: Int64 = 0

    init(_ type: ColumnType, _ texts: TextDictionary, _ options: IngestOptions) {
        self.type = type
        self.texts = texts
        self.options = options
    }

    /// What a value of this type may be given as.
    var expected: String {
        switch type {
        case .bool: "bools"
        case .int: "ints of 64 bits"
        case .float: "floats"
        case .text: "texts"
        case .time: "times: ints, datetimes with a zone, or ISO texts"
        }
    }

    /// The column of an array, a list, a tuple or a column of texts; nil for anything else, or an array of another type.
    mutating func column(_ object: PythonPointer) throws -> Column? {
        if let column = try? TextColumnObject(python: PythonReference(object)) {
            return type == .text && column.texts === texts ? column.column : try column.copied(to: &self)
        }
        let isList = walle_IsList(object) != 0
        if isList || walle_IsTuple(object) != 0 {
            return try column(count: walle_Size(object)) { row in
                // What a value's own code did to the list.
                guard row < walle_Size(object) else { return nil }
                return isList ? walle_ListItem(object, row) : walle_TupleItem(object, row)
            }
        }
        let tensor = try TensorExchange().tensor(of: object, converting: false, in: try Interpreter.attached())
        return tensor.flatMap(column)
    }

    /// The column of an array, in its memory where that lies as a column does.
    private func column(_ tensor: Tensor) -> Column? {
        guard tensor.rank == 1, fits(tensor.dtype), type != .time || options.timeUnit == .microseconds else {
            return nil
        }
        let wanted = type.dtype
        if tensor.dtype == wanted, tensor.isContiguous, tensor.offset == 0 {
            return Column(type, count: tensor.count, values: tensor.storage)
        }
        let packed = Column(uninitialized: type, count: tensor.count)
        let cast = tensor.dtype == wanted ? tensor : tensor.cast(to: wanted)
        let base = cast.view.base
        for row in 0..<cast.count {
            guard let base else { break }
            let from = base + row * cast.layout.strides[0]
            (packed.values.bytes.baseAddress.unsafelyUnwrapped + row * type.width)
                .copyMemory(from: from, byteCount: type.width)
        }
        return packed
    }

    /// Whether no value of the elements can be lost.
    private func fits(_ dtype: DType) -> Bool {
        switch type {
        case .bool: dtype == .bool
        case .int, .time: [.bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32].contains(dtype)
        case .float:
            [.float64, .float32, .float16, .bfloat16, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32]
                .contains(dtype)
        case .text: false
        }
    }

    // MARK: values one by one

    /// The column of objects; where there is none, or one of another type, the value is null.
    mutating func column(count: Int, _ object: (Int) throws -> PythonPointer?) throws -> Column {
        var column = ColumnBuilder(type, capacity: count)
        for row in 0..<count {
            if row & 0xffff == 0xffff { try PythonContext.current?.checkCancellation() }
            guard let value = try object(row), walle_IsNone(value) == 0 else {
                column.appendNull()
                continue
            }
            let isFit: Bool =
                switch type {
                case .bool: appended(bool: value, &column)
                case .int: try appended(int: value, &column)
                case .float: try appended(float: value, &column)
                case .text: appended(text: value, &column)
                case .time: try appended(time: value, &column)
                }
            if !isFit {
                column.appendNull()
                unfitCount += 1
            }
        }
        return column.finish()
    }

    private func appended(bool value: PythonPointer, _ column: inout ColumnBuilder) -> Bool {
        guard walle_IsBool(value) != 0 else { return false }
        column.append(bool: value == walle_True())
        return true
    }

    private func appended(int value: PythonPointer, _ column: inout ColumnBuilder) throws -> Bool {
        guard let number = try Self.int(value) else { return false }
        column.append(int: number)
        return true
    }

    private func appended(float value: PythonPointer, _ column: inout ColumnBuilder) throws -> Bool {
        if walle_IsFloat(value) != 0 {
            column.append(float: walle_FloatValue(value))
        } else if walle_IsBool(value) == 0, let number = try Self.int(value) {
            column.append(float: Double(number))
        } else {
            return false
        }
        return true
    }

    /// Nil when it is no whole number of 64 bits.
    static func int(_ value: PythonPointer) throws -> Int64? {
        var small = 0
        if walle_CompactLong(value, &small) != 0 { return Int64(small) }
        if walle_IsLong(value) != 0 {
            var overflow: Int32 = 0
            let number = PyLong_AsLongLongAndOverflow(value, &overflow)
            return overflow == 0 ? number : nil
        }
        if walle_IsFloat(value) != 0 { return Int64(exactly: walle_FloatValue(value)) }
        guard PyIndex_Check(value) != 0 else { return nil }
        let held = Owned(borrowing: value)
        let index = try Owned(PyNumber_Index(held.pointer))
        var overflow: Int32 = 0
        let number = PyLong_AsLongLongAndOverflow(index.pointer, &overflow)
        return overflow == 0 ? number : nil
    }

    private mutating func appended(text value: PythonPointer, _ column: inout ColumnBuilder) -> Bool {
        guard walle_IsString(value) != 0 else { return false }
        var length = 0
        guard let start = PyUnicode_AsUTF8AndSize(value, &length) else {
            // Half of a surrogate pair.
            PyErr_Clear()
            return false
        }
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        append(bytes, &column)
        return true
    }

    mutating func append(_ text: UnsafeRawBufferPointer, _ column: inout ColumnBuilder) {
        let code = texts.code(of: text, mostTexts: options.mostTexts, mostBytes: options.mostTextBytes)
        guard let code else {
            crowdedCount += 1
            return column.appendNull()
        }
        column.append(code: code)
    }

    private func appended(time value: PythonPointer, _ column: inout ColumnBuilder) throws -> Bool {
        guard let time = try StreamTime(value, unit: options.timeUnit)?.microseconds else { return false }
        column.append(int: time)
        return true
    }
}

extension TextColumnObject {
    /// The same texts with the codes of another dictionary; nil when texts are not what is wanted.
    fileprivate func copied(to reader: inout ColumnReader) throws -> Column? {
        guard reader.type == .text else { return nil }
        var column = ColumnBuilder(.text, capacity: self.column.count)
        for row in 0..<self.column.count {
            if self.column.isNull(row) {
                column.appendNull()
            } else {
                reader.append(texts.text(self.column.codes[row]), &column)
            }
        }
        return column.finish()
    }
}
