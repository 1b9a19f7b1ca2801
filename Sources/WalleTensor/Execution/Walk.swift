/// The inner loops that together visit every element of some arrays of one shape.
///
/// Axes are ordered by the strides of the first operand, the output, and those that lie in one another for all operands
/// are joined, so that the inner loop is as long as it can be.
struct Walk {
    /// From the outermost axis to the innermost.
    private var lengths: [Int]
    /// For each operand a stride an axis.
    private var strides: [[Int]]

    /// - Parameter layouts: All of one shape; the first is written.
    init(_ layouts: [Layout]) {
        let shape = layouts[0].shape
        var axes = shape.indices.filter { shape[$0] != 1 }
        let output = layouts[0].strides
        // Stable, so that the order of the axes decides where strides do not.
        axes = axes.enumerated().sorted { left, right in
            let (a, b) = (abs(output[left.element]), abs(output[right.element]))
            return a == b ? left.offset < right.offset : a > b
        }.map(\.element)
        lengths = axes.map { shape[$0] }
        strides = layouts.map { layout in axes.map { layout.strides[$0] } }
        join()
    }

    private mutating func join() {
        var axis = lengths.count - 1
        while axis > 0 {
            let isNested = strides.allSatisfy { $0[axis - 1] == $0[axis] * lengths[axis] }
            if isNested {
                lengths[axis - 1] *= lengths[axis]
                for operand in strides.indices { strides[operand][axis - 1] = strides[operand][axis] }
                lengths.remove(at: axis)
                for operand in strides.indices { strides[operand].remove(at: axis) }
            }
            axis -= 1
        }
    }

    /// Calls `body` for every inner loop with the offset in bytes of each operand's first element.
    func forEach(_ body: (_ count: Int, _ offsets: [Int], _ strides: [Int]) -> Void) {
        if lengths.contains(0) { return }
        guard let inner = lengths.last else {
            body(1, Array(repeating: 0, count: strides.count), Array(repeating: 0, count: strides.count))
            return
        }
        let innerStrides = strides.map { $0[lengths.count - 1] }
        var offsets = Array(repeating: 0, count: strides.count)
        var index = Array(repeating: 0, count: lengths.count)
        while true {
            body(inner, offsets, innerStrides)
            var axis = lengths.count - 2
            while axis >= 0 {
                index[axis] += 1
                for operand in offsets.indices { offsets[operand] += strides[operand][axis] }
                if index[axis] < lengths[axis] { break }
                for operand in offsets.indices { offsets[operand] -= strides[operand][axis] * lengths[axis] }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
