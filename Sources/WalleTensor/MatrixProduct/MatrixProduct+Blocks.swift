internal import CWalleKernels

/// Where panels of B come from.
enum RightFactor {
    case matrix(Matrix)
    case packed(PackedMatrix)
}

/// What the loops around the tiles share.
private struct BlockPlan {
    var depth: Int
    var rows: Int
    var columns: Int
    var aBytes: Int
    var bBytes: Int
    var tileBytes: Int

    var scratchBytes: Int { aBytes + bBytes + tileBytes }
}

extension MatrixProduct {
    /// The five loops of Goto and van de Geijn around the tiles.
    ///
    /// - Parameters:
    ///   - depth: Of a block; nil for the usual one.
    ///   - pool: nil for this thread alone.
    func multiplyBlocks(_ a: Matrix, _ b: RightFactor, into c: MutableMatrix, depth: Int? = nil, pool: ThreadPool?) {
        guard let pool, pool.threadCount > 1 else {
            return multiplyBlocks(a, b, into: c, columns: 0..<c.columns, depth: depth, pool: nil)
        }
        if c.rows >= 2 * pool.threadCount * kernels.pointee.rows {
            multiplyBlocks(a, b, into: c, columns: 0..<c.columns, depth: depth, pool: pool)
        } else {
            splitColumns(of: c, pool) { multiplyBlocks(a, b, into: c, columns: $0, depth: depth, pool: nil) }
        }
    }

    /// Tiles from where the factors lie; each thread takes rows, or columns where rows are few.
    func multiplyDirectly(_ a: Matrix, _ b: Matrix, into c: MutableMatrix, pool: ThreadPool?) {
        guard let pool, pool.threadCount > 1 else {
            return multiplyDirectly(a, b, into: c, rows: 0..<c.rows, columns: 0..<c.columns)
        }
        let unit = kernels.pointee.rows
        guard c.rows >= 2 * pool.threadCount * unit else {
            return splitColumns(of: c, pool) { multiplyDirectly(a, b, into: c, rows: 0..<c.rows, columns: $0) }
        }
        let tiles = (c.rows + unit - 1) / unit
        pool.parallel(over: tiles, grain: max(1, tiles / (4 * pool.threadCount))) { range in
            let rows = range.lowerBound * unit..<min(range.upperBound * unit, c.rows)
            multiplyDirectly(a, b, into: c, rows: rows, columns: 0..<c.columns)
        }
    }

    private func multiplyDirectly(
        _ a: Matrix, _ b: Matrix, into c: MutableMatrix, rows: Range<Int>, columns: Range<Int>
    ) {
        var (left, right, part) = (a, b, c)
        left.base += rows.lowerBound * a.rowStride * byteCount
        right.base += columns.lowerBound * b.columnStride * byteCount
        part.base += (rows.lowerBound * c.rowStride + columns.lowerBound * c.columnStride) * byteCount
        (left.rows, part.rows) = (rows.count, rows.count)
        (right.columns, part.columns) = (columns.count, columns.count)
        multiplyTiles(
            Panels(direct: left, tile: kernels.pointee.rows, byteCount: byteCount),
            Panels(direct: right.transposed, tile: kernels.pointee.columns, byteCount: byteCount),
            depth: a.columns, into: part,
            block: ProductBlock(row: rows.lowerBound, column: columns.lowerBound, isFirst: true, isLast: true),
            spare: nil)
    }

    /// Few rows: each thread takes columns, and packs A for itself.
    private func splitColumns(of c: MutableMatrix, _ pool: ThreadPool, _ body: (Range<Int>) -> Void) {
        let unit = kernels.pointee.columns
        let panels = (c.columns + unit - 1) / unit
        pool.parallel(over: panels, grain: max(1, panels / (2 * pool.threadCount))) { range in
            body(range.lowerBound * unit..<min(range.upperBound * unit, c.columns))
        }
    }

