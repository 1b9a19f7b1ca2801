internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Vectors of numbers that hang together. Arguments are checked and shaped in Python.
enum RandomVectors {
    static var all: [PyMethodDef] {
        [
            .fast(
                "random_multinomial", "(bits, trials, probabilities, out, spare): arrays of the shape of out.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 5...5, "random_multinomial") { given, state in
                        try RandomVectors.multinomial(given, state)
                        return Py_NewRef(given[3])
                    }
                }),
            .fast(
                "random_dirichlet", "(bits, alpha, out, spare)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "random_dirichlet") { given, state in
                        try RandomVectors.dirichlet(given, state)
                        return Py_NewRef(given[2])
                    }
                }),
            .fast(
                "random_urn", "(bits, colors, sample, by_counting, out): multivariate hypergeometric numbers.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 5...5, "random_urn") { given, state in
                        try RandomVectors.urn(given, state)
                        return Py_NewRef(given[4])
                    }
                }),
        ]
    }

    /// Parts of rows of vectors.
    private static func forEachRow(_ output: View, _ length: Int, _ body: (Range<Int>) throws -> Void) throws {
        guard length > 0 else { return }
        try RandomParts.forEach(
            0..<output.layout.count / length, most: max(1, RandomParts.most / length), body)
    }

    private static func multinomial(_ given: Arguments, _ state: StatePointer) throws {
        let generator = try state.generator(given[0])
        let (trials, probabilities) = (try state.array(given[1]), try state.array(given[2]))
        let output = try state.array(given[3]).writableView()
        let kinds = output.layout.shape[output.layout.rank - 1]
        let spare = try LegacySpare(given.optional(4), state)
        if spare.isLegacy {
            let vector = doubles(probabilities)
            let total = trials.view.base.unsafelyUnwrapped.load(as: Int.self)
            return try forEachRow(output, kinds) { rows in
                let start = output.base.unsafelyUnwrapped.assumingMemoryBound(to: Int.self)
                try spare.draw(generator) {
                    $0.drawMultinomial(total, vector, rows: rows.count, to: start + rows.lowerBound * kinds)
                }
            }
        }
        // One element of a row stands for it, so that parts are cut between rows.
        let heads = [output, probabilities.view, trials.view].enumerated().map { index, view in
            guard index < 2 else { return view }
            var head = view
            head.layout.removeAxis(view.layout.rank - 1)
            return head
        }
        try RandomParts.forEach(heads) { parts in
            let rows = parts.prefix(2).map { part in
                var row = part
                row.layout = Layout(
                    shape: Axes(Array(part.layout.shape) + [kinds]), strides: Axes(Array(part.layout.strides) + [8]))
                return row
            }
            generator.pointee.drawMultinomial(parts[2], rows[1], to: rows[0])
        }
    }

    private static func doubles(_ array: ArrayPointer) -> [Double] {
        let start = array.view.base?.assumingMemoryBound(to: Double.self)
        return Array(UnsafeBufferPointer(start: start, count: array.count))
    }

    private static func dirichlet(_ given: Arguments, _ state: StatePointer) throws {
        let generator = try state.generator(given[0])
        let alpha = doubles(try state.array(given[1]))
        let output = try state.array(given[2]).writableView()
        let spare = try LegacySpare(given.optional(3), state)
        try forEachRow(output, alpha.count) { rows in
            let start = output.base.unsafelyUnwrapped.assumingMemoryBound(to: Double.self)
            let place = start + rows.lowerBound * alpha.count
            guard spare.isLegacy else {
                return generator.pointee.drawDirichlet(alpha, rows: rows.count, to: place)
            }
            try spare.draw(generator) { $0.drawDirichlet(alpha, rows: rows.count, to: place) }
        }
    }

    private static func urn(_ given: Arguments, _ state: StatePointer) throws {
        let generator = try state.generator(given[0])
        let items = try state.array(given[1])
        let colors = Array(
            UnsafeBufferPointer(start: items.view.base?.assumingMemoryBound(to: Int.self), count: items.count))
        let sample = try Integer.read(given[2])
        let byCounting = PyObject_IsTrue(given[3]) == 1
        let output = try state.array(given[4]).writableView()
        let total = try RandomGenerator.checkUrn(colors, sample: sample, byCounting: byCounting)
        let choices = byCounting ? try state.array(.int64, shape: [total]) : nil
        defer { if let choices { Py_DecRef(choices.object) } }
        let places = choices.flatMap { $0.view.base?.assumingMemoryBound(to: Int.self) }
        if var place = places {
            for (color, count) in colors.enumerated() {
                place.update(repeating: color, count: count)
                place += count
            }
        }
        try forEachRow(output, colors.count) { rows in
            let start = output.base.unsafelyUnwrapped.assumingMemoryBound(to: Int.self)
            try generator.pointee.drawMultivariateHypergeometric(
                colors, sample: sample, choices: places, rows: rows.count, to: start + rows.lowerBound * colors.count)
        }
    }
}
