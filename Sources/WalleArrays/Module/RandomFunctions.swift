internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Numbers drawn from bits: `bits` is what `random_bits` made, `size` a shape or None for one number, and `spare` None
/// or what is left of a pair of normal numbers, for those of NumPy before 1.17.
enum RandomFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "random_standard",
                "(bits, which, size, dtype, out, spare): uniform, normal, exponential, by inversion.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 6...6, "random_standard") { given, state in
                        try RandomFunctions.standard(given, state)
                    }
                }),
            .fast(
                "random_distribution", "(name): its number for `random_draw`.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "random_distribution") { given, _ in
                        let name = String(python: given[0])
                        guard let found = Distribution.allCases.first(where: { "\($0)" == name }) else {
                            throw TensorError.value("there is no distribution \(name)")
                        }
                        return try new(PyLong_FromLong(found.rawValue))
                    }
                }),
            .fast(
                "random_draw", "(bits, distribution, size, spare, parameters...)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...7, "random_draw") { given, state in
                        try RandomFunctions.draw(given, state)
                    }
                }),
            .fast(
                "random_gamma", "(bits, shape, size, dtype, out): standard gamma numbers of float64 or float32.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 5...5, "random_gamma") { given, state in
                        try RandomFunctions.gamma(given, state)
                    }
                }),
            .fast(
                "random_integers", "(bits, low, high, size, dtype, endpoint, masked)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 7...7, "random_integers") { given, state in
                        try RandomIntegers.draw(given, state)
                    }
                }),
            .fast(
                "random_raw", "(bits, size): what the generator gives, as uint64.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "random_raw") { given, state in
                        let generator = try state.generator(given[0])
                        guard let size = given.optional(1) else {
                            var word: UInt64 = 0
                            withUnsafeMutablePointer(to: &word) {
                                generator.pointee.drawWords(to: UnsafeMutableBufferPointer(start: $0, count: 1))
                            }
                            return try new(PyLong_FromUnsignedLongLong(word))
                        }
                        return try state.array(.uint64, shape: try Integer.readAxes(size)) { output in
                            let start = output.base?.assumingMemoryBound(to: UInt64.self)
                            let words = UnsafeMutableBufferPointer(start: start, count: output.layout.count)
                            try RandomParts.forEach(words.indices) {
                                generator.pointee.drawWords(to: UnsafeMutableBufferPointer(rebasing: words[$0]))
                            }
                        }.object
                    }
                }),
        ]
    }

    // MARK: standard distributions

    private static func standard(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let generator = try state.generator(given[0])
        guard let standard = RandomGenerator.Standard(rawValue: try Integer.read(given[1])) else {
            throw TensorError.value("no such distribution")
        }
        let dtype = try state.dtype(given[3])
        guard dtype == .float64 || dtype == .float32 else {
            let names = ["random", "standard_normal", "standard_exponential", "standard_exponential"]
            throw TensorError.type("Unsupported dtype dtype('\(dtype)') for \(names[standard.rawValue])")
        }
        let spare = try LegacySpare(given.optional(5), state)
        func fill(_ output: View) throws {
            guard spare.isLegacy && standard != .uniform else {
                return try generator.pointee.draw(standard, to: output)
            }
            guard dtype == .float64 else { throw TensorError.type("legacy numbers are float64") }
            let numbers = UnsafeMutableBufferPointer(
                start: output.base?.assumingMemoryBound(to: Double.self), count: output.layout.count)
            try spare.draw(generator) {
                if standard == .normal { $0.drawNormal(to: numbers) } else { $0.drawExponential(to: numbers) }
            }
        }
        if given.optional(2) == nil && given.optional(4) == nil { return try number(dtype, fill) }
        return try array(dtype, size: given.optional(2), out: given.optional(4), needsRowsFirst: false, state) {
            output in
            try RandomParts.forEach(flat: output, fill)
        }
    }

    /// One number of float64, float32 or int64, as Python has it.
    static func number(_ dtype: DType, _ fill: (View) throws -> Void) throws -> PythonPointer {
        try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { place in
            let base = UnsafeMutableRawPointer(place.baseAddress.unsafelyUnwrapped)
            try fill(View(base: base, dtype: dtype, layout: Layout(shape: [], strides: [])))
            return switch dtype {
            case .float64: try new(PyFloat_FromDouble(base.load(as: Double.self)))
            case .float32: try new(PyFloat_FromDouble(Double(base.load(as: Float.self))))
            default: try new(PyLong_FromLong(base.load(as: Int.self)))
            }
        }
    }

    /// A new array, or the one that is given.
    private static func array(
        _ dtype: DType, size: PythonPointer?, out: PythonPointer?, needsRowsFirst: Bool, _ state: StatePointer,
        _ fill: (View) throws -> Void
    ) throws -> PythonPointer {
        guard let out else {
            return try state.array(dtype, shape: try size.map(Integer.readAxes) ?? [], fill).object
        }
        try fill(try output(out, dtype, size: size, needsRowsFirst: needsRowsFirst, state))
        return Py_NewRef(out)
    }

    private static func output(
        _ object: PythonPointer, _ dtype: DType, size: PythonPointer?, needsRowsFirst: Bool, _ state: StatePointer
    ) throws -> View {
        let array = try state.array(object, "out")
        let isWithoutGaps = array.isContiguous || !needsRowsFirst && isColumnsFirst(array)
        guard isWithoutGaps, array.body.pointee.isWritable else {
            throw TensorError.value(
                "Supplied output array must be \(needsRowsFirst ? "C-" : "")contiguous, writable, aligned, and in "
                    + "machine byte-order.")
        }
        guard array.dtype == dtype else {
            throw TensorError.type(
                "Supplied output array has the wrong type. Expected \(dtype), got \(array.dtype)")
        }
        if let size, try Integer.readAxes(size) != array.shape {
            throw TensorError.value("size must match out.shape when used together")
        }
        return try array.writableView()
    }

    private static func isColumnsFirst(_ array: ArrayPointer) -> Bool {
        Layout(shape: Axes(array.shape.reversed()), strides: Axes(array.layout.strides.reversed()))
            .isContiguous(elementBytes: array.dtype.byteCount)
    }

    // MARK: distributions with parameters

    private static func draw(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let generator = try state.generator(given[0])
        guard let distribution = Distribution(rawValue: try Integer.read(given[1])) else {
            throw TensorError.value("no such distribution")
        }
        let count = 4 + distribution.parameters.count
        try given.expect(count...count, "random_draw")
        if let numbers = RandomParameters.numbers(given, from: 4, distribution) {
            return try draw(distribution, numbers, generator, given, state)
        }
        return try drawArrays(distribution, generator, given, state)
    }

    /// With single numbers as parameters.
    private static func draw(
        _ distribution: Distribution, _ numbers: InlineArray<3, UInt64>,
        _ generator: UnsafeMutablePointer<RandomGenerator>, _ given: Arguments, _ state: StatePointer
    ) throws -> PythonPointer {
        let spare = try LegacySpare(given.optional(3), state)
        try RandomParameters.translate(isScalar: !spare.isLegacy) { () throws(TensorError) in
            try distribution.check(numbers, isLegacy: spare.isLegacy)
        }
        func fill(_ start: UnsafeMutableRawPointer, _ count: Int) throws {
            guard spare.isLegacy else { return generator.pointee.draw(distribution, numbers, to: start, count) }
            try spare.draw(generator) { $0.draw(distribution, numbers, to: start, count) }
        }
        guard let size = given.optional(2) else {
            return try number(distribution.result) { try fill($0.base.unsafelyUnwrapped, 1) }
        }
        return try state.array(distribution.result, shape: try Integer.readAxes(size)) { output in
            guard let base = output.base else { return }
            try RandomParts.forEach(0..<output.layout.count) { try fill(base + 8 * $0.lowerBound, $0.count) }
        }.object
    }

    private static func drawArrays(
        _ distribution: Distribution, _ generator: UnsafeMutablePointer<RandomGenerator>, _ given: Arguments,
        _ state: StatePointer
    ) throws -> PythonPointer {
        let spare = try LegacySpare(given.optional(3), state)
        let parameters = try RandomParameters(given, from: 4, distribution.parameters.map(\.dtype), state)
        defer { parameters.release() }
        let common = try parameters.check(distribution, isLegacy: spare.isLegacy)
        func fill(_ views: [View]) throws {
            let parameters = Array(views.dropFirst())
            guard spare.isLegacy else {
                return generator.pointee.draw(distribution, parameters, to: views[0])
            }
            try spare.draw(generator) { $0.draw(distribution, parameters, to: views[0]) }
        }
        let size = given.optional(2)
        if size == nil && common.isEmpty {
            return try number(distribution.result) { try fill([$0] + parameters.views) }
        }
        let shape = try parameters.shape(size, common)
        return try state.array(distribution.result, shape: shape) { output in
            try RandomParts.forEach(try parameters.broadcast(with: output, common), fill)
        }.object
    }

    private static func gamma(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let generator = try state.generator(given[0])
        let dtype = try state.dtype(given[3])
        guard dtype == .float64 || dtype == .float32 else {
            throw TensorError.type("Unsupported dtype dtype('\(dtype)') for standard_gamma")
        }
        let parameters = try RandomParameters(given, from: 1, [.float64], state)
        defer { parameters.release() }
        let common = try parameters.check(.standardGamma, isLegacy: false)
        let narrow = dtype == .float32 ? try state.array(.float32, shape: parameters.views[0].layout.shape) : nil
        defer { if let narrow { Py_DecRef(narrow.object) } }
        if let narrow { Elementwise.cast(parameters.views[0], to: narrow.view) }
        let shape = narrow?.view ?? parameters.views[0]
        func fill(_ views: [View]) {
            if dtype == .float32 {
                generator.pointee.drawStandardGamma(views[1], toFloat: views[0])
            } else {
                generator.pointee.draw(.standardGamma, [views[1]], to: views[0])
            }
        }
        let (size, out) = (given.optional(2), given.optional(4))
        if size == nil && out == nil && common.isEmpty { return try number(dtype) { fill([$0, shape]) } }
        if out == nil {
            return try state.array(dtype, shape: try parameters.shape(size, common)) { output in
                try RandomParts.forEach(try RandomParameters.broadcast([shape], with: output, common), fill)
            }.object
        }
        return try array(dtype, size: size, out: out, needsRowsFirst: true, state) { output in
            _ = try RandomParameters.fit([common], output.layout.shape)
            try RandomParts.forEach(try RandomParameters.broadcast([shape], with: output, common), fill)
        }
    }
}
