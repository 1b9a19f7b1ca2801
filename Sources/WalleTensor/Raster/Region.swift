/// A piece of an array that moves: `output[to + Σ i·toStride] = inputs[input][from + Σ i·fromStride]` for every index `i`
/// below `size`.
///
/// Every operator that only moves data is a list of these, after the geometric computing of Walle (OSDI 2022, section 4.1).
/// Offsets and strides count elements, from the first element of an array, whatever its own layout.
package struct Region: Sendable, Hashable {
    package var input: Int
    package var size: Axes
    package var from: Int
    package var fromStrides: Axes
    package var to: Int
    package var toStrides: Axes
}

extension Region {
    /// An array, or a part of it that begins at `from`, put into the output at `start`.
    ///
    /// - Parameters:
    ///   - layout: The part, with strides in elements of the input.
    ///   - start: Its first index in the output, an axis each.
    ///   - output: The output's layout, with strides in elements.
    init(input: Int, _ layout: Layout, from: Int = 0, at start: Axes, in output: Layout) {
        self.input = input
        size = layout.shape
        self.from = from
        fromStrides = layout.strides
        to = zip(start, output.strides).reduce(0) { $0 + $1.0 * $1.1 }
        toStrides = output.strides
    }
}
