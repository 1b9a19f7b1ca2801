internal import WalleMemory
internal import Foundation

extension Tensor: Equatable {
    /// The same type, shape and bytes of elements: NaN equals itself, 0 does not equal −0.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        guard left.dtype == right.dtype, left.shape == right.shape else { return false }
        if left.storage === right.storage && left.offset == right.offset && left.layout == right.layout { return true }
        return left.contiguous().withUnsafeBytes { first in
            right.contiguous().withUnsafeBytes { first.elementsEqual($0) }
        }
    }
}

extension Tensor: Hashable {
    public func hash(into hasher: inout Hasher) {
        hasher.combine(dtype)
        hasher.combine(shape)
        contiguous().withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// As a dictionary of `dtype`, `shape` and the elements in order as `data`. A run of a task takes and gives tensors as
/// they are instead, without a copy.
extension Tensor: Codable {
    private enum CodingKeys: String, CodingKey {
        case dtype, shape, data
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(dtype.name, forKey: .dtype)
        try container.encode(Array(shape), forKey: .shape)
        try container.encode(contiguous().withUnsafeBytes { Data($0) }, forKey: .data)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .dtype)
        let shape = Axes(try container.decode([Int].self, forKey: .shape))
        let data = try container.decode(Data.self, forKey: .data)
        guard let dtype = DType.allCases.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(forKey: .dtype, in: container, debugDescription: "no dtype \(name)")
        }
        let count = try Layout.checkedCount(shape, elementBytes: dtype.byteCount)
        guard data.count == count * dtype.byteCount else {
            throw DecodingError.dataCorruptedError(
                forKey: .data, in: container,
                debugDescription: "\(data.count) bytes are no array of shape \(shape) and dtype \(dtype)")
        }
        self.init(
            dtype: dtype, layout: Layout(contiguous: shape, elementBytes: dtype.byteCount),
            storage: data.withUnsafeBytes { SharedStorage(copying: $0) })
    }
}

extension Tensor {
    /// Reads the elements of a contiguous array where they lie.
    ///
    /// - Throws: `.type` when they are of another type; what `body` throws.
    /// - Precondition: The array is contiguous.
    public func withSpan<Element: TensorElement & BitwiseCopyable, Result>(
        of type: Element.Type = Element.self, _ body: (Span<Element>) throws -> Result
    ) throws -> Result {
        try check(type)
        return try withUnsafeBytes { bytes in
            try body(Span(_unsafeElements: bytes.assumingMemoryBound(to: Element.self)))
        }
    }

    /// Writes the elements, in memory of the tensor's own: what others hold does not change.
    ///
    /// - Throws: `.type` when they are of another type; what `body` throws.
    public mutating func withMutableSpan<Element: TensorElement & BitwiseCopyable, Result>(
        of type: Element.Type = Element.self, _ body: (inout MutableSpan<Element>) throws -> Result
    ) throws -> Result {
        try check(type)
        if !isContiguous || !isKnownUniquelyReferenced(&storage) { self = copied() }
        defer { withExtendedLifetime(storage) {} }
        let bytes = UnsafeMutableRawBufferPointer(
            rebasing: storage.bytes[offset..<offset + count * dtype.byteCount])
        var span = MutableSpan(_unsafeElements: bytes.assumingMemoryBound(to: Element.self))
        return try body(&span)
    }

    private func check<Element: TensorElement>(_ type: Element.Type) throws(TensorError) {
        guard Element.dtype == dtype else {
            throw TensorError(.type, "the elements are \(dtype), not \(Element.dtype): cast them first")
        }
    }
}
