/// Loops over the elements that some memory has, cut into ranges that threads can take.
///
/// Axes that lie in one another in all memory are one. A range is some rows, or parts of rows, of the innermost axis.
struct LoopNest {
    /// Outermost first; at least one.
    private(set) var lengths: [Int] = []
    /// Of each axis those of all memory.
    private(set) var strides: [Int] = []
    let operands: Int
    /// Elements of the innermost axis that are visited together.
    private(set) var chunk = 1
    private(set) var chunksPerRow = 1

    /// Elements of a chunk at most: a few microseconds.
    static let mostChunk = 1 << 14
    /// From here on other threads help.
    private static let parallelCount = 1 << 18
    /// Elements between two looks at whether to stop.
    private static let stopCount = 1 << 23

    /// - Parameters:
    ///   - memory: The strides of each memory.
    ///   - leading: The memory by whose strides the axes are sorted, unless `order` has them, outermost first.
    init(_ shape: Axes, _ memory: [Axes], leading: Int = 0, order: [Int]? = nil) {
        operands = memory.count
        var axes = order ?? shape.indices.sorted { abs(memory[leading][$0]) > abs(memory[leading][$1]) }
        axes.removeAll { shape[$0] == 1 }
        for axis in axes { append(shape[axis], memory.map { $0[axis] }, joining: true) }
        if lengths.isEmpty { append(1, memory.map { _ in 0 }, joining: false) }
        setChunks()
    }

    private mutating func append(_ length: Int, _ steps: [Int], joining: Bool) {
        if joining, let outer = lengths.last, strides.suffix(operands).elementsEqual(steps.map { $0 * length }) {
            lengths[lengths.count - 1] = outer * length
            strides.replaceSubrange(strides.count - operands..<strides.count, with: steps)
        } else {
            lengths.append(length)
            strides += steps
        }
    }

    private mutating func setChunks() {
        let inner = lengths[lengths.count - 1]
        chunk = max(1, min(inner, Self.mostChunk))
        chunksPerRow = (inner + chunk - 1) / chunk
    }

    /// Chunks in all.
    var count: Int { lengths.dropLast().reduce(1, *) * chunksPerRow }
    var elementCount: Int { lengths.reduce(1, *) }

    /// Calls `body` for ranges of chunks that together are all, on several threads when there are many elements.
    ///
    /// - Throws: `CancellationError` when the work was interrupted.
    func forEachRange(_ body: (Range<Int>) -> Void) throws {
        let count = count
        guard elementCount >= Self.parallelCount else { return count > 0 ? body(0..<count) : () }
        let grain = max(1, 4 * Self.mostChunk / chunk)
        let slice = max(grain, Self.stopCount / chunk)
        var start = 0
        while start < count {
            ThreadPool.shared.parallel(over: min(slice, count - start), grain: grain) {
                body($0.lowerBound + start..<$0.upperBound + start)
            }
            start += slice
            try Graph.checkInterruption()
        }
    }

    /// Calls `body` for each chunk of a range: the offsets of its first elements and the strides in bytes, one for each
    /// memory, and how many elements it has.
    @inline(__always)
    func forEach(
        _ range: Range<Int>,
        _ body: (_ offsets: UnsafePointer<Int>, _ strides: UnsafePointer<Int>, _ count: Int) -> Void
    ) {
        let (axes, operands) = (lengths.count, operands)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * operands + axes + 1) { memory in
            let offsets = memory.baseAddress.unsafelyUnwrapped
            let (row, indices) = (offsets + operands, offsets + 2 * operands)
            strides.withUnsafeBufferPointer { strides in
                lengths.withUnsafeBufferPointer { lengths in
                    let strides = strides.baseAddress.unsafelyUnwrapped
                    let inner = strides + (axes - 1) * operands
                    start(range.lowerBound / chunksPerRow, indices, row, strides, lengths)
                    var part = range.lowerBound % chunksPerRow
                    for _ in range {
                        let begin = part * chunk
                        for operand in 0..<operands { offsets[operand] = row[operand] + begin * inner[operand] }
                        body(offsets, inner, min(chunk, lengths[axes - 1] - begin))
                        part += 1
                        if part == chunksPerRow {
                            part = 0
                            advance(indices, row, strides, lengths)
                        }
                    }
                }
            }
        }
    }

    private func start(
        _ number: Int, _ indices: UnsafeMutablePointer<Int>, _ row: UnsafeMutablePointer<Int>,
        _ strides: UnsafePointer<Int>, _ lengths: UnsafeBufferPointer<Int>
    ) {
        row.update(repeating: 0, count: operands)
        var rest = number
        var axis = lengths.count - 2
        while axis >= 0 {
            indices[axis] = rest % lengths[axis]
            rest /= lengths[axis]
            for operand in 0..<operands { row[operand] += indices[axis] * strides[axis * operands + operand] }
            axis -= 1
        }
    }

    @inline(__always)
    private func advance(
        _ indices: UnsafeMutablePointer<Int>, _ row: UnsafeMutablePointer<Int>, _ strides: UnsafePointer<Int>,
        _ lengths: UnsafeBufferPointer<Int>
    ) {
        var axis = lengths.count - 2
        while axis >= 0 {
            let step = strides + axis * operands
            indices[axis] += 1
            if indices[axis] < lengths[axis] {
                for operand in 0..<operands { row[operand] += step[operand] }
                return
            }
            for operand in 0..<operands { row[operand] -= step[operand] * (lengths[axis] - 1) }
            indices[axis] = 0
            axis -= 1
        }
    }
}
