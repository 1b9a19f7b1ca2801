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
