internal import CWalleKernels

/// Folds whose innermost axis stays.
extension FusedFold {
    /// Rows that are folded one after the other before they join the tree.
    private static let sequentialRows = 16

    /// The innermost axis stays: rows of it are folded into a row of results.
    func foldRows(
        _ row: (length: Int, strides: [Int]), _ graph: Graph, _ exceptions: Exceptions
    ) throws {
        let width = min(program.piece, row.length)
        let parts = (row.length + width - 1) / width
        let (total, chunk) = (kept.elementCount * folded.elementCount * row.length, kept.chunk)
        let grain = max(1, Self.unit / max(1, folded.elementCount * width * chunk))
        try forEachUnit(kept.count * parts, grain, total) { units in
            withRunner(exceptions, width: width + 16) { runner, tree in
                for unit in units {
                    let (position, part) = (unit / parts, unit % parts)
                    let begin = part * width
                    kept.forEach(position..<position + 1) { offsets, strides, count in
                        for index in 0..<count {
                            withOffsets(offsets + 1, strides + 1, index) { base in
                                for memory in row.strides.indices { base[memory] += begin * row.strides[memory] }
                                foldRow(
                                    min(width, row.length - begin), base, row.strides, runner, tree,
                                    to: output + offsets[0] + index * strides[0] + begin * outputBytes)
                            }
                        }
                    }
                }
            }
        }
    }

    private func foldRow(
        _ width: Int, _ base: UnsafePointer<Int>, _ rowStrides: [Int], _ runner: PieceRunner,
        _ tree: UnsafeMutableRawPointer, to place: UnsafeMutableRawPointer
    ) {
        let (kernel, bytes) = (combining, outputBytes)
        let copy = walle_kernels_copy(walle_kernels_shared(), bytes).unsafelyUnwrapped
        // The first row of the scratch gathers rows in order.
        let gathered = tree
        var results = PairwiseResults(
            kernel, width: width, elementBytes: bytes, in: tree + (width * bytes + 63) / 64 * 64)
        var pending = 0
        rowStrides.withUnsafeBufferPointer { rowStrides in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: 1) { none in
                let rowStrides = rowStrides.baseAddress ?? UnsafePointer(none.baseAddress.unsafelyUnwrapped)
                folded.forEach(0..<folded.count) { offsets, strides, count in
                    for index in 0..<count {
                        withOffsets(offsets, strides, index) { position in
                            for memory in 0..<folded.operands { position[memory] += base[memory] }
                            runner.run(width, position, rowStrides, 0)
                            let (values, stride) = result(runner, rowStrides)
                            if pending == 0 {
                                copy(width, values, stride, gathered, bytes)
                            } else {
                                kernel(width, gathered, bytes, values, stride, gathered, bytes)
                                runner.note(runner.steps.count)
                            }
                        }
                        pending += 1
                        if pending == Self.sequentialRows {
                            results.add(gathered)
                            pending = 0
                        }
                    }
                }
            }
        }
        if pending > 0 { results.add(gathered) }
        results.finish(place, bytes)
    }
}
