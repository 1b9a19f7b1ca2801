/// The rows of arrays of one shape in the order of their indices, the last axis fastest: the order in which numbers are
/// drawn, wherever they lie. (`Walk` goes by memory.)
package enum Rows {
    /// Calls `body` for every row with the number of its elements and, for each operand, the address of its first
    /// element and its stride in bytes.
    @inline(__always)
    package static func forEach(
        _ operands: [View], _ body: (Int, UnsafePointer<UnsafeMutableRawPointer>, UnsafePointer<Int>) -> Void
    ) {
        guard operands[0].layout.count > 0 else { return }
        let shape = operands[0].layout.shape
        let last = shape.count - 1
        var places = operands.map { $0.base.unsafelyUnwrapped }
        let strides = operands.map { last < 0 ? 0 : $0.layout.strides[last] }
        var indices = Axes(repeating: 0, count: Swift.max(last, 0))
        while true {
            body(last < 0 ? 1 : shape[last], places, strides)
            var axis = last - 1
            while axis >= 0 {
                indices[axis] += 1
                let isInside = indices[axis] < shape[axis]
                let steps = isInside ? 1 : 1 - shape[axis]
                for index in places.indices { places[index] += operands[index].layout.strides[axis] * steps }
                if isInside { break }
                indices[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
