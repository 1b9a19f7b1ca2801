internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// A time that a script gives: a number in a unit since 1970 in UTC, an ISO text, or a `datetime` with a zone.
struct StreamTime {
    let microseconds: Int64

    /// Nil when the object is no time, or one beyond 64 bits.
    init?(_ object: PythonPointer, unit: EventTimeUnit) throws {
        if walle_IsString(object) != 0 {
            guard let time = TimeText.microseconds(String(python: object)) else { return nil }
            microseconds = time
        } else if walle_IsBool(object) != 0 {
            return nil
        } else if walle_IsFloat(object) != 0, unit != .microseconds {
            let scaled = (walle_FloatValue(object) * unit.microseconds).rounded(.down)
            guard let time = Int64(exactly: scaled) else { return nil }
            microseconds = time
        } else if let number = try ColumnReader.int(object) {
            guard let time = unit.scaled(number) else { return nil }
            microseconds = time
        } else {
            guard let time = try Self.ofDateTime(object) else { return nil }
            microseconds = time
        }
    }

    private static func ofDateTime(_ object: PythonPointer) throws -> Int64? {
        let held = Owned(borrowing: object)
        let module = try Owned(PyImport_ImportModule("walle.streams._times"))
        let function = try Owned(PyObject_GetAttrString(module.pointer, "microseconds"))
        let result = try Owned(PyObject_CallOneArg(function.pointer, held.pointer))
        return walle_IsNone(result.pointer) != 0 ? nil : try ColumnReader.int(result.pointer)
    }
}

extension EventTimeUnit {
    var microseconds: Double {
        switch self {
        case .seconds: 1_000_000
        case .milliseconds: 1000
        case .microseconds: 1
        case .nanoseconds: 0.001
        }
    }

    /// Nil beyond 64 bits.
    fileprivate func scaled(_ number: Int64) -> Int64? {
        switch self {
        case .microseconds: return number
        case .nanoseconds: return number >= 0 ? number / 1000 : -((-(number + 1)) / 1000) - 1
        case .seconds, .milliseconds:
            let (product, overflow) = number.multipliedReportingOverflow(by: self == .seconds ? 1_000_000 : 1000)
            return overflow ? nil : product
        }
    }
}
