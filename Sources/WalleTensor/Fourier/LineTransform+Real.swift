internal import CWalleKernels

/// Transforms of real numbers: those of an even length are complex ones of pairs of them.
extension LineTransform {
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
    func clearImaginary(_ buffer: UnsafeMutablePointer<Double>, _ lanes: Int) {
        (buffer + lanes).update(repeating: 0, count: lanes)
    }
}
