internal import WalleMemory

/// See `Fourier` for what is computed, and thrown.
extension Tensor {
    package func fourierTransform(
        axis: Int = -1, length: Int? = nil, _ direction: Fourier.Direction = .forward, scale: Double = 1
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try Fourier.inferTransform(type, axis: axis, length: length))
        try Fourier.transform(view, axis: axis, direction, scale: scale, into: result.view)
        withExtendedLifetime(self) {}
        return result
    }

    package func realFourierTransform(
        axis: Int = -1, length: Int? = nil, scale: Double = 1
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try Fourier.inferRealTransform(type, axis: axis, length: length))
        let own = shape[try layout.axis(axis)]
        try Fourier.realTransform(view, axis: axis, length: length ?? own, scale: scale, into: result.view)
        withExtendedLifetime(self) {}
        return result
    }

    package func realFourierInverse(
        axis: Int = -1, length: Int? = nil, scale: Double = 1
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: try Fourier.inferRealInverse(type, axis: axis, length: length))
        try Fourier.realInverse(view, axis: axis, scale: scale, into: result.view)
        withExtendedLifetime(self) {}
        return result
    }
}
