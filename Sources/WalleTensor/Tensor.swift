package import WalleMemory

/// An array of numbers with any number of axes: a view of memory that it may share with other tensors.
///
/// A value: two tensors may look at the same memory, and a write through one copies it first unless it is held alone.
/// Slices, transpositions and the like cost nothing and share.
///
///     let scores = try Tensor([0.1, 0.7, 0.2])
///     let best = try (scores + 1).reshaped([3, 1])
public struct Tensor: Sendable {
    /// What the elements are.
    public let dtype: DType
    /// Where they lie in `storage`, from `offset` on.
    public internal(set) var layout: Layout
    /// Bytes from the beginning of the storage to the first element.
    package internal(set) var offset: Int
    package internal(set) var storage: SharedStorage

    package init(dtype: DType, layout: Layout, offset: Int = 0, storage: SharedStorage) {
        self.dtype = dtype
        self.layout = layout
        self.offset = offset
        self.storage = storage
    }

    /// Without values yet: an operator writes every element before anybody sees it.
    ///
    /// - Throws: `.value` for a shape that cannot be.
    package init(uninitialized shape: Axes, _ dtype: DType) throws(TensorError) {
        let count = try Layout.checkedCount(shape, elementBytes: dtype.byteCount)
        self.init(
            dtype: dtype, layout: Layout(contiguous: shape, elementBytes: dtype.byteCount),
            storage: SharedStorage(uninitialized: count * dtype.byteCount))
    }

    /// All zero.
    ///
    /// - Throws: `.value` for a negative length or a shape too large.
    public init(zeros shape: Axes, _ dtype: DType = .float64) throws(TensorError) {
        let count = try Layout.checkedCount(shape, elementBytes: dtype.byteCount)
        self.init(
            dtype: dtype, layout: Layout(contiguous: shape, elementBytes: dtype.byteCount),
            storage: SharedStorage(zeroed: count * dtype.byteCount))
    }

    /// The lengths of the axes.
    public var shape: Axes { layout.shape }
    public var rank: Int { layout.rank }
    /// Elements.
    public var count: Int { layout.count }
    /// Bytes of all elements.
    public var byteCount: Int { count * dtype.byteCount }
    public var isContiguous: Bool { layout.isContiguous(elementBytes: dtype.byteCount) }

    /// The elements as operators read them. Valid while the tensor is.
    package var view: View { View(base: storage.bytes.baseAddress.map { $0 + offset }, dtype: dtype, layout: layout) }
}

/// Memory with a layout, as the execution sees it: nobody's, for the length of a call.
package struct View {
    /// The first element; nil when there is none.
    package var base: UnsafeMutableRawPointer?
    package var dtype: DType
    package var layout: Layout

    package init(base: UnsafeMutableRawPointer?, dtype: DType, layout: Layout) {
        self.base = base
        self.dtype = dtype
        self.layout = layout
    }
}

/// A type of Swift that elements can be read and written as.
public protocol TensorElement: Sendable {
    static var dtype: DType { get }
}

extension Bool: TensorElement { public static var dtype: DType { .bool } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension Int16: TensorElement { public static var dtype: DType { .int16 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int: TensorElement { public static var dtype: DType { .int64 } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension UInt16: TensorElement { public static var dtype: DType { .uint16 } }
extension UInt32: TensorElement { public static var dtype: DType { .uint32 } }
extension UInt: TensorElement { public static var dtype: DType { .uint64 } }
extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }

extension Tensor {
    /// One axis of values.
    public init<Element: TensorElement>(_ values: [Element]) {
        let bytes = values.withUnsafeBytes { SharedStorage(copying: $0) }
        let dtype = Element.dtype
        self.init(
            dtype: dtype, layout: Layout(contiguous: [values.count], elementBytes: dtype.byteCount), storage: bytes)
    }

    /// Without axes.
    public init<Element: TensorElement>(scalar value: Element) {
        self = Tensor([value])
        layout = Layout(shape: [], strides: [])
    }

    /// The elements in order, the last axis fastest.
    ///
    /// - Throws: `.type` when the elements are of another type.
    public func values<Element: TensorElement>(of type: Element.Type = Element.self) throws(TensorError) -> [Element] {
        guard Element.dtype == dtype else {
            throw TensorError(.type, "the elements are \(dtype), not \(Element.dtype): cast them first")
        }
        let packed = contiguous()
        let bytes = UnsafeRawBufferPointer(packed.storage.bytes)
        guard count > 0 else { return [] }
        let start = bytes.baseAddress.unsafelyUnwrapped + packed.offset
        defer { withExtendedLifetime(packed) {} }
        return Array(UnsafeBufferPointer(start: start.assumingMemoryBound(to: Element.self), count: count))
    }

    /// Reads the elements of a contiguous array where they lie; the pointer is valid during the call.
    ///
    /// - Precondition: The array is contiguous.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(isContiguous, "an array of shape \(shape) and strides \(layout.strides) is not contiguous")
        defer { withExtendedLifetime(storage) {} }
        let end = offset + count * dtype.byteCount
        return try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage.bytes)[offset..<end]))
    }

    /// The same elements without gaps: itself when it has none.
    public func contiguous() -> Tensor {
        isContiguous ? self : copied()
    }

    /// The same elements in memory of their own.
    public func copied() -> Tensor {
        let result = Tensor(
            dtype: dtype, layout: Layout(contiguous: shape, elementBytes: dtype.byteCount),
            storage: SharedStorage(uninitialized: count * dtype.byteCount))
        Raster.copy(view, to: result.view)
        return result
    }
}
