internal import BigInt
internal import CWallePython
internal import Foundation
internal import WalleTensor

/// Bounds on what crosses: a cyclic or endless object must not hang the host.
package struct ConversionBounds {
    /// Nesting. Deeper values overflow the stacks of those who walk them.
    package var depth = 256
    /// Elements and bytes left.
    package var bytes: Int

    /// What messages say that is expected instead of more.
    package var allowed = "a result within limits.result in task.toml"

    package init(bytes: Int) { self.bytes = bytes }

    /// Counts an element and the bytes behind it.
    mutating func spend(_ bytes: Int, _ path: @autoclosure () -> String) throws(PythonFailure) {
        self.bytes -= bytes
        if self.bytes < 0 {
            throw .mismatch(expected: allowed, got: "more", path: path())
        }
    }
}

extension Interpreter {
    /// A new Python object for a value.
    package func object(of value: Value) throws(PythonFailure) -> Owned {
        switch value {
        case .none: return Owned(borrowing: walle_None())
        case .bool(let value): return Owned(borrowing: value ? walle_True() : walle_False())
        case .integer(let value): return try Owned(PyLong_FromLong(value))
        case .bigInteger(let value): return try object(of: value)
        case .double(let value): return try Owned(PyFloat_FromDouble(value))
        case .string(let value): return try Owned(value.python())
        case .bytes(let value): return try object(of: value)
        case .sharedBytes(let value): return try object(of: value)
        case .tensor(let value): return try object(of: value)
        case .date(let value): return try object(of: value)
        case .duration(let value): return try object(of: value)
        case .array(let values): return try list(of: values)
        case .set(let values):
            let list = try list(of: Array(values))
            return try Owned(PySet_New(list.pointer))
        case .dictionary(let values):
            let dictionary = try Owned(PyDict_New())
            // Scripts see the order of a dict; Swift's is another in each process.
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                let name = try keys.reference(key)
                let element = try object(of: value)
                try check(PyDict_SetItem(dictionary.pointer, name.pointer, element.pointer))
            }
            return dictionary
        }
    }

    private func list(of values: [Value]) throws(PythonFailure) -> Owned {
        let list = try Owned(PyList_New(values.count))
        for (index, value) in values.enumerated() {
            walle_ListSetItem(list.pointer, index, try object(of: value).take())
        }
        return list
    }

    /// The value of a Python object.
    ///
    /// - Throws: ``PythonFailure/mismatch(expected:got:path:)`` for an object with no counterpart, a cycle, or more than
    ///   `bounds` allow.
    package func value(
        of object: PythonPointer, bounds: inout ConversionBounds, path: @autoclosure () -> String = "result"
    ) throws(PythonFailure) -> Value {
        try bounds.spend(16, path())
        if walle_IsNone(object) != 0 { return .none }
        if walle_IsBool(object) != 0 { return .bool(object == walle_True()) }
        if walle_IsLong(object) != 0 { return try integer(of: object, bounds: &bounds, path()) }
        if walle_IsFloat(object) != 0 { return .double(walle_FloatValue(object)) }
        if walle_IsString(object) != 0 {
            try bounds.spend(walle_TextBytes(object), path())
            return .string(String(python: object))
        }
        if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 {
            return .array(try array(of: object, bounds: &bounds, path: path()))
        }
        if walle_IsDict(object) != 0 { return .dictionary(try dictionary(of: object, bounds: &bounds, path: path())) }
        return try rarer(object, bounds: &bounds, path: path())
    }

    private func integer(
        of object: PythonPointer, bounds: inout ConversionBounds, _ path: @autoclosure () -> String
    ) throws(PythonFailure) -> Value {
        var overflow: Int32 = 0
        let value = PyLong_AsLongAndOverflow(object, &overflow)
        if overflow == 0 {
            if value == -1 && PyErr_Occurred() != nil { throw .pending }
            return .integer(value)
        }
        try bounds.spend(walle_LongBytes(object), path())
        return .bigInteger(try bigInteger(of: object))
    }

    private func array(
        of object: PythonPointer, bounds: inout ConversionBounds, path: @autoclosure () -> String
    ) throws(PythonFailure) -> [Value] {
        try descend(&bounds, path())
        defer { bounds.depth += 1 }
        let isList = walle_IsList(object) != 0
        var values: [Value] = []
        values.reserveCapacity(min(walle_Size(object), max(0, bounds.bytes / 16)))
        var index = 0
        while index < walle_Size(object) {
            // Held: what an element makes of itself is the script's code, and may change the list.
            let element = Owned(borrowing: isList ? walle_ListItem(object, index) : walle_TupleItem(object, index))
            values.append(try value(of: element.pointer, bounds: &bounds, path: "\(path())[\(index)]"))
            index += 1
        }
        return values
    }

    private func dictionary(
        of object: PythonPointer, bounds: inout ConversionBounds, path: @autoclosure () -> String
    ) throws(PythonFailure) -> [String: Value] {
        try descend(&bounds, path())
        defer { bounds.depth += 1 }
        var values: [String: Value] = [:]
        values.reserveCapacity(min(PyDict_Size(object), max(0, bounds.bytes / 16)))
        var position = 0
        var key: PythonPointer?
        var element: PythonPointer?
        while PyDict_Next(object, &position, &key, &element) != 0 {
            let held = Owned(borrowing: element!)
            let name = try keyText(key!, path())
            try bounds.spend(name.utf8.count, path())
            values[name] = try value(of: held.pointer, bounds: &bounds, path: "\(path()).\(name)")
        }
        return values
    }

    /// JSON's rule for keys: text, or a number or bool written as text.
    func keyText(_ key: PythonPointer, _ path: @autoclosure () -> String) throws(PythonFailure) -> String {
        if walle_IsString(key) != 0 { return String(python: key) }
        guard walle_IsLong(key) != 0 || walle_IsFloat(key) != 0 else {
            throw .mismatch(expected: "keys of type str, int or float", got: Self.typeName(key), path: path())
        }
        let text = try Owned(PyObject_Str(key))
        return String(python: text.pointer)
    }

    func descend(_ bounds: inout ConversionBounds, _ path: @autoclosure () -> String) throws(PythonFailure) {
        bounds.depth -= 1
        guard bounds.depth > 0 else {
            let start = path().prefix(60)
            throw .mismatch(expected: "at most 256 levels", got: "a cyclic or deeper value", path: "\(start)…")
        }
    }

    private func rarer(
        _ object: PythonPointer, bounds: inout ConversionBounds, path: @autoclosure () -> String
    ) throws(PythonFailure) -> Value {
        if walle_IsAnySet(object) != 0 {
            let list = try Owned(PySequence_List(object))
            return .set(Set(try array(of: list.pointer, bounds: &bounds, path: path())))
        }
        if let shared = sharedBytes(of: object) {
            try bounds.spend(shared.count, path())
            return .sharedBytes(shared)
        }
        if let tensor = try tensor(of: object) {
            try bounds.spend(tensor.byteCount, path())
            return .tensor(tensor)
        }
        if let data = try bytes(of: object, bounds: &bounds, path()) { return .bytes(data) }
        let api = try dateTimeAPI()
        if walle_IsDate(api, object) != 0 { return .date(try date(of: object)) }
        if walle_IsDelta(api, object) != 0 { return .duration(duration(of: object)) }
        // Dataclasses, enums, numbers and arrays of Walle's own say how they cross.
        if let replaced = try plain(object) {
            return try value(of: replaced.pointer, bounds: &bounds, path: path())
        }
        throw .mismatch(
            expected: "None, bool, int, float, str, bytes, datetime, timedelta, list, tuple, set, dict or a dataclass",
            got: Self.typeName(object), path: path())
    }

    /// What `walle._plain.plain` makes of an object that has no counterpart; nil when it knows none.
    func plain(_ object: PythonPointer) throws(PythonFailure) -> Owned? {
        let machine = try Owned(PyImport_ImportModule("walle._plain"))
        let function = try Owned(PyObject_GetAttrString(machine.pointer, "plain"))
        let result = try Owned(PyObject_CallOneArg(function.pointer, object))
        if result.pointer == object { return nil }
        return result
    }

    static func typeName(_ object: PythonPointer) -> String {
        String(cString: walle_TypeName(object))
    }
}

