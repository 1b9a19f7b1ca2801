extension Folding: SearchProblem {
    var key: UInt64 {
        var key = SearchKey(1 + Int((operation ?? .sum).rawValue))
        key.mix(Int(computing.kernel) << 8 | Int(input.dtype.kernel))
        for layout in [kept, inner] {
            key.mix(layout.rank)
            for axis in layout.shape.indices {
                key.mix(layout.shape[axis])
                key.mix(layout.strides[axis])
            }
        }
        return key.value
    }

    /// Only those that fold elements in the same order as the usual one, where that changes the result.
    var candidates: [Candidate] {
        var result: [Candidate] = []
        let isByRows = usual.algorithm == .rows
        if !isByRows || isExact { result += Candidate(.elements).shared() }
        if rowKernel != nil, isByRows || isExact && kept.count > 1 {
            result += [10, 12, 14].flatMap { Candidate(.rows, block: $0).shared() }
        }
        if canTurn, !isByRows || isExact { result += Candidate(.turnedRows).shared() }
        return result
    }

    /// Elements up to which a fold of floats goes in order.
    private static let inOrder = 15

    /// Whether the elements of results are few neighbours.
    private var canTurn: Bool {
        guard rowKernel != nil, input.dtype == computing, inner.rank == 1,
            inner.strides[0] == input.dtype.byteCount, kept.count > 1
        else { return false }
        return inner.count >= 2 && inner.count <= (isExact ? 64 : Self.inOrder)
    }

    // MARK: costs

    func nanoseconds(_ candidate: Candidate, _ speeds: MachineSpeeds) -> Double {
        var (one, parts) =
            switch candidate.algorithm {
            case .rows: rowCost(1 << Int(candidate.block), speeds)
            case .turnedRows: turnedCost(speeds)
            default: elementCost(speeds)
            }
        if candidate.threads == 1 { return one }
        parts = min(parts, Double(candidate.threads))
        one /= max(1, min(parts, speeds.at(bytes, .scaling)))
        return one + speeds[.fork]
    }

    private var bytes: Double { Double(input.layout.count * input.dtype.byteCount) }

    /// How much longer an operation takes than a sum of floats does for as many bytes.
    private var effort: Double {
        switch operation {
        case .product where computing.kind < .floating: 3
        default: input.dtype == computing ? 1 : 3
        }
    }

    /// The time of one thread, and how many could share it.
    private func elementCost(_ speeds: MachineSpeeds) -> (Double, Double) {
        let results = Double(max(1, kept.count))
        let joined = inner.joinedInOrder
        let calls = results * Double(joined.count / max(1, joined.shape.last ?? 1))
        let isDense = abs(joined.strides.last ?? 0) <= input.dtype.byteCount
        let elements = Double(input.layout.count)
        let read: Double
        if isDense {
            read = effort * bytes * speeds.at(bytes, .fold)
        } else {
            // Results next to one another share lines, which stay where one result's lines fit.
            let lines = Double(inner.count * 64)
            // Alone, each extreme waits for the one before it.
            let alone = operation == .sum ? speeds[.strided] : 6 * speeds[.strided]
            read = elements * max(alone, speeds.at(min(lines, bytes), .elementFold))
        }
        let parts = treeLength == nil ? results : .infinity
        return (calls * speeds[.foldCall] + read, parts)
    }

    private func rowCost(_ piece: Int, _ speeds: MachineSpeeds) -> (Double, Double) {
        guard let axis = rowAxis else { return (.infinity, 1) }
        let length = kept.shape[axis]
        let pieces = Double(kept.count / max(1, length)) * Double((length + piece - 1) / piece)
        let calls = pieces * Double(inner.count)
        let width = min(length, piece) * computing.byteCount
        let elements = Double(input.layout.count)
        if abs(kept.strides[axis]) > input.dtype.byteCount {
            return (calls * speeds[.call] + elements * max(speeds[.strided], speeds.at(bytes, .lineRead)), pieces)
        }
        // Rows of results are read and written once an input row, and once more a halving.
        let levels = Double(width) * Double(1 + max(0, 60 - inner.count.leadingZeroBitCount))
        let partial = max(0, speeds.at(levels, .copy) - speeds[.copy])
        let each = speeds.at(bytes, .accumulate) * effort + partial + speeds[.accumulate] / 8
        // What is fetched ahead ends with a piece.
        let call = speeds[.call] + 12 * (speeds.at(bytes, .lineRead) - speeds[.lineRead])
        let finish = Double(kept.count * computing.byteCount) * 4 * speeds.at(Double(4 * width), .copy)
        let read = elements * Double(computing.byteCount) * each
        return (calls * call + pieces * 4 * speeds[.call] + read + finish, pieces)
    }

    private func turnedCost(_ speeds: MachineSpeeds) -> (Double, Double) {
        guard let axis = rowAxis else { return (.infinity, 1) }
        let length = kept.shape[axis]
        let pieces =
            Double(kept.count / max(1, length)) * Double((length + Self.turnedResults - 1) / Self.turnedResults)
        let elements = Double(input.layout.count)
        let side = max(1, CacheSizes.vectorBytes / computing.byteCount)
        let whole = Double(inner.count / side * side) / Double(inner.count)
        let square =
            computing.byteCount <= 2
            ? speeds[.panels1]
            : computing.byteCount == 4
                ? speeds[.panels4]
                : speeds[.panels8]
        let turned = elements * (whole * square + (1 - whole) * speeds[.edge])
        let added = bytes * (speeds[.accumulate] + max(0, speeds.at(bytes, .fold) - speeds[.fold]))
        return (turned + added + pieces * Double(inner.count + 4) * speeds[.call], pieces)
    }
}

extension Folding {
    /// The ways to fold, for whoever wants to compare them.
    static func candidates(
        _ operation: FoldOperation, _ input: View, _ folded: Axes, _ output: View
    ) -> [Candidate] {
        Folding(operation, input, folded: folded, to: output, computing: input.dtype).candidates
    }

    /// Folds in a way that was chosen before.
    static func run(
        _ operation: FoldOperation, _ input: View, folded: Axes, to output: View, computing: DType,
        by candidate: Candidate
    ) {
        Folding(operation, input, folded: folded, to: output, computing: computing).run(candidate)
    }
}
