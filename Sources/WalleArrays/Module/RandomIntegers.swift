internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Integers between bounds.
enum RandomIntegers {
    static func draw(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let generator = try state.generator(given[0])
        let dtype = try state.dtype(given[4])
        let options = Options(
            dtype: dtype, isClosed: PyObject_IsTrue(given[5]) == 1, usesMask: PyObject_IsTrue(given[6]) == 1)
        guard dtype.kind <= .integer else {
            throw TensorError.type(
                "Unsupported dtype dtype('\(dtype)') for \(options.usesMask ? "randint" : "integers")")
        }
        let shape = try given.optional(3).map(Integer.readAxes)
        if let shape, shape.contains(0) { return try state.array(dtype, shape: shape).object }
        let (low, high) = (try bound(given[1], state), try bound(given[2], state))
        if let low, let high { return try draw(generator, try options.range(low, high), shape, options, state) }
        let lows = low == nil ? try state.array(from: given[1]) : nil
        defer { if let lows { Py_DecRef(lows.object) } }
        let highs = high == nil ? try state.array(from: given[2]) : nil
        defer { if let highs { Py_DecRef(highs.object) } }
        let bounds = try IntegerBounds((low, lows), (high, highs), options, state)
        return try bounds.draw(generator, shape, options, state)
    }

    struct Options {
        let dtype: DType
        let isClosed: Bool
        let usesMask: Bool

        /// The least and the greatest number, as words of 64 bits.
        func range(_ low: Int128, _ high: Int128) throws -> (low: Int, last: Int) {
            let last = isClosed ? high : high - 1
            guard low >= least else { throw TensorError.value("low is out of bounds for \(dtype)") }
            guard last <= most else { throw TensorError.value("high is out of bounds for \(dtype)") }
            guard low <= last else { throw disorder(startsAtZero: low == 0) }
            return (Int(truncatingIfNeeded: low), Int(truncatingIfNeeded: last))
        }

        func disorder(startsAtZero: Bool) -> TensorError {
            startsAtZero
                ? .value(isClosed ? "high < 0" : "high <= 0") : .value(isClosed ? "low > high" : "low >= high")
        }

        var bits: Int { dtype == .bool ? 1 : 8 * dtype.byteCount }
        var isSigned: Bool { [.int8, .int16, .int32, .int64].contains(dtype) }
        var least: Int128 { isSigned ? -(1 << (bits - 1)) : 0 }
        var most: Int128 { isSigned ? 1 << (bits - 1) - 1 : 1 << bits - 1 }
    }

    /// A bound that is one number; nil for an array.
    private static func bound(_ object: PythonPointer, _ state: StatePointer) throws -> Int128? {
        var compact = 0
        if walle_CompactLong(object, &compact) != 0 { return Int128(compact) }
        if walle_IsLong(object) != 0 { return try large(object) }
        try state.settle(object)
        if walle_Type(object) == state.pointee.arrayType {
            if ArrayPointer(object).rank > 0 { return nil }
        } else if walle_IsList(object) != 0 || walle_IsTuple(object) != 0 || PyNumber_Check(object) == 0 {
            return nil
        }
        let integer = try new(PyNumber_Long(object))
        defer { Py_DecRef(integer) }
        return try large(integer)
    }

    /// Numbers that no type holds become some that no type holds.
    private static func large(_ object: PythonPointer) throws -> Int128 {
        var overflow: Int32 = 0
        let value = PyLong_AsLongLongAndOverflow(object, &overflow)
        if overflow == 0 { return Int128(value) }
        if overflow < 0 { return -(1 << 100) }
        let one = try new(PyLong_FromLong(1))
        defer { Py_DecRef(one) }
        let less = try new(PyNumber_Subtract(object, one))
        defer { Py_DecRef(less) }
        let word = PyLong_AsUnsignedLongLong(less)
        guard PyErr_Occurred() == nil else {
            PyErr_Clear()
            return 1 << 100
        }
        return Int128(word) + 1
    }

    private static func draw(
        _ generator: UnsafeMutablePointer<RandomGenerator>, _ range: (low: Int, last: Int), _ shape: Axes?,
        _ options: Options, _ state: StatePointer
    ) throws -> PythonPointer {
        func fill(_ output: View) throws {
            var rest = RestOfWord()
            try RandomParts.forEach(flat: output) {
                try generator.pointee.drawIntegers(
                    low: range.low, last: range.last, usesMask: options.usesMask, rest: &rest, to: $0)
            }
        }
        if let shape { return try state.array(options.dtype, shape: shape, fill).object }
        return try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { place in
            let base = UnsafeMutableRawPointer(place.baseAddress.unsafelyUnwrapped)
            try fill(View(base: base, dtype: options.dtype, layout: Layout(shape: [], strides: [])))
            return try state.scalar(options.dtype, base)
        }
    }
}

/// Bounds of their own for each element.
private struct IntegerBounds {
    /// Of the shape of the bounds that were given, as words of 64 bits.
    private let low: View
    private let last: View
    private let common: Axes
    private let owned: [ArrayPointer]

    /// A bound is one number or an array.
    typealias Bound = (number: Int128?, array: ArrayPointer?)

