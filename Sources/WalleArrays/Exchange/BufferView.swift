internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Arrays over the memory of other objects, by the buffer protocol.
extension StatePointer {
    /// A new array that shows the memory of an object; a copy when its elements are misaligned or of the other byte order.
    ///
    /// - Throws: `TypeError` when the elements are no numbers.
    func array(viewing object: PythonPointer) throws -> ArrayPointer {
        var view = Py_buffer()
        if PyObject_GetBuffer(object, &view, walle_BufferFullReadOnly()) < 0 { throw PythonFailure.pending }
        guard let format = BufferFormat(view) else {
            let text = view.format.map { String(cString: $0) } ?? "?"
            PyBuffer_Release(&view)
            throw TensorError.type("a buffer of elements '\(text)' cannot be shown as an array of numbers")
        }
        let rank = Int(view.ndim)
        let shape = Axes((0..<rank).map { view.shape[$0] })
        var layout = Layout(contiguous: shape, elementBytes: format.dtype.byteCount)
        if let strides = view.strides { layout.strides = Axes((0..<rank).map { strides[$0] }) }
        let isWritable = view.readonly == 0
        let first = view.buf
        let cell = try CellPointer.make(of: view, extent: layout.extent(elementBytes: format.dtype.byteCount))
        let array = try self.array(
            format.dtype, layout, offset: first.map { $0 - cell.pointee.bytes } ?? 0, over: cell, base: object,
            isWritable: isWritable)
        return try format.isPlain(layout, at: first) ? array : copied(array, swapping: format.isSwapped)
    }

    /// Takes the array over and gives a packed one of aligned elements in this machine's byte order.
    private func copied(_ array: ArrayPointer, swapping: Bool) throws -> ArrayPointer {
        defer { Py_DecRef(array.object) }
        let result = try self.array(array.dtype, shape: array.shape)
        MisalignedCopy.run(from: array.view, to: result.view, swapping: swapping)
        return result
    }
}

/// What the elements of a buffer are, after the formats of the `struct` module.
struct BufferFormat {
    let dtype: DType
    /// The bytes of each number are in the other order than this machine's.
    let isSwapped: Bool

    init?(_ view: Py_buffer) {
        self.init(view.format.map { String(cString: $0) } ?? "B", itemBytes: view.itemsize)
    }

    init?(_ format: String, itemBytes: Int) {
        var code = Substring(format)
        var swapped = false
        if let first = code.first, "@=<>!".contains(first) {
            swapped = first == ">" || first == "!"
            code = code.dropFirst()
        }
        let found: DType? =
            switch code {
            case "?": .bool
            case "b", "h", "i", "l", "q", "n": Self.integer(itemBytes, signed: true)
            case "B", "H", "I", "L", "Q", "N", "c": Self.integer(itemBytes, signed: false)
            case "e": .float16
            case "f": .float32
            case "d": .float64
            case "Zf", "F": .complex64
            case "Zd", "D": .complex128
            case "E": .bfloat16
            default: nil
            }
        guard let found, found.byteCount == itemBytes else { return nil }
        dtype = found
        isSwapped = swapped && itemBytes > 1
    }

    private static func integer(_ bytes: Int, signed: Bool) -> DType? {
        switch bytes {
        case 1: signed ? .int8 : .uint8
        case 2: signed ? .int16 : .uint16
        case 4: signed ? .int32 : .uint32
        case 8: signed ? .int64 : .uint64
        default: nil
        }
    }

    /// The format of elements for others.
    static func text(_ type: DType) -> StaticString {
        switch type {
        case .bool: "?"
        case .int8: "b"
        case .int16: "h"
        case .int32: "i"
        case .int64: "l"
        case .uint8: "B"
        case .uint16: "H"
        case .uint32: "I"
        case .uint64: "L"
        case .float16: "e"
        case .bfloat16: "E"
        case .float32: "f"
        case .float64: "d"
        case .complex64: "Zf"
        case .complex128: "Zd"
        }
    }

    /// Whether operators can read the memory as it lies.
    func isPlain(_ layout: Layout, at first: UnsafeMutableRawPointer?) -> Bool {
        if isSwapped { return false }
        let alignment = dtype.alignment
        guard Int(bitPattern: first) % alignment == 0 else { return layout.count == 0 }
        return layout.strides.allSatisfy { $0 % alignment == 0 }
    }
}

/// Copies an element at a time, whatever the alignment.
enum MisalignedCopy {
    static func run(from source: View, to output: View, swapping: Bool) {
        guard let from = source.base, var place = output.base, source.layout.count > 0 else { return }
        let (shape, strides, bytes) = (source.layout.shape, source.layout.strides, source.dtype.byteCount)
        let partBytes = source.dtype.kind == .complex ? bytes / 2 : bytes
        var index = Axes(repeating: 0, count: shape.count)
        while true {
            let offset = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
            place.copyMemory(from: from + offset, byteCount: bytes)
            if swapping { reverse(place, bytes, partBytes) }
            place += bytes
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }

    private static func reverse(_ place: UnsafeMutableRawPointer, _ bytes: Int, _ partBytes: Int) {
        for part in stride(from: 0, to: bytes, by: partBytes) {
            var part = UnsafeMutableRawBufferPointer(start: place + part, count: partBytes)[...]
            part.reverse()
        }
    }
}