// MARK: scalars

extension Interpreter {
    func object(of value: BigInt) throws(PythonFailure) -> Owned {
        try Owned(PyLong_FromString(String(value, radix: 16), nil, 16))
    }

    func bigInteger(of object: PythonPointer) throws(PythonFailure) -> BigInt {
        // Hexadecimal: CPython refuses long decimal conversions, and this one is linear.
        let text = try Owned(PyNumber_ToBase(object, 16))
        let digits = String(python: text.pointer)
        let isNegative = digits.hasPrefix("-")
        let magnitude = BigInt(digits.dropFirst(isNegative ? 3 : 2), radix: 16) ?? 0
        return isNegative ? -magnitude : magnitude
    }

    func object(of value: Data) throws(PythonFailure) -> Owned {
        try Owned(
            value.withUnsafeBytes { bytes in
                PyBytes_FromStringAndSize(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
            })
    }

    /// The bytes of an object with the buffer protocol; nil for one without.
    func bytes(
        of object: PythonPointer, bounds: inout ConversionBounds, _ path: @autoclosure () -> String
    ) throws(PythonFailure) -> Data? {
        guard PyObject_CheckBuffer(object) != 0 else { return nil }
        var view = Py_buffer()
        guard PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) == 0 else {
            PyErr_Clear()
            throw .mismatch(expected: "contiguous bytes", got: Self.typeName(object), path: path())
        }
        defer { PyBuffer_Release(&view) }
        try bounds.spend(view.len, path())
        return view.len == 0 ? Data() : Data(bytes: view.buf, count: view.len)
    }

