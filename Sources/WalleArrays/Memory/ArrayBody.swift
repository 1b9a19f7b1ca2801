internal import CWallePython
internal import WallePython
internal import WalleTensor

/// What an `ndarray` is: follows the header of its Python object, shape and strides of up to four axes inline.
struct ArrayBody {
    var layout: Layout
    /// Bytes from the cell's first byte to the first element: an address would change when the cell detaches.
    var offset: Int
    var cell: CellPointer
    /// The array this is a view of, or whose memory it is; shown as `base`.
    var base: PythonPointer?
    var weakReferences: PythonPointer?
    var dtype: DType
    var isWritable: Bool

    /// Bytes from the beginning of the object.
    static let place = MemoryLayout<PyObject>.size

    /// The address of the first element.
    var first: UnsafeMutableRawPointer { cell.pointee.bytes + offset }

    var view: View { View(base: cell.pointee.bytes + offset, dtype: dtype, layout: layout) }
}

extension View {
    /// Whether the memory between the first and the last element of both has bytes in common.
    func overlaps(_ other: View) -> Bool {
        guard let base, let there = other.base else { return false }
        let bytes = layout.extent(elementBytes: dtype.byteCount)
        let others = other.layout.extent(elementBytes: other.dtype.byteCount)
        return base + bytes.lowerBound < there + others.upperBound
            && there + others.lowerBound < base + bytes.upperBound
    }

    /// Whether both show the same elements of the same memory.
    func isSame(as other: View) -> Bool { base == other.base && layout == other.layout && dtype == other.dtype }
}

/// An object that is known to be an array.
struct ArrayPointer {
    let object: PythonPointer

    @inline(__always)
    init(_ object: PythonPointer) { self.object = object }

    @inline(__always)
    var body: UnsafeMutablePointer<ArrayBody> {
        (UnsafeMutableRawPointer(object) + ArrayBody.place).assumingMemoryBound(to: ArrayBody.self)
    }

    var layout: Layout { body.pointee.layout }
    var dtype: DType { body.pointee.dtype }
    var view: View { body.pointee.view }
}
