internal import CWalleKernels

/// A product of real matrices, of which C is laid out by rows if it is contiguous at all.
struct ProductProblem: SearchProblem {
    let product: MatrixProduct
    let a: Matrix
    let b: Matrix
    let c: MutableMatrix

    private var kernels: walle_gemm { product.kernels.pointee }
    private var byteCount: Int { product.byteCount }
    private var depth: Int { a.columns }

    var key: UInt64 {
        var key = SearchKey(64 + Int(product.type.kernel))
        for number in [c.rows, c.columns, depth] { key.mix(number) }
        for stride in [a.rowStride, a.columnStride, b.rowStride, b.columnStride, c.columnStride] { key.mix(stride) }
        key.mix((product.pool == nil ? 0 : 1) | (product.epilogue == nil ? 0 : 2) | (isSharedLevel ? 4 : 0))
        return key.value
    }

    /// Logarithms of the depths of blocks that are tried beside the usual one.
    private static let depths = [7, 9]

    var candidates: [Candidate] {
        var result: [Candidate] = []
        if c.rows == 1, isVector { result.append(Candidate(.vector)) }
        if isDirect { result += shared(Candidate(.direct)) }
        result += shared(Candidate(.packed))
        for block in Self.depths where depth > 1 << block { result += shared(Candidate(.packed, block: block)) }
        if isSharedLevel, product.epilogue == nil, OpenBLAS.loaded != nil, OpenBLAS.accepts(a, b, c) {
            result.append(Candidate(.openBLAS))
        }
        return result
    }

    private func shared(_ candidate: Candidate) -> [Candidate] {
        product.pool == nil ? [candidate] : candidate.shared()
    }

    /// Tiles can be taken from where the factors lie, and that may pay: A and B are small enough to stay in the second
    /// cache as they lie, with rows not so far apart that they share few of its lines, or B is read once or twice.
    private var isDirect: Bool {
        guard b.columnStride == 1, c.columnStride == 1 else { return false }
        return c.rows <= 2 * kernels.rows
            || abs(b.rowStride) * byteCount <= 4096 && work <= Self.directWork
    }
    /// Multiplications of factors that fill the second cache.
    private static let directWork = 256.0 * 256 * 256
    private var isVector: Bool {
        b.columnStride == 1 && (c.columnStride == 1 || c.columns == 1) && (c.columns > 1 || b.rows == 1)
            || b.rowStride == 1 && (a.columnStride == 1 || a.columns == 1)
    }
    /// The level that was measured.
    private var isSharedLevel: Bool { product.level == walle_kernels_shared() }

    /// Of small products.
    var usual: Candidate {
        c.rows == 1 && isVector ? Candidate(.vector) : Candidate(isDirect ? .direct : .packed)
    }

    func run(_ candidate: Candidate) {
        let pool = candidate.threads > 1 ? product.pool : nil
        switch candidate.algorithm {
        case .vector: _ = product.multiplyVector(a, b, into: c)
        case .direct: product.multiplyDirectly(a, b, into: c, pool: pool)
        case .openBLAS:
            let isDone = OpenBLAS.loaded?.multiply(
                product.type, a, b, into: c, alpha: product.alpha, beta: product.beta)
            if isDone != true { product.multiplyBlocks(a, .matrix(b), into: c, pool: nil) }
        default:
            let depth = candidate.block == 0 ? nil : 1 << Int(candidate.block)
            product.multiplyBlocks(a, .matrix(b), into: c, depth: depth, pool: pool)
        }
    }

    // MARK: costs

    private var isDouble: Bool { byteCount == 8 }
    private var work: Double { Double(c.rows) * Double(c.columns) * Double(depth) }
    private func bytes(_ rows: Int, _ columns: Int) -> Double { Double(rows) * Double(columns) * Double(byteCount) }

    func nanoseconds(_ candidate: Candidate, _ speeds: MachineSpeeds) -> Double {
        switch candidate.algorithm {
        case .vector:
            let isByRows = b.columnStride == 1 && c.columns > 1
            return speeds[.call] + bytes(depth, c.columns)
                * speeds.at(bytes(depth, c.columns), isByRows ? .sums : .dots)
        case .openBLAS: return libraryCost(speeds)
        default: break
        }
        let isPacked = candidate.algorithm == .packed
        let (one, loops) = isPacked ? packedCost(candidate, speeds) : (directCost(speeds), 1.0)
        guard candidate.threads > 1 else { return one }
        let parts = Double(max(c.rows / (2 * kernels.rows), c.columns / kernels.columns)).clamped(to: 1...255)
        return one / min(speeds[.scaling], parts) + loops * speeds[.fork]
    }

