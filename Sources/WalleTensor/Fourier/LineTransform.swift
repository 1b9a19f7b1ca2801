internal import CWalleKernels

/// Transforms all lines along an axis of an array.
///
/// Lines go through the lanes of an engine together, unless there is but one, or a line is so long that as many would not
/// stay in a near cache.
struct LineTransform {
    let input: View
    let output: View
    /// Without the axis; the output's first.
    let outer: InlineArray<2, Layout>
    /// Along the axis.
    let (inputCount, outputCount): (Int, Int)
    let (inputStride, outputStride): (Int, Int)
    let scale: Double

    /// Bytes of two buffers of lanes that stay in the second cache.
    private static var nearBytes: Int { 1 << 20 }
    static var size: Int { MemoryLayout<Double>.stride }
    /// Whether memory holds float32.
    let (isNarrow, isNarrowOutput): (Bool, Bool)

    init(_ input: View, _ output: View, _ axis: Int, _ scale: Double) throws(TensorError) {
        let axis = try output.layout.axis(axis)
        self.input = input
        self.output = output
        self.scale = scale
        isNarrow = input.dtype.real == .float32
        isNarrowOutput = output.dtype.real == .float32
        (inputCount, outputCount) = (input.layout.shape[axis], output.layout.shape[axis])
        (inputStride, outputStride) = (input.layout.strides[axis], output.layout.strides[axis])
        var layouts: InlineArray<2, Layout> = [output.layout, input.layout]
        for index in 0..<2 {
            layouts[index].shape.remove(at: axis)
            layouts[index].strides.remove(at: axis)
        }
        outer = layouts
    }

    // MARK: lines

    /// Some lines, from addresses on.
    struct Lines {
        var from: UnsafeMutableRawPointer
        var to: UnsafeMutableRawPointer
        /// From one to the next.
        var fromStride: Int
        var toStride: Int
        var count: Int
    }

    /// Cuts the lines into groups that go together.
    ///
    /// - Parameters:
    ///   - count: elements of a line in a buffer.
    ///   - isSplit: whether a single line has vectors within.
    func forEachGroup(
        _ count: Int, isSplit: Bool, _ body: (Lines, UnsafePointer<walle_fft_engine>) -> Void
    ) {
        guard let to = output.base else { return }
        let from = input.base ?? to
        let single = TransformPlan.single
        let pair = isNarrow ? Self.size : 2 * Self.size
        Walk.forEach(outer.span) { total, offsets, strides in
            var lines = Lines(
                from: from + offsets[1], to: to + offsets[0], fromStride: strides[1], toStride: strides[0],
                count: total)
            // Neighbours in memory are better read together, however long the lines are.
            let isNear = count * 4 * TransformEngines.at(0).pointee.lanes * Self.size <= Self.nearBytes
            let isAcross = abs(strides[1]) <= pair && abs(strides[1]) < abs(inputStride)
            var rest = total
            while rest > 0 {
                let together = isNear || isAcross || !isSplit
                let engine = rest > 1 && together ? Self.engine(for: rest) : single
                lines.count = min(rest, engine.pointee.lanes)
                body(lines, engine)
                lines.from += lines.count * strides[1]
                lines.to += lines.count * strides[0]
                rest -= lines.count
            }
        }
    }

    /// The narrowest engine that takes all lines, or the widest.
    private static func engine(for lines: Int) -> UnsafePointer<walle_fft_engine> {
        var index = 0
        while index + 1 < TransformEngines.count,
            TransformEngines.at(index + 1).pointee.lanes >= lines
        {
            index += 1
        }
        return TransformEngines.at(index)
    }

    /// Lines of complex numbers, or of real ones.
    func complexLines(
        _ base: UnsafeMutableRawPointer, _ stride: Int, _ lines: Int, of count: Int, isReal: Bool = false,
        isNarrow: Bool = false, exchange: Bool = false
    ) -> walle_fft_lines {
        let (first, second) = (base, base + (isNarrow ? 4 : 8))
        if isReal {
            return walle_fft_lines(
                re: exchange ? nil : first, im: exchange ? first : nil, element: stride, line: lines, lines: count)
        }
        return walle_fft_lines(
            re: exchange ? second : first, im: exchange ? first : second, element: stride, line: lines, lines: count)
    }

    func fillZeros(_ buffer: UnsafeMutablePointer<Double>, from start: Int, to end: Int, lanes: Int) {
        if start < end { (buffer + 2 * lanes * start).update(repeating: 0, count: 2 * lanes * (end - start)) }
    }

