internal import CWalleKernels

/// The operator that executes regions: the only one that moves data.
package enum Raster {
    /// Copies one array into another of the same shape and type.
    package static func copy(_ source: View, to output: View) {
        move(source.base, source.layout, output.base, output.layout, elementBytes: source.dtype.byteCount)
    }

    /// Executes regions. Inputs and output have one type; strides of regions count elements of contiguous arrays.
    static func execute(_ regions: [Region], inputs: [View], output: View) {
        let bytes = output.dtype.byteCount
        for region in regions {
            move(
                inputs[region.input].base.map { $0 + region.from * bytes },
                Layout(shape: region.size, strides: region.fromStrides.scaled(by: bytes)),
                output.base.map { $0 + region.to * bytes },
                Layout(shape: region.size, strides: region.toStrides.scaled(by: bytes)), elementBytes: bytes)
        }
    }

    /// Bytes below which every way takes about as long as choosing one.
    private static let leastSearchedBytes = 8 << 10

    private static func move(
        _ source: UnsafeMutableRawPointer?, _ from: Layout, _ output: UnsafeMutableRawPointer?, _ to: Layout,
        elementBytes: Int
    ) {
        let count = from.count
        guard let source, let output, count > 0 else { return }
        if count * elementBytes >= leastSearchedBytes {
            let movement = Movement(source, from, output, to, elementBytes: elementBytes)
            return movement.run(MethodSearch.choice(movement))
        }
        let kernel = walle_kernels_copy(walle_kernels_shared(), elementBytes).unsafelyUnwrapped
        let layouts: InlineArray<2, Layout> = [to, from]
        Walk.forEach(layouts.span) { count, offsets, strides in
            kernel(count, source + offsets[1], strides[1], output + offsets[0], strides[0])
        }
    }
}

extension Axes {
    func scaled(by factor: Int) -> Axes {
        var result = self
        for axis in indices { result[axis] *= factor }
        return result
    }
}
