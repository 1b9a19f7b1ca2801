internal import CWallePython
internal import WalleTensor

/// The positions of elements that are not zero.
enum Nonzero {
    /// Those of a boolean array, an array of `int64` for each axis.
    static func positions(of mask: ArrayPointer, _ state: StatePointer) throws -> [ArrayPointer] {
        let packed = try mask.isContiguous ? ArrayPointer(Py_NewRef(mask.object)) : state.copy(of: mask)
        defer { Py_DecRef(packed.object) }
        let count = packed.count
        guard count > 0, let bytes = packed.view.base?.assumingMemoryBound(to: UInt8.self) else {
            return try (0..<mask.rank).map { _ in try state.array(.int64, shape: [0]) }
        }
        var found = 0
        for index in 0..<count { found += Int(bytes[index]) }
        let arrays = try (0..<mask.rank).map { _ in try state.array(.int64, shape: [found]) }
        let places = arrays.map { $0.view.base.unsafelyUnwrapped.assumingMemoryBound(to: Int.self) }
        if mask.rank == 1 {
            fill(places[0], bytes, count)
        } else {
            fill(places, bytes, mask.shape, count)
        }
        return arrays
    }

    private static func fill(_ place: UnsafeMutablePointer<Int>, _ bytes: UnsafePointer<UInt8>, _ count: Int) {
        var next = 0
        for index in 0..<count where bytes[index] != 0 {
            place[next] = index
            next += 1
        }
    }

    private static func fill(
        _ places: [UnsafeMutablePointer<Int>], _ bytes: UnsafePointer<UInt8>, _ shape: Axes, _ count: Int
    ) {
        var next = 0
        for index in 0..<count where bytes[index] != 0 {
            var rest = index
            for axis in shape.indices.reversed() {
                places[axis][next] = rest % shape[axis]
                rest /= shape[axis]
            }
            next += 1
        }
    }
}