    private func multiplyBlocks(
        _ a: Matrix, _ b: RightFactor, into c: MutableMatrix, columns range: Range<Int>, depth: Int?,
        pool: ThreadPool?
    ) {
        let plan = plan(a, b, into: c, columnCount: range.count, depth: depth, threads: pool?.threadCount ?? 1)
        let packed = Scratch.bytes(plan.scratchBytes) + plan.aBytes + plan.tileBytes
        for column in stride(from: range.lowerBound, to: range.upperBound, by: plan.columns) {
            let columns = column..<min(column + plan.columns, range.upperBound)
            for start in stride(from: 0, to: a.columns, by: plan.depth) {
                if Interruption.isAsked { return }
                let depth = start..<min(start + plan.depth, a.columns)
                let panels = panels(of: b, columns: columns, depth: depth, packed: packed, pool: pool)
                let blocks = (c.rows + plan.rows - 1) / plan.rows
                guard let pool else {
                    for block in 0..<blocks {
                        multiplyBlock(block, a, panels, into: c, columns: columns, depth: depth, plan: plan)
                    }
                    continue
                }
                pool.parallel(over: blocks, grain: 1) { range in
                    for block in range {
                        multiplyBlock(block, a, panels, into: c, columns: columns, depth: depth, plan: plan)
                    }
                }
            }
        }
    }

    private func plan(
        _ a: Matrix, _ b: RightFactor, into c: MutableMatrix, columnCount: Int, depth wanted: Int?, threads: Int
    ) -> BlockPlan {
        let sizes = BlockSizes(kernels, byteCount: byteCount, depth: wanted)
        let tile = (rows: kernels.pointee.rows, columns: kernels.pointee.columns)
        var depth = sizes.depth(of: a.columns)
        if case .packed(let matrix) = b { depth = matrix.depth }
        // Some blocks a thread, so that none waits long for the last.
        let largest = threads == 1 ? sizes.rows : min(sizes.rows, max(tile.rows, c.rows / (4 * threads)))
        let rows = BlockSizes.even(c.rows, largest: largest, unit: tile.rows)
        let columns = BlockSizes.even(columnCount, largest: sizes.columns, unit: tile.columns)
        var plan = BlockPlan(depth: depth, rows: rows, columns: columns, aBytes: 0, bBytes: 0, tileBytes: 0)
        plan.aBytes = Scratch.rounded(rows * depth * byteCount)
        plan.tileBytes = Scratch.rounded(tile.rows * tile.columns * byteCount)
        if case .matrix = b { plan.bBytes = columns * depth * byteCount }
        return plan
    }

    /// Panels of a block of B, packed now if they are not yet.
    private func panels(
        of b: RightFactor, columns: Range<Int>, depth: Range<Int>, packed: UnsafeMutableRawPointer, pool: ThreadPool?
    ) -> Panels {
        let unit = kernels.pointee.columns
        switch b {
        case .packed(let matrix):
            let base = matrix.panel(start: depth.lowerBound, column: columns.lowerBound)
            return Panels(packed: base, tile: unit, depth: depth.count, byteCount: byteCount)
        case .matrix(let b):
            let origin = b.base + depth.lowerBound * b.rowStride * byteCount
            let pack: (Range<Int>) -> Void = { part in
                let first = columns.lowerBound + part.lowerBound * unit
                kernels.pointee.pack_columns(
                    min(part.count * unit, columns.upperBound - first), depth.count,
                    origin + first * b.columnStride * byteCount, b.columnStride, b.rowStride,
                    packed + part.lowerBound * unit * depth.count * byteCount)
            }
            let parts = 0..<(columns.count + unit - 1) / unit
            if let pool { pool.parallel(over: parts.count, grain: 8, pack) } else { pack(parts) }
            return Panels(packed: packed, tile: unit, depth: depth.count, byteCount: byteCount)
        }
    }

    /// A block of rows: packs A into this thread's memory, and multiplies it by the panels of B.
    private func multiplyBlock(
        _ block: Int, _ a: Matrix, _ b: Panels, into c: MutableMatrix, columns: Range<Int>, depth: Range<Int>,
        plan: BlockPlan
    ) {
        let row = block * plan.rows
        let rows = min(plan.rows, c.rows - row)
        let scratch = Scratch.bytes(plan.scratchBytes)
        kernels.pointee.pack_rows(
            rows, depth.count, a.base + (row * a.rowStride + depth.lowerBound * a.columnStride) * byteCount,
            a.rowStride, a.columnStride, scratch)
        let part = MutableMatrix(
            c.base + (row * c.rowStride + columns.lowerBound * c.columnStride) * byteCount, rows: rows,
            columns: columns.count, rowStride: c.rowStride, columnStride: c.columnStride)
        multiplyTiles(
            Panels(packed: scratch, tile: kernels.pointee.rows, depth: depth.count, byteCount: byteCount), b,
            depth: depth.count, into: part,
            block: ProductBlock(
                row: row, column: columns.lowerBound, isFirst: depth.lowerBound == 0,
                isLast: depth.upperBound == a.columns),
            spare: c.columnStride == 1 ? nil : scratch + plan.aBytes)
    }
}
