internal import CWalleKernels

extension SpeedMeasurement {
    /// Depth of the products that are measured.
    private static let depth = 256

    mutating func products() {
        for (type, speeds) in [
            (DType.float32, (packed: Speed.packed4, direct: Speed.direct4, thin: Speed.thin4)),
            (.float64, (.packed8, .direct8, .thin8)),
        ] {
            let gemm = walle_gemm_of(kernels, walle_dtype(UInt32(type.rawValue))).unsafelyUnwrapped.pointee
            packedTile(speeds.packed, gemm)
            tiles(speeds.direct, gemm, type.byteCount, rows: gemm.rows)
            tiles(speeds.thin, gemm, type.byteCount, rows: 1)
        }
        let gemm = walle_gemm_of(kernels, walle_float32).unsafelyUnwrapped.pointee
        let (target, depth) = (target, Self.depth)
        measure(.packRows, units: { Double($0 / 8 / depth * depth) }) {
            gemm.pack_rows($1 / 8 / depth, depth, $0, depth, 1, target)
        }
        measure(.packColumns, units: { Double($0 / 8 / depth * depth) }) {
            gemm.pack_columns($1 / 8 / depth, depth, $0, 1, $1 / 8 / depth, target)
        }
        measure(.dots, units: { Double($0) }) {
            gemm.dots($1 / 2048, 512, $0, 512, target, target + 4096, 1, 1, 0)
        }
        measure(.sums, units: { Double($0) }) {
            gemm.sums(512, $1 / 2048, $0, 512, target + 4096, 1, target, 1, 0)
        }
        library()
    }

    private mutating func packedTile(_ speed: Speed, _ gemm: walle_gemm) {
        var tile = walle_gemm_tile(
            depth: Self.depth, a: source, a_row: 1, a_column: gemm.rows, b: source + (64 << 10), b_row: gemm.columns,
            c: target, c_row: gemm.columns, alpha: 1, beta: 0)
        let units = Double(gemm.rows * gemm.columns * Self.depth * 16)
        set(speed, all: Self.time(units) { for _ in 0..<16 { gemm.packed_tile(&tile) } })
    }

    /// Tiles of some rows, all columns of a matrix of the level's size.
    private mutating func tiles(_ speed: Speed, _ gemm: walle_gemm, _ bytes: Int, rows: Int) {
        let (depth, target) = (Self.depth, target)
        let columns = { (size: Int) in max(1, size / bytes / depth / gemm.columns) * gemm.columns }
        measure(speed, units: { Double(rows * depth * columns($0)) }) { place, size in
            let columns = columns(size)
            var tile = walle_gemm_tile(
                depth: depth, a: target, a_row: depth, a_column: 1, b: place, b_row: columns, c: target + (1 << 20),
                c_row: gemm.columns, alpha: 1, beta: 0)
            for column in stride(from: 0, to: columns, by: gemm.columns) {
                tile.b = UnsafeRawPointer(place + column * bytes)
                gemm.tile(rows, gemm.columns, &tile)
            }
        }
    }

    private mutating func library() {
        guard let library = OpenBLAS.loaded else { return }
        for (type, speed) in [(DType.float32, Speed.blas4), (.float64, .blas8)] {
            for (level, side) in OpenBLAS.measuredSides.enumerated() {
                let a = Matrix(source, rows: side, columns: side),
                    b = Matrix(source + (8 << 20), rows: side, columns: side)
                let c = MutableMatrix(target, rows: side, columns: side)
                let units = Double(side * side * side)
                set(speed, level, Self.time(units) { _ = library.multiply(type, a, b, into: c, alpha: 1, beta: 0) })
            }
        }
    }
}
