extension TensorType {
    package var rank: Int { shape.count }
    /// Elements.
    package var count: Int { shape.reduce(1, *) }
    package var byteCount: Int { count * dtype.byteCount }
    /// Without gaps.
    package var layout: Layout { Layout(contiguous: shape, elementBytes: dtype.byteCount) }
    /// The same with strides that count elements.
    package var elements: Layout { Layout(contiguous: shape, elementBytes: 1) }
}
