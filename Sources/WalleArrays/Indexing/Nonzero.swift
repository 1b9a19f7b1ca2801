internal import CWallePython
internal import WalleTensor

/// The positions of elements that are not zero.
enum Nonzero {
    /// An array of `int64` for each axis.
    static func positions(of array: ArrayPointer, _ state: StatePointer) throws -> [ArrayPointer] {
        let found = Masks.count(array.view)
        let arrays = try (0..<array.rank).map { _ in try state.array(.int64, shape: [found]) }
        Masks.positions(array.view, to: arrays.map(\.view))
        return arrays
    }
}
