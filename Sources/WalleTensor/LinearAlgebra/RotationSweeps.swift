internal import CWalleKernels

/// Sweeps of plane rotations that wait to be applied to the rows of a matrix: many at a time, so that each part of the
/// matrix is read once for all of them.
struct RotationSweeps {
    let matrix: Block<Double>
    private let (firsts, counts): (UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>)
    private let directions: UnsafeMutablePointer<Bool>
    private let (cosineBase, sineBase): (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
    private var waiting = 0

    private static let mostWaiting = 32

    /// - Parameter matrix: whose rows are rotated.
    init(_ matrix: Block<Double>, _ workspace: inout Workspace) throws(TensorError) {
        self.matrix = matrix
        firsts = try workspace.array(Self.mostWaiting)
        counts = try workspace.array(Self.mostWaiting)
        directions = try workspace.array(Self.mostWaiting)
        cosineBase = try workspace.array(Self.mostWaiting * matrix.rows)
        sineBase = try workspace.array(Self.mostWaiting * matrix.rows)
    }

    /// Of the next sweep, by pair of rows from its first on.
    var cosines: UnsafeMutablePointer<Double> { cosineBase + waiting * matrix.rows }
    var sines: UnsafeMutablePointer<Double> { sineBase + waiting * matrix.rows }

    /// Ends a sweep whose cosines and sines were written. Row `first + i` becomes `c·x + s·y` of itself and the next, which
    /// becomes `c·y - s·x`, for `i` up to `count`; from the last pair on if `downwards`.
    mutating func add(first: Int, count: Int, downwards: Bool) {
        firsts[waiting] = first
        counts[waiting] = count
        directions[waiting] = downwards
        waiting += 1
        if waiting == Self.mostWaiting { apply() }
    }

    mutating func apply() {
        guard waiting > 0 else { return }
        var rotations = walle_rotations(
            sweeps: waiting, first: firsts, count: counts, downwards: directions, cosines: cosineBase, sines: sineBase,
            stride: matrix.rows)
        Double.kernels.pointee.sweep.unsafelyUnwrapped(&rotations, matrix.columns, matrix.base, matrix.stride)
        waiting = 0
    }
}

/// The rotation for which `(c·f + s·g, c·g - s·f) = (r, 0)`.
@inline(__always)
func planeRotation(_ f: Double, _ g: Double) -> (c: Double, s: Double, r: Double) {
    if g == 0 { return (1, 0, f) }
    if f == 0 { return (0, 1, g) }
    let square = f * f + g * g
    if square > 1e-280 && square < 1e280 {
        let r = f < 0 ? -square.squareRoot() : square.squareRoot()
        return (f / r, g / r, r)
    }
    let scale = max(abs(f), abs(g))
    let (x, y) = (f / scale, g / scale)
    let length = (x * x + y * y).squareRoot()
    let r = f < 0 ? -length : length
    return (x / r, y / r, r * scale)
}
