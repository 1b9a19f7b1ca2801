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
                        guard let index = Distribution.allCases.firstIndex(where: { $0.rawValue == name }) else {
                            throw TensorError.value("there is no distribution \(name)")
                        }
                        return try new(PyLong_FromLong(index))
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
        let which = try Integer.read(given[1])
        let standard: RandomGenerator.Standard = [.uniform, .normal, .exponential, .exponentialByInversion][which]
        let dtype = try state.dtype(given[3])
        guard dtype == .float64 || dtype == .float32 else {
            let name = ["random", "standard_normal", "standard_exponential", "standard_exponential"][which]
            throw TensorError.type("Unsupported dtype dtype('\(dtype)') for \(name)")
        }
        let spare = try LegacySpare(given.optional(5), state)
        func fill(_ output: View) throws {
            guard spare.isLegacy && standard != .uniform else {
                return try generator.pointee.draw(standard, to: output)
            }
            try spare.draw(generator) {
                if standard == .normal { $0.drawNormal(to: output) } else { $0.drawExponential(to: output) }
            }
        }
        if given.optional(2) == nil && given.optional(4) == nil { return try number(dtype, fill) }
        return try array(dtype, size: given.optional(2), out: given.optional(4), needsRowsFirst: false, state) {
            output in
            try RandomParts.forEach([output.flat]) { try fill($0[0]) }
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
        let reversed = Layout(shape: Axes(array.shape.reversed()), strides: Axes(array.layout.strides.reversed()))
        let isColumnsFirst = !needsRowsFirst && reversed.isContiguous(elementBytes: array.dtype.byteCount)
        guard array.isContiguous || isColumnsFirst, array.body.pointee.isWritable else {
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

    // MARK: distributions with parameters

    private static func draw(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let generator = try state.generator(given[0])
        let distribution = Distribution.allCases[try Integer.read(given[1])]
        let spare = try LegacySpare(given.optional(3), state)
        let dtypes = distribution.parameters.map(\.dtype)
        try given.expect(4 + dtypes.count...4 + dtypes.count, "random_draw")
        let parameters = try RandomParameters(given, from: 4, dtypes, state)
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