    init(_ low: Bound, _ high: Bound, _ options: RandomIntegers.Options, _ state: StatePointer) throws {
        let (lowShape, highShape) = (low.array?.shape ?? [], high.array?.shape ?? [])
        common = try RandomParameters.broadcast([lowShape, highShape])
        let type: DType = options.dtype == .uint64 ? .uint64 : .int64
        let lows = try state.array(type, shape: lowShape)
        let lasts: ArrayPointer
        do { lasts = try state.array(type, shape: highShape) } catch {
            Py_DecRef(lows.object)
            throw error
        }
        owned = [lows, lasts]
        (self.low, self.last) = (lows.view, lasts.view)
        do {
            try Self.read(low, into: lows.view) {
                $0 >= options.least && $0 <= options.most ? $0 : nil
            } or: {
                TensorError.value("low is out of bounds for \(options.dtype)")
            }
            let startsAtZero = Self.isZero(lows.view)
            var isBelow = false
            try Self.read(high, into: lasts.view) {
                let last = options.isClosed ? $0 : $0 - 1
                isBelow = last < options.least
                return isBelow || last > options.most ? nil : last
            } or: {
                isBelow
                    ? options.disorder(startsAtZero: startsAtZero)
                    : TensorError.value("high is out of bounds for \(options.dtype)")
            }
            try checkOrder(options, startsAtZero)
        } catch {
            release()
            throw error
        }
    }

    private func release() { for array in owned { Py_DecRef(array.object) } }

    /// Converts elements of any type; floats lose their fractions.
    private static func read(
        _ bound: Bound, into target: View, _ convert: (Int128) -> Int128?, or failure: () -> TensorError
    ) throws {
        guard let source = bound.array?.view else {
            guard let value = convert(bound.number ?? 0) else { throw failure() }
            target.base?.storeBytes(of: UInt64(truncatingIfNeeded: value), as: UInt64.self)
            return
        }
        try read(source, into: target, convert, or: failure)
    }

    private static func read(
        _ source: View, into target: View, _ convert: (Int128) -> Int128?, or failure: () -> TensorError
    ) throws {
        var isFine = true
        let isFloat = source.dtype.kind == .floating
        guard source.dtype.kind < .complex else { throw TensorError.type("bounds must be integers") }
        Rows.forEach([source, target]) { count, places, strides in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { number in
                let room = UnsafeMutableRawPointer(number.baseAddress.unsafelyUnwrapped)
                let scalar = Layout(shape: [], strides: [])
                let wide: DType = isFloat ? .float64 : source.dtype == .uint64 ? .uint64 : .int64
                for index in 0..<count where isFine {
                    let place = places[0] + index * strides[0]
                    Elementwise.cast(
                        View(base: place, dtype: source.dtype, layout: scalar),
                        to: View(base: room, dtype: wide, layout: scalar))
                    let value: Int128 =
                        switch wide {
                        case .float64: Int128(clamping: room.load(as: Double.self))
                        case .uint64: Int128(room.load(as: UInt64.self))
                        default: Int128(room.load(as: Int64.self))
                        }
                    guard let bound = convert(value) else {
                        isFine = false
                        return
                    }
                    (places[1] + index * strides[1]).storeBytes(
                        of: UInt64(truncatingIfNeeded: bound), as: UInt64.self)
                }
            }
        }
        if !isFine { throw failure() }
    }

    private static func isZero(_ view: View) -> Bool {
        var isZero = true
        Rows.forEach([view]) { count, places, strides in
            for index in 0..<count where (places[0] + index * strides[0]).load(as: UInt64.self) != 0 { isZero = false }
        }
        return isZero
    }

    private func checkOrder(_ options: RandomIntegers.Options, _ startsAtZero: Bool) throws {
        let both = try RandomParameters.broadcast([low, last], to: common)
        let isUnsigned = options.dtype == .uint64
        var isOrdered = true
        Rows.forEach(both) { count, places, strides in
            for index in 0..<count {
                let low = (places[0] + index * strides[0]).load(as: Int64.self)
                let last = (places[1] + index * strides[1]).load(as: Int64.self)
                let isLess = isUnsigned ? UInt64(bitPattern: low) > UInt64(bitPattern: last) : low > last
                if isLess { isOrdered = false }
            }
        }
        guard isOrdered else { throw options.disorder(startsAtZero: startsAtZero) }
    }

    func draw(
        _ generator: UnsafeMutablePointer<RandomGenerator>, _ shape: Axes?, _ options: RandomIntegers.Options,
        _ state: StatePointer
    ) throws -> PythonPointer {
        defer { release() }
        let shape = try shape.map { try RandomParameters.fit([low.layout.shape, last.layout.shape], $0) } ?? common
        return try state.array(options.dtype, shape: shape) { output in
            var rest = RestOfWord()
            try RandomParts.forEach([output] + RandomParameters.broadcast([low, last], to: shape)) { views in
                generator.pointee.drawIntegers(
                    low: views[1], last: views[2], usesMask: options.usesMask, rest: &rest, to: views[0])
            }
        }.object
    }
}

extension RandomParameters {
    static func broadcast(_ views: [View], to shape: Axes) throws -> [View] {
        try views.map { View(base: $0.base, dtype: $0.dtype, layout: try $0.layout.broadcast(to: shape)) }
    }
}

extension Int128 {
    /// A float without its fraction; what no type of integers holds becomes some number that none holds.
    fileprivate init(clamping value: Double) {
        self = abs(value) < 0x1p100 ? Int128(value) : value < 0 ? -(1 << 100) : 1 << 100
    }
}