    private static let secondsADay = 86400

    func object(of date: Date) throws(PythonFailure) -> Owned {
        let microseconds = (date.timeIntervalSince1970 * 1e6).rounded()
        guard abs(microseconds) < 2.5e17 else {
            throw .mismatch(expected: "a date between the years 1 and 9999", got: "\(date)", path: "input")
        }
        let (days, inDay) = Self.split(Int(microseconds), by: Self.secondsADay * 1_000_000)
        let civil = CivilDate(daysSince1970: days)
        let second = inDay / 1_000_000
        return try Owned(
            walle_NewDateTime(
                try dateTimeAPI(), Int32(civil.year), Int32(civil.month), Int32(civil.day), Int32(second / 3600),
                Int32(second / 60 % 60), Int32(second % 60), Int32(inDay % 1_000_000)))
    }

    func date(of object: PythonPointer) throws(PythonFailure) -> Date {
        let civil = CivilDate(
            year: Int(walle_Year(object)), month: Int(walle_Month(object)), day: Int(walle_Day(object)))
        var seconds = Double(civil.daysSince1970 * Self.secondsADay)
        guard walle_IsDateTime(try dateTimeAPI(), object) != 0 else { return Date(timeIntervalSince1970: seconds) }
        let time = Int(walle_Hour(object)) * 3600 + Int(walle_Minute(object)) * 60 + Int(walle_Second(object))
        seconds += Double(time) + Double(walle_Microsecond(object)) / 1e6
        guard walle_HasTimeZone(object) != 0 else { return Date(timeIntervalSince1970: seconds) }
        let method = try Owned(PyObject_GetAttrString(object, "utcoffset"))
        let offset = try Owned(PyObject_CallNoArgs(method.pointer))
        if walle_IsNone(offset.pointer) == 0 { seconds -= Double(duration(of: offset.pointer).nanoseconds) / 1e9 }
        return Date(timeIntervalSince1970: seconds)
    }

    func object(of duration: Duration) throws(PythonFailure) -> Owned {
        let (seconds, attoseconds) = duration.components
        let (days, inDay) = Self.split(Int(seconds), by: Self.secondsADay)
        guard abs(days) <= 999_999_998 else {
            throw .mismatch(expected: "a duration of less than 10⁹ days", got: "\(duration)", path: "input")
        }
        return try Owned(
            walle_NewDelta(try dateTimeAPI(), Int32(days), Int32(inDay), Int32(attoseconds / 1_000_000_000_000)))
    }

    func duration(of object: PythonPointer) -> Duration {
        .seconds(Int(walle_DeltaDays(object)) * Self.secondsADay + Int(walle_DeltaSeconds(object)))
            + .microseconds(Int(walle_DeltaMicroseconds(object)))
    }

    private static func split(_ value: Int, by unit: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
        return remainder < 0 ? (quotient - 1, remainder + unit) : (quotient, remainder)
    }
}

/// A day of the proleptic Gregorian calendar, as Python's `datetime` counts.
///
/// After Howard Hinnant, "chrono-compatible low-level date algorithms".
struct CivilDate: Equatable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
