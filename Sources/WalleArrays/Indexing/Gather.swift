internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Reads and writes through arrays of positions.
///
/// The positions become one offset in bytes for each index of their common shape; the axes that they do not index are
/// copied from there.
struct Gather {
    /// One offset an index, packed.
    private let offsets: ArrayPointer
    /// The axes without positions, as the indexed array has them.
    private let rest: Layout
    private let base: UnsafeMutableRawPointer
    private let dtype: DType
    /// The shape of the result, and where in it the axes of positions begin.
    let shape: Axes
    private let start: Int
    private var common: Axes { offsets.shape }

    init(_ subscript_: Subscript, of view: View, _ state: StatePointer) throws {
        let layout = subscript_.layout
        var common = Axes()
        for position in subscript_.positions {
            do {
                common = try Layout.broadcast(common, position.array.shape)
            } catch {
                let shapes = subscript_.positions.map { "\($0.array.shape)" }.joined(separator: " ")
                throw TensorError.index(
                    "shape mismatch: indexing arrays could not be broadcast together with shapes \(shapes)")
            }
        }
        var rest = Layout(shape: [], strides: [])
        var shape = Axes()
        let first = subscript_.isAdjacent ? subscript_.positions[0].axis : 0
        start = first
        for axis in layout.shape.indices {
            if subscript_.isAdjacent && axis == first { for length in common { shape.append(length) } }
            if subscript_.positions.contains(where: { $0.axis == axis }) { continue }
            rest.shape.append(layout.shape[axis])
            rest.strides.append(layout.strides[axis])
            shape.append(layout.shape[axis])
        }
        if !subscript_.isAdjacent { shape = Axes(Array(common) + Array(rest.shape)) }
        self.rest = rest
        self.shape = shape
        base = (view.base ?? state.pointee.numbers) + subscript_.offset
        dtype = view.dtype
        offsets = try state.array(.int64, shape: common, zeroed: true)
        do {
            for position in subscript_.positions {
                try add(
                    position.array, stride: layout.strides[position.axis], length: layout.shape[position.axis],
                    position.axis)
            }
        } catch {
            Py_DecRef(offsets.object)
            throw error
        }
    }

    func release() { Py_DecRef(offsets.object) }

    /// Adds an axis's part to the offsets.
    private func add(_ positions: ArrayPointer, stride: Int, length: Int, _ axis: Int) throws {
        let layout = try positions.layout.broadcast(to: common)
        guard let to = offsets.view.base, let from = positions.view.base else { return }
        var wrong: Int?
        let layouts: InlineArray<2, Layout> = [offsets.layout, layout]
        Walk.forEach(layouts.span) { count, places, strides in
            for index in 0..<count {
                var position = (from + places[1] + index * strides[1]).load(as: Int.self)
                if position < 0 { position += length }
                if position < 0 || position >= length {
                    wrong = wrong ?? (from + places[1] + index * strides[1]).load(as: Int.self)
                    continue
                }
                let place = (to + places[0] + index * strides[0]).assumingMemoryBound(to: Int.self)
                place.pointee += position * stride
            }
        }
        if let wrong {
            throw TensorError.index("index \(wrong) is out of bounds for axis \(axis) with size \(length)")
        }
    }

    /// The axes of positions of an array of the result's shape, and those of the rest.
    private func split(_ layout: Layout) -> (common: Layout, rest: Layout) {
        var (outer, inner) = (Layout(shape: [], strides: []), Layout(shape: [], strides: []))
        for axis in layout.shape.indices {
            if axis >= start && axis < start + common.count {
                outer.shape.append(layout.shape[axis])
                outer.strides.append(layout.strides[axis])
            } else {
                inner.shape.append(layout.shape[axis])
                inner.strides.append(layout.strides[axis])
            }
        }
        return (outer, inner)
    }

    /// Reads into an array of `shape`.
    func read(into output: View) {
        move(output, isWrite: false)
    }

    /// Writes values of `shape`, of the same type.
    func write(from values: View) {
        move(values, isWrite: true)
    }

    private func move(_ view: View, isWrite: Bool) {
        guard let other = view.base, let list = offsets.view.base, shape.reduce(1, *) > 0 else { return }
        let (outer, inner) = split(view.layout)
        let isElement = inner.count == 1
        let bytes = dtype.byteCount
        let layouts: InlineArray<2, Layout> = [offsets.layout, outer]
        Walk.forEach(layouts.span) { count, places, strides in
            for index in 0..<count {
                let here = base + (list + places[0] + index * strides[0]).load(as: Int.self)
                let there = other + places[1] + index * strides[1]
                if isElement {
                    Self.copy(bytes, isWrite ? there : here, isWrite ? here : there)
                    continue
                }
                let indexed = View(base: here, dtype: dtype, layout: rest)
                let given = View(base: there, dtype: dtype, layout: inner)
                Raster.copy(isWrite ? given : indexed, to: isWrite ? indexed : given)
            }
        }
    }

    @inline(__always)
    private static func copy(_ bytes: Int, _ from: UnsafeMutableRawPointer, _ to: UnsafeMutableRawPointer) {
        switch bytes {
        case 1: to.storeBytes(of: from.load(as: UInt8.self), as: UInt8.self)
        case 2: to.storeBytes(of: from.load(as: UInt16.self), as: UInt16.self)
        case 4: to.storeBytes(of: from.load(as: UInt32.self), as: UInt32.self)
        case 8: to.storeBytes(of: from.load(as: UInt64.self), as: UInt64.self)
        default: to.copyMemory(from: from, byteCount: bytes)
        }
    }
}
