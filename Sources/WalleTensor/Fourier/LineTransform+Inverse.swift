internal import CWalleKernels

/// Transforms of spectra of real numbers to these.
extension LineTransform {
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