    /// Of all tiles: those at the lower and right edges take more for each multiplication.
    private func tileCost(_ each: Double, _ thin: Double) -> Double {
        let (rows, columns) = (kernels.rows, kernels.columns)
        let whole = each * Double(rows * columns), single = thin * Double(columns)
        let rest = c.rows % rows
        let edge = rest == 0 ? 0 : max(single, single + (whole - single) * Double(rest - 1) / Double(max(1, rows - 1)))
        let over = c.columns % columns
        let panels = Double(c.columns / columns) + (over == 0 ? 0 : over <= columns / 2 ? 0.6 : 1)
        return Double(depth) * panels * (Double(c.rows / rows) * whole + edge)
    }

    private var tiles: Double {
        Double((c.rows + kernels.rows - 1) / kernels.rows) * Double((c.columns + kernels.columns - 1) / kernels.columns)
    }

    private func directCost(_ speeds: MachineSpeeds) -> Double {
        let (direct, thin) = isDouble ? (Speed.direct8, Speed.thin8) : (.direct4, .thin4)
        // The first tiles of a panel bring it from where B is; the others find it in the first cache if it fits there.
        // Rows a power of 2 apart share few of its sets.
        let crowding = Double(max(1, min(64, (abs(b.rowStride) * byteCount & -(abs(b.rowStride) * byteCount)) / 64)))
        let panel = bytes(depth, kernels.columns) * crowding.squareRoot()
        let factor = bytes(depth, c.columns)
        let bands = Double((c.rows + kernels.rows - 1) / kernels.rows)
        let each = (speeds.at(factor, direct) + (bands - 1) * speeds.at(min(panel, factor), direct)) / bands
        let rows = speeds.at(bytes(c.rows, depth), direct) - speeds[direct]
        return tileCost((each + rows / 4) * eviction, speeds.at(factor, thin)) + tiles * speeds[.call]
    }

    /// How much longer direct tiles take where the rows of A of one tile share sets of the first cache, and evict one
    /// another: with rows 2048 bytes apart or a multiple of it, as was measured.
    private var eviction: Double {
        let step = abs(a.rowStride) * byteCount
        return c.rows > 4 && step > 0 && step % 2048 == 0 ? 1.4 : 1
    }

    private func packedCost(_ candidate: Candidate, _ speeds: MachineSpeeds) -> (Double, Double) {
        let (packed, thin) = isDouble ? (Speed.packed8, Speed.thin8) : (.packed4, .thin4)
        let sizes = BlockSizes(
            product.kernels, byteCount: byteCount, depth: candidate.block == 0 ? nil : 1 << Int(candidate.block))
        let passes = (Double(depth) / Double(sizes.depth)).rounded(.up)
        let sweeps = (Double(c.columns) / Double(sizes.columns)).rounded(.up)
        let scale = Double(byteCount) / 4
        let right = Double(depth * c.columns) * speeds.at(2 * bytes(depth, c.columns), .packColumns) * scale
        let left = sweeps * Double(c.rows * depth) * speeds.at(2 * bytes(c.rows, depth), .packRows) * scale
        let sums = (2 * passes - 1) * bytes(c.rows, c.columns) * speeds.at(bytes(c.rows, c.columns), .copy)
        let dispatch = passes * tiles * speeds[.call] * 2
        return (tileCost(speeds[packed], speeds[thin]) + right + left + sums + dispatch, 2 * passes * sweeps)
    }

    /// Of as many multiplications as a square product of a side between those measured.
    private func libraryCost(_ speeds: MachineSpeeds) -> Double {
        let first = 4 * (isDouble ? Speed.blas8 : .blas4).rawValue
        let figures = speeds.figures[first..<first + 4]
        guard figures.allSatisfy({ $0 > 0 }) else { return .infinity }
        let sides = OpenBLAS.measuredSides
        var each = figures[first + 3]
        for index in 0..<3 where work < Double(sides[index + 1] * sides[index + 1] * sides[index + 1]) {
            let (low, high) = (Double(sides[index]), Double(sides[index + 1]))
            let cube = low * low * low
            let share = ((work - cube) / (high * high * high - cube)).clamped(to: 0...1)
            each = figures[first + index] * (1 - share) + figures[first + index + 1] * share
            break
        }
        return work * each
    }
}
