internal import CWalleKernels

/// Transforms all lines along an axis of an array.
///
/// Lines go through the lanes of an engine together, unless there is but one, or a line is so long that as many would not
/// stay in a near cache.
struct LineTransform {
    private let input: View
    private let output: View
    /// Without the axis; the output's first.
    private let outer: InlineArray<2, Layout>
    /// Along the axis.
    private let (inputCount, outputCount): (Int, Int)
    private let (inputStride, outputStride): (Int, Int)
    private let scale: Double

    /// Bytes of two buffers of lanes that stay in the second cache.
    private static var nearBytes: Int { 1 << 20 }
    private static var size: Int { MemoryLayout<Double>.stride }
    /// Whether memory holds float32.
    private let (isNarrow, isNarrowOutput): (Bool, Bool)

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
    private func forEachGroup(
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
    private func complexLines(
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

    private func fillZeros(_ buffer: UnsafeMutablePointer<Double>, from start: Int, to end: Int, lanes: Int) {
        if start < end { (buffer + 2 * lanes * start).update(repeating: 0, count: 2 * lanes * (end - start)) }
    }

    private func buffers(
        _ count: Int, _ workspace: inout Workspace
    ) throws(TensorError) -> (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) {
        (try workspace.array(count), try workspace.array(count))
    }

    /// Numbers of a buffer for lanes of `count` elements.
    private func bufferCount(_ count: Int, _ plan: TransformPlan) -> Int {
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

    // MARK: from real numbers

    func transformReal(_ count: Int) throws(TensorError) {
        if count % 2 == 1 { return try transformOddReal(count) }
        let half = count / 2
        let plan = TransformPlans.complex(half)
        let twiddles = TransformPlans.real(count)
        let taken = min(inputCount, count)
        var workspace = Workspace()
        let (first, second) = try buffers(bufferCount(half + 1, plan), &workspace)
        let (line, spectrum): (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) = (
            try workspace.array(2 * half), try workspace.array(2 * half + 2)
        )
        forEachGroup(half, isSplit: plan.split != nil) { lines, engine in
            let to = complexLines(
                lines.to, outputStride, lines.toStride, of: lines.count, isNarrow: isNarrowOutput)
            let lanes = engine.pointee.lanes
            if lanes > 1, case .passes(let passes) = plan.method {
                gatherPairs(engine, taken, pairs(lines.from, lines.fromStride, lines.count), half, first)
                let (result, spare) = passes.run(engine, first, second)
                engine.pointee.untangle.unsafelyUnwrapped(half, result, twiddles.table, spare)
                return engine.scatter(half + 1, spare, scale: scale, to, isNarrow: isNarrowOutput)
            }
            let single = TransformPlan.single
            for index in 0..<lines.count {
                var (from, isNarrow) = (pairs(lines.from + index * lines.fromStride, 0, 1), isNarrow)
                if taken < count {
                    gatherPairs(single, taken, from, half, line)
                    (from, isNarrow) = (complexLines(line, 2 * Self.size, 0, of: 1), false)
                }
                plan.transform(from, isNarrow: isNarrow, scale: scale, exchange: false, into: line, first, second)
                let target = lines.to + index * lines.toStride
                let isDirect = outputStride == 2 * Self.size && !isNarrowOutput
                let result = isDirect ? target.assumingMemoryBound(to: Double.self) : spectrum
                single.pointee.untangle.unsafelyUnwrapped(half, line, twiddles.table, result)
                if isDirect { continue }
                let place = to.moved(by: index)
                single.scatter(half + 1, spectrum, scale: 1, place, isNarrow: isNarrowOutput)
            }
        }
    }

    /// Pairs of real numbers as complex ones.
    private func pairs(_ base: UnsafeMutableRawPointer, _ stride: Int, _ lines: Int) -> walle_fft_lines {
        walle_fft_lines(re: base, im: base + inputStride, element: 2 * inputStride, line: stride, lines: lines)
    }

    /// Reads pairs of `taken` real numbers, and fills up with zeros.
    private func gatherPairs(
        _ engine: UnsafePointer<walle_fft_engine>, _ taken: Int, _ from: walle_fft_lines, _ half: Int,
        _ buffer: UnsafeMutablePointer<Double>
    ) {
        var from = from
        let lanes = engine.pointee.lanes
        engine.gather(taken / 2, from, isNarrow: isNarrow, into: buffer)
        fillZeros(buffer, from: taken / 2, to: half, lanes: lanes)
        guard taken % 2 == 1 else { return }
        from.re = from.re.map { $0 + taken / 2 * from.element }
        from.im = nil
        engine.gather(1, from, isNarrow: isNarrow, into: buffer + 2 * lanes * (taken / 2))
    }

    private func transformOddReal(_ count: Int) throws(TensorError) {
        let plan = TransformPlans.complex(count)
        let taken = min(inputCount, count)
        var workspace = Workspace()
        let (first, second) = try buffers(bufferCount(count, plan), &workspace)
        let line: UnsafeMutablePointer<Double> = try workspace.array(2 * count)
        forEachGroup(count, isSplit: plan.split != nil) { lines, engine in
            let from = complexLines(lines.from, inputStride, lines.fromStride, of: lines.count, isReal: true)
            let to = complexLines(
                lines.to, outputStride, lines.toStride, of: lines.count, isNarrow: isNarrowOutput)
            let lanes = engine.pointee.lanes
            if lanes > 1, case .passes(let passes) = plan.method {
                engine.gather(taken, from, isNarrow: isNarrow, into: first)
                fillZeros(first, from: taken, to: count, lanes: lanes)
                let (result, _) = passes.run(engine, first, second)
                clearImaginary(result, lanes)
                return engine.scatter(count / 2 + 1, result, scale: scale, to, isNarrow: isNarrowOutput)
            }
            for index in 0..<lines.count {
                let (source, target) = (from.moved(by: index), to.moved(by: index))
                let single = TransformPlan.single
                single.gather(taken, source, isNarrow: isNarrow, into: line)
                fillZeros(line, from: taken, to: count, lanes: 1)
                plan.transform(
                    complexLines(line, 2 * Self.size, 0, of: 1), scale: scale, exchange: false, into: line, first,
                    second)
                clearImaginary(line, 1)
                single.scatter(count / 2 + 1, line, scale: 1, target, isNarrow: isNarrowOutput)
            }
        }
    }

    /// The sum of real numbers is real.
    private func clearImaginary(_ buffer: UnsafeMutablePointer<Double>, _ lanes: Int) {
        (buffer + lanes).update(repeating: 0, count: lanes)
    }

    // MARK: to real numbers

    func invertReal() throws(TensorError) {
        if outputCount % 2 == 1 { return try invertOddReal() }
        let half = outputCount / 2
        let plan = TransformPlans.complex(half)
        let twiddles = TransformPlans.real(outputCount)
        let taken = min(inputCount, half + 1)
        let isReal = input.dtype.kind != .complex
        var workspace = Workspace()
        let (first, second) = try buffers(bufferCount(half + 1, plan), &workspace)
        let (line, spectrum): (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) = (
            try workspace.array(2 * half), try workspace.array(2 * half + 2)
        )
        forEachGroup(half, isSplit: plan.split != nil) { lines, engine in
            let from = complexLines(
                lines.from, inputStride, lines.fromStride, of: lines.count, isReal: isReal, isNarrow: isNarrow)
            // Parts are exchanged: the second number of a pair comes first.
            let to = walle_fft_lines(
                re: lines.to + outputStride, im: lines.to, element: 2 * outputStride, line: lines.toStride,
                lines: lines.count)
            let lanes = engine.pointee.lanes
            if lanes > 1, case .passes(let passes) = plan.method {
                engine.gather(taken, from, isNarrow: isNarrow, into: second)
                fillZeros(second, from: taken, to: half + 1, lanes: lanes)
                engine.pointee.tangle.unsafelyUnwrapped(half, second, twiddles.table, first)
                let (result, _) = passes.run(engine, first, second)
                return engine.scatter(half, result, scale: scale, to, isNarrow: isNarrowOutput)
            }
            let single = TransformPlan.single
            for index in 0..<lines.count {
                let (source, target) = (from.moved(by: index), to.moved(by: index))
                single.gather(taken, source, isNarrow: isNarrow, into: spectrum)
                fillZeros(spectrum, from: taken, to: half + 1, lanes: 1)
                single.pointee.tangle.unsafelyUnwrapped(half, spectrum, twiddles.table, line)
                let numbers = complexLines(line, 2 * Self.size, 0, of: 1)
                if outputStride == Self.size && !isNarrowOutput {
                    plan.transform(
                        numbers, scale: scale, exchange: true,
                        into: target.im.unsafelyUnwrapped.assumingMemoryBound(to: Double.self), first, second)
                } else {
                    plan.transform(numbers, scale: scale, exchange: false, into: line, first, second)
                    single.scatter(half, line, scale: 1, target, isNarrow: isNarrowOutput)
                }
            }
        }
    }

    private func invertOddReal() throws(TensorError) {
        let count = outputCount
        let plan = TransformPlans.complex(count)
        let taken = min(inputCount, count / 2 + 1)
        let isReal = input.dtype.kind != .complex
        var workspace = Workspace()
        let (first, second) = try buffers(bufferCount(count, plan), &workspace)
        let line: UnsafeMutablePointer<Double> = try workspace.array(2 * count)
        forEachGroup(count, isSplit: plan.split != nil) { lines, engine in
            let from = complexLines(
                lines.from, inputStride, lines.fromStride, of: lines.count, isReal: isReal, isNarrow: isNarrow)
            // Of a spectrum with conjugates exchanged, forward and backward transforms are the same.
            let to = walle_fft_lines(
                re: lines.to, im: nil, element: outputStride, line: lines.toStride, lines: lines.count)
            let lanes = engine.pointee.lanes
            if lanes > 1, case .passes(let passes) = plan.method {
                engine.gather(taken, from, isNarrow: isNarrow, into: first)
                mirror(first, taken, count, lanes)
                let (result, _) = passes.run(engine, first, second)
                return engine.scatter(count, result, scale: scale, to, isNarrow: isNarrowOutput)
            }
            let single = TransformPlan.single
            for index in 0..<lines.count {
                let (source, target) = (from.moved(by: index), to.moved(by: index))
                single.gather(taken, source, isNarrow: isNarrow, into: line)
                mirror(line, taken, count, 1)
                plan.transform(
                    complexLines(line, 2 * Self.size, 0, of: 1), scale: scale, exchange: false, into: line, first,
                    second)
                single.scatter(count, line, scale: 1, target, isNarrow: isNarrowOutput)
            }
        }
    }

    /// Fills up half a spectrum with zeros, then makes it whole, of conjugates.
    private func mirror(_ buffer: UnsafeMutablePointer<Double>, _ taken: Int, _ count: Int, _ lanes: Int) {
        fillZeros(buffer, from: taken, to: count / 2 + 1, lanes: lanes)
        clearImaginary(buffer, lanes)
        for k in 1..<max(count / 2 + 1, 1) {
            let (from, to) = (buffer + 2 * lanes * k, buffer + 2 * lanes * (count - k))
            for lane in 0..<lanes {
                let (re, im) = (from[lane], from[lanes + lane])
                (to[lane], to[lanes + lane]) = (re, im)
                from[lanes + lane] = -im
                to[lanes + lane] = im
            }
        }
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
