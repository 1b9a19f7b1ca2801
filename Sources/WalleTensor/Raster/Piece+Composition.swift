/// Vertical merging: what is read through an array that is itself made of pieces, is read from where these take it.
extension Piece {
    package enum Composed {
        /// A piece of the inner piece's input, and the divisions of axes that it took.
        case piece(Piece, divisions: [Division])
        /// The inner piece has nothing of what is read.
        case nothing
        /// What is read is no box of the inner piece.
        case impossible
    }

    package struct Division: Sendable, Hashable {
        package let axis: Int
        package let inner: Int
    }

    /// More divisions than axes of shapes people write.
    private static let mostDivisions = 16

    /// Pieces that read the inputs of `inners` directly; nil when some of it cannot be said in boxes.
    package func reading(through inners: [Piece]) -> [Piece]? {
        var result: [Piece] = []
        for inner in inners {
            switch reading(through: inner) {
            case .piece(let piece, _): result.append(piece)
            case .nothing: break
            case .impossible: return nil
            }
        }
        return result
    }

    /// What this piece reads of an array, taken from where `inner`, a piece of that array, has it.
    package func reading(through inner: Piece) -> Composed {
        var (outer, divisions) = (self, [Division]())
        while divisions.count <= Self.mostDivisions {
            let steps = Steps(of: outer, in: inner.frame)
            guard let axis = steps.firstOutside else { return steps.clipped(outer, to: inner, divisions) }
            guard let division = steps.division(outer, at: axis), outer.divide(division.axis, by: division.inner)
            else { return .impossible }
            divisions.append(division)
        }
        return .impossible
    }
}

/// How the axes of a piece walk through an array of some axes.
private struct Steps {
    let frame: Axes
    /// The index of the first element.
    let base: Axes
    /// For each axis of the piece, what one step adds to the index.
    var steps: [Axes] = []
    /// The least and the greatest index on each axis.
    var low: Axes
    var high: Axes

    init(of piece: Piece, in frame: Axes) {
        self.frame = frame
        base = frame.index(of: piece.from)
        (low, high) = (base, base)
        let strides = Layout(contiguous: frame, elementBytes: 1).strides
        for axis in piece.size.indices {
            let step = Self.step(piece.size[axis] == 1 ? 0 : piece.fromStrides[axis], strides)
            for place in frame.indices {
                let span = step[place] * (piece.size[axis] - 1)
                if span < 0 { low[place] += span } else { high[place] += span }
            }
            steps.append(step)
        }
    }

    private static func step(_ stride: Int, _ strides: Axes) -> Axes {
        var (rest, result) = (stride, strides)
        for axis in strides.indices {
            result[axis] = rest / strides[axis]
            rest -= result[axis] * strides[axis]
        }
        return result
    }

    /// An axis of the array that the piece would leave.
    var firstOutside: Int? { frame.indices.last { low[$0] < 0 || high[$0] >= frame[$0] } }

    /// A division after which an axis of the piece carries over no longer.
    func division(_ piece: Piece, at place: Int) -> Piece.Division? {
        for axis in steps.indices {
            let step = steps[axis][place]
            guard step != 0, steps[axis].indices.allSatisfy({ $0 == place || steps[axis][$0] == 0 }) else { continue }
            let inner = frame[place] / abs(step)
            let begins = step > 0 ? base[place] < step : base[place] >= frame[place] + step
            if frame[place] % abs(step) == 0, begins, inner > 1, inner < piece.size[axis] {
                return Piece.Division(axis: axis, inner: inner)
            }
        }
        return nil
    }

    /// The part of the piece that lies in the box of the inner one.
    func clipped(_ piece: Piece, to inner: Piece, _ divisions: [Piece.Division]) -> Piece.Composed {
        var first = Axes(repeating: 0, count: piece.size.count)
        var end = piece.size
        for place in frame.indices {
            let box = inner.start[place]..<inner.start[place] + inner.size[place]
            if box.contains(low[place]) && box.contains(high[place]) { continue }
            if high[place] < box.lowerBound || low[place] >= box.upperBound { return .nothing }
            let axes = steps.indices.filter { steps[$0][place] != 0 }
            guard axes.count == 1 else { return .impossible }
            let within = Self.range(base[place], steps[axes[0]][place], box)
            first[axes[0]] = max(first[axes[0]], within.lowerBound)
            end[axes[0]] = min(end[axes[0]], within.upperBound)
            if first[axes[0]] >= end[axes[0]] { return .nothing }
        }
        var result = piece
        result.input = inner.input
        var place = base
        for axis in steps.indices {
            result.start[axis] += first[axis]
            result.size[axis] = end[axis] - first[axis]
            result.fromStrides[axis] = steps[axis].dot(inner.fromStrides)
            for other in place.indices { place[other] += steps[axis][other] * first[axis] }
        }
        for axis in place.indices { place[axis] -= inner.start[axis] }
        result.from = inner.from + place.dot(inner.fromStrides)
        return .piece(result, divisions: divisions)
    }

    /// The numbers of steps after which an index lies in a range.
    private static func range(_ base: Int, _ step: Int, _ box: Range<Int>) -> Range<Int> {
        let (low, high) =
            step > 0
            ? (box.lowerBound - base, box.upperBound - 1 - base)
            : (base - box.upperBound + 1, base - box.lowerBound)
        let size = abs(step)
        let first = max(0, (low + size - 1) / size)
        return high < 0 ? 0..<0 : first..<max(first, high / size + 1)
    }
}
