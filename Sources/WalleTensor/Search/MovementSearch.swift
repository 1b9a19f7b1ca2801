extension Movement: SearchProblem {
    var key: UInt64 {
        var key = SearchKey(elementBytes)
        for axis in lengths.indices {
            key.mix(lengths[axis])
            key.mix(to[axis])
            key.mix(from[axis])
        }
        return key.value
    }

    var candidates: [Candidate] {
        switch kind {
        case .contiguous: [Candidate(.walk), Candidate(.streamedWalk)]
        case .strided:
            [Candidate(.walk)] + (from.closest == to.closest ? [] : [Candidate(.sourceWalk)])
                + (to[lengths.count - 1] == elementBytes ? [Candidate(.streamedWalk)] : [])
        case .transposed:
            [Candidate(.walk), Candidate(.sourceWalk)]
                + [.panels, .blocks, .streamedBlocks].flatMap { Candidate($0).shared() }
        }
    }

    func run(_ candidate: Candidate) {
        switch (candidate.algorithm, kind) {
        case (.walk, _): walk(inOrderOfSource: false)
        case (.sourceWalk, _): walk(inOrderOfSource: true)
        case (.streamedWalk, _): streamWalk()
        case (_, .transposed(let row)): turn(candidate, rowAxis: row)
        default: preconditionFailure("\(candidate) cannot move this")
        }
    }

    // MARK: costs

    func nanoseconds(_ candidate: Candidate, _ speeds: MachineSpeeds) -> Double {
        let one =
            switch candidate.algorithm {
            case .walk: walkCost(speeds, inOrderOfSource: false)
            case .sourceWalk: walkCost(speeds, inOrderOfSource: true)
            case .streamedWalk: streamCost(speeds)
            default: turnCost(candidate.algorithm, speeds)
            }
        return candidate.threads == 1 ? one : one / speeds.at(workingSet, .scaling) + speeds[.fork]
    }

    /// Bytes read and written.
    private var workingSet: Double { Double(2 * bytes) }

    /// Inner loops, each of elements that are alone in their lines on one side where they have no neighbours there.
    private func walkCost(_ speeds: MachineSpeeds, inOrderOfSource: Bool) -> Double {
        // The axis of the inner loop is the closest one of the side whose order it is.
        let inner = (inOrderOfSource ? from : to).closest
        let loops = Double(count / lengths[inner])
        let dispatch = loops * speeds[.call]
        if to[inner] == elementBytes && from[inner] == elementBytes {
            return dispatch + Double(bytes) * speeds.at(workingSet, .copy)
        }
        let read = lineCost(.lineRead, from, inner, speeds), written = lineCost(.lineWritten, to, inner, speeds)
        return 1.5 * dispatch + Double(count) * max(read, written)
    }

    /// Of an element read or written in a loop along an axis: at once where neighbours follow one another; else as its
    /// line's place says, which is a cache if the lines of one loop stay there until the next loop needs them.
    private func lineCost(
        _ speed: Speed, _ strides: Axes, _ inner: Int, _ speeds: MachineSpeeds, length: Int = .max
    ) -> Double {
        let step = abs(strides[inner])
        if step == 0 { return 0 }
        let first = line(speed, step, Double(bytes), speeds)
        if step == elementBytes { return first * Double(step) / 64 }
        // Neighbours in another axis share the line.
        var shared = 1
        for axis in lengths.indices where axis != inner && abs(strides[axis]) < 64 && strides[axis] != 0 {
            shared = max(shared, min(lengths[axis], 64 / abs(strides[axis])))
        }
        let kept = Double(min(length, lengths[inner]) * min(step, 64)) * Self.crowding(step)
        let again = line(speed, step, kept, speeds)
        let each = (first + Double(shared - 1) * again) / Double(shared)
        // A line that is written has to be read first, and is written back from caches that it does not stay in.
        let least = speeds[.strided] * (speed == .lineWritten ? 1.5 : 1)
        let isWrittenBack = speed == .lineWritten && step > Self.mostAhead && workingSet > MachineSpeeds.points[2]
        return max(least, (isWrittenBack ? 2 : 1) * each * Double(min(step, 64)) / 64)
    }

    /// Of an element alone in its line, among lines of some bytes: those that are close together are fetched ahead, and
    /// take as long as their bytes do.
    private func line(_ speed: Speed, _ step: Int, _ bytes: Double, _ speeds: MachineSpeeds) -> Double {
        if step > Self.mostAhead { return speeds.at(bytes, speed) }
        // A sum takes so long itself that it shows but a third of how much longer bytes take to come.
        let (whole, factor): (Speed, Double) = speed == .lineRead ? (.fold, 3) : (.copy, 1)
        return speeds[.strided] + factor * 64 * (speeds.at(bytes, whole) - speeds[whole])
    }

    /// Bytes from one line to the next up to which lines are fetched ahead: half of a page of 4 KiB.
    private static let mostAhead = 2048

    /// Of the beginning of a short loop beside the squares.
    private static let loopNanoseconds = 3.0

    /// How much smaller a cache is to lines that are some bytes apart: those a power of 2 apart share few of its sets.
    private static func crowding(_ step: Int) -> Double {
        let alignment = 1 << min(step.trailingZeroBitCount, 12)
        return Double(max(1, alignment / 64))
    }

    private func streamCost(_ speeds: MachineSpeeds) -> Double {
        let dispatch = Double(count / inner) * speeds[.call]
        let written = Double(bytes) * speeds.at(workingSet, .stream)
        if case .contiguous = kind { return dispatch + written }
        let read = lineCost(.lineRead, from, lengths.count - 1, speeds) * Double(count)
        return dispatch + max(read, written) + Double(count) * speeds[.copy] + Double(count / inner)
            * speeds[.streamCall]
    }

    private func turnCost(_ algorithm: Candidate.Algorithm, _ speeds: MachineSpeeds) -> Double {
        guard case .transposed(let row) = kind else { return .infinity }
        let (rows, columns) = (lengths[row], inner)
        let width = algorithm == .panels ? columns : algorithm == .blocks ? Self.blockSide : Self.streamedColumns
        let height = algorithm == .panels ? Self.panelRows : Self.blockSide
        let panels = Double(count / (rows * columns) * ((rows + height - 1) / height))
        let calls = panels * Double((columns + width - 1) / width)
        var dispatch = speeds[.turnCall] + panels * speeds[.panelCall] + calls * speeds[.call]
        if algorithm == .streamedBlocks { dispatch += calls * Double(min(height, rows)) * speeds[.streamCall] }
        // Shares of the rows and of the columns that are in squares.
        let side = squareSide
        let (above, beside) = (
            Double(rows / side * side) / Double(rows), Double(columns / side * side) / Double(columns)
        )
        let (speed, scale) = turnSpeed(algorithm)
        let figure = speeds.at(workingSet, speed) * scale
        let square = algorithm == .panels ? inPanels(figure, columns, speeds) : figure
        let loops = calls * Double(columns % side) * Self.loopNanoseconds
        let edges = edgeCost(algorithm, width: width, above: above, beside: beside, speeds)
        return dispatch + loops + Double(count) * (above * beside * square + edges)
    }

    /// An element's part of those beside the squares, where loops run down, and below them, where they run along.
    private func edgeCost(
        _ algorithm: Candidate.Algorithm, width: Int, above: Double, beside: Double, _ speeds: MachineSpeeds
    ) -> Double {
        let tall = speeds.at(workingSet, .tallEdge) * (elementBytes < 8 ? 0.65 : 1)
        let again = lineCost(.lineRead, from, lengths.count - 1, speeds, length: width)
        let long = max(again, speeds.at(workingSet, .edge))
        let passed = algorithm == .streamedBlocks ? Double(elementBytes) * speeds.at(workingSet, .stream) : 0
        return (1 - beside) * (tall + passed) + beside * (1 - above) * (long + passed)
    }

    /// What an element of squares in panels takes, beside the figure of square matrices.
    ///
    /// Rows of a panel take whole lines of elements of 4 bytes and more, and are written without a break, which the
    /// figures show too little of: their sides fit blocks. Of smaller elements lines are shared by some panels, which find
    /// them gone from the first cache where columns are many.
    private func inPanels(_ figure: Double, _ columns: Int, _ speeds: MachineSpeeds) -> Double {
        if elementBytes >= 4 { return 0.9 * figure }
        let farther = speeds.at(64 * Double(columns), .lineRead) - speeds[.lineRead]
        return figure + 2 * farther / Double(Self.panelRows)
    }

    /// Elements of a side of the squares that are turned in registers.
    private var squareSide: Int {
        switch elementBytes {
        case 1: 16
        case 2: 8
        case 16: 4
        default: CacheSizes.vectorBytes / elementBytes
        }
    }

    /// The figure of elements of this size; those of 16 bytes take twice as long as those of 8.
    private func turnSpeed(_ algorithm: Candidate.Algorithm) -> (Speed, Double) {
        let first: Speed =
            switch algorithm {
            case .panels: .panels1
            case .blocks: .blocks1
            default: .streamed1
            }
        let size = min(3, elementBytes.trailingZeroBitCount)
        return (Speed(rawValue: first.rawValue + size) ?? first, elementBytes == 16 ? 2 : 1)
    }
}

extension Axes {
    /// The axis whose neighbours are closest together; the last of several.
    fileprivate var closest: Int {
        var best = 0
        for axis in indices where abs(self[axis]) <= abs(self[best]) { best = axis }
        return best
    }
}