    func buffers(
        _ count: Int, _ workspace: inout Workspace
    ) throws(TensorError) -> (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) {
        (try workspace.array(count), try workspace.array(count))
    }

    /// Numbers of a buffer for lanes of `count` elements.
    func bufferCount(_ count: Int, _ plan: TransformPlan) -> Int {
        var lines = 1
        for index in 0..<outer[0].rank { lines *= outer[0].shape[index] }
        let lanes = lines > 1 ? TransformEngines.at(0).pointee.lanes : 1
        return max(2 * count * lanes, plan.bufferCount)
    }

    // MARK: complex numbers

    func transform(_ direction: Fourier.Direction) throws(TensorError) {
        let count = outputCount
        let plan = TransformPlans.complex(count)
        let isReal = input.dtype.kind != .complex
        let isBackward = direction == .backward
        let taken = min(inputCount, count)
        var workspace = Workspace()
        let (first, second) = try buffers(bufferCount(count, plan), &workspace)
        let line: UnsafeMutablePointer<Double> = try workspace.array(2 * count)
        forEachGroup(count, isSplit: plan.split != nil) { lines, engine in
            var from = complexLines(
                lines.from, inputStride, lines.fromStride, of: lines.count, isReal: isReal,
                isNarrow: isNarrow, exchange: isBackward)
            let to = complexLines(
                lines.to, outputStride, lines.toStride, of: lines.count, isNarrow: isNarrowOutput, exchange: isBackward)
            let lanes = engine.pointee.lanes
            if lanes > 1, case .passes(let passes) = plan.method {
                gather(engine, taken, &from, first)
                fillZeros(first, from: taken, to: count, lanes: lanes)
                let (result, _) = passes.run(engine, first, second)
                return engine.scatter(count, result, scale: scale, to, isNarrow: isNarrowOutput)
            }
            for index in 0..<lines.count {
                transformLine(
                    plan, from.moved(by: index), taken, to.moved(by: index), exchange: isBackward, line, first, second)
            }
        }
    }

    /// Reads complex numbers; real ones whose parts are exchanged are imaginary ones.
    private func gather(
        _ engine: UnsafePointer<walle_fft_engine>, _ count: Int, _ from: inout walle_fft_lines,
        _ buffer: UnsafeMutablePointer<Double>
    ) {
        guard from.re == nil else { return engine.gather(count, from, isNarrow: isNarrow, into: buffer) }
        let lanes = engine.pointee.lanes
        swap(&from.re, &from.im)
        engine.gather(count, from, isNarrow: isNarrow, into: buffer)
        for k in 0..<count {
            let element = buffer + 2 * lanes * k
            (element + lanes).update(from: element, count: lanes)
            element.update(repeating: 0, count: lanes)
        }
    }

    /// One line: directly to where it is wanted if that is contiguous, else by way of `line`.
    private func transformLine(
        _ plan: TransformPlan, _ from: walle_fft_lines, _ taken: Int, _ to: walle_fft_lines, exchange: Bool,
        _ line: UnsafeMutablePointer<Double>, _ first: UnsafeMutablePointer<Double>,
        _ second: UnsafeMutablePointer<Double>
    ) {
        let engine = TransformPlan.single
        var (from, isNarrow) = (from, isNarrow)
        if taken < plan.length || from.re == nil {
            gather(engine, taken, &from, line)
            fillZeros(line, from: taken, to: plan.length, lanes: 1)
            (from, isNarrow) = (complexLines(line, 2 * Self.size, 0, of: 1), false)
        }
        let base: UnsafeMutableRawPointer = (exchange ? to.im : to.re).unsafelyUnwrapped
        if outputStride == 2 * Self.size && !isNarrowOutput {
            return plan.transform(
                from, isNarrow: isNarrow, scale: scale, exchange: exchange,
                into: base.assumingMemoryBound(to: Double.self), first, second)
        }
        plan.transform(
            from, isNarrow: isNarrow, scale: scale, exchange: false, into: line, first, second)
        engine.scatter(plan.length, line, scale: 1, to, isNarrow: isNarrowOutput)
    }
}

extension walle_fft_lines {
    /// One line of several.
    func moved(by index: Int) -> walle_fft_lines {
        var result = self
        result.re = re.map { $0 + index * line }
        result.im = im.map { $0 + index * line }
        result.lines = 1
        return result
    }
}
