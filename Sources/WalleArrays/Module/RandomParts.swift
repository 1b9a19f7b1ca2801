internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Draws are made in parts, in the order of the elements, so that a run can be stopped between two.
enum RandomParts {
    /// Elements of a part: below a hundredth of a second even of slow distributions. A multiple of 32.
    static let most = 1 << 16

    static func stopIfAsked() throws {
        if Interpreter.current?.isStopping == true { throw CancellationError() }
    }

    /// Ranges of numbers, the first first.
    static func forEach(_ range: Range<Int>, most: Int = most, _ body: (Range<Int>) throws -> Void) throws {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + most)
            try body(start..<end)
            start = end
            if start < range.upperBound { try stopIfAsked() }
        }
    }

    /// Parts of an array without gaps, as one axis each.
    static func forEach(flat view: View, _ body: (View) throws -> Void) throws {
        let elementBytes = view.dtype.byteCount
        try forEach(0..<view.layout.count) { range in
            try body(
                View(
                    base: view.base.map { $0 + range.lowerBound * elementBytes }, dtype: view.dtype,
                    layout: Layout(shape: [range.count], strides: [elementBytes])))
        }
    }

    /// Ranges of numbers, the last first.
    static func forEachReversed(_ range: Range<Int>, _ body: (Range<Int>) throws -> Void) throws {
        var end = range.upperBound
        while end > range.lowerBound {
            let start = max(range.lowerBound, end - 4 * most)
            try body(start..<end)
            end = start
            if end > range.lowerBound { try stopIfAsked() }
        }
    }

    /// Parts of views of one shape.
    static func forEach(_ views: [View], _ body: ([View]) throws -> Void) throws {
        let layout = views[0].layout
        if layout.count == 0 { return }
        if layout.count <= most { return try body(views) }
        let rows = most * layout.shape[0] / layout.count
        try forEach(0..<layout.shape[0], most: max(1, rows)) { range in
            let part = views.map { $0.rows(range) }
            if rows > 0 { return try body(part) }
            try forEach(part.map(\.withoutFirstAxis), body)
        }
    }
}

extension View {
    fileprivate func rows(_ range: Range<Int>) -> View {
        var part = self
        part.base = base.map { $0 + range.lowerBound * layout.strides[0] }
        part.layout.shape[0] = range.count
        return part
    }

    fileprivate var withoutFirstAxis: View {
        var part = self
        part.layout.removeAxis(0)
        return part
    }

    /// The same elements along one axis, for an array without gaps.
    var flat: View {
        View(base: base, dtype: dtype, layout: Layout(contiguous: [layout.count], elementBytes: dtype.byteCount))
    }
}

/// What the legacy generator needs beside its bits: an array of two numbers, whether a normal one is left, and which.
struct LegacySpare {
    private let values: UnsafeMutablePointer<Double>?

    /// - Parameter object: Nil where the numbers are those of today's generators.
    init(_ object: PythonPointer?, _ state: StatePointer) throws {
        guard let object else {
            values = nil
            return
        }
        let body = try state.array(object).body
        guard body.pointee.dtype == .float64, body.pointee.layout.shape == [2] else {
            throw TensorError.type("a spare number is an array of two of float64")
        }
        try body.pointee.cell.detach()
        values = (body.pointee.cell.pointee.bytes + body.pointee.offset).assumingMemoryBound(to: Double.self)
    }

    var isLegacy: Bool { values != nil }

    /// Draws from the generator as NumPy before 1.17 did.
    func draw(_ generator: UnsafeMutablePointer<RandomGenerator>, _ body: (inout LegacyDraws) -> Void) throws {
        guard let values else { return }
        var spare = values[0] != 0 ? values[1] : nil
        try generator.pointee.withLegacy(spare: &spare, body)
        (values[0], values[1]) = (spare == nil ? 0 : 1, spare ?? 0)
    }
}
