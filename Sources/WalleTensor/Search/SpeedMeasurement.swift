internal import CWalleKernels

/// Measures a machine in about a quarter of a second, in CPU time of the calling thread, so that what else runs on the
/// machine disturbs little.
struct SpeedMeasurement {
    let kernels = walle_kernels_shared().unsafelyUnwrapped
    /// Data larger than the caches, and somewhere to write them.
    let source: UnsafeMutableRawPointer
    let target: UnsafeMutableRawPointer
    let sourceBytes: Int
    /// Where the next data are that no cache holds.
    private var fresh = 0
    /// What is far from the caches is measured but once: it takes longest and varies least.
    private var isFirst = true
    private(set) var figures = [Double](repeating: 0, count: 4 * Speed.allCases.count)

    /// Bytes of a piece that is measured in memory.
    static let freshBytes = 2 << 20
    /// From one line to the next where each shall be in a page of its own, and share no set of a cache.
    static let lineStep = 4096 + 64

    private init(_ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer, _ bytes: Int) {
        (self.source, self.target, sourceBytes) = (source, target, bytes)
    }

    /// - Returns: nil when the work of this thread was interrupted.
    static func run() -> MachineSpeeds? {
        let bytes = Int(MachineSpeeds.points[3]) / 4096 * 4096
        var result: MachineSpeeds?
        LargeScratch.with(byteCount: bytes + bytes / 2) { memory in
            // Numbers that no arithmetic is slow with; pages that exist.
            memory.initializeMemory(as: UInt8.self, repeating: 0x3C, count: bytes + bytes / 2)
            var measurement = SpeedMeasurement(memory, memory + bytes, bytes)
            let parts: [(inout SpeedMeasurement) -> Void] = [
                { $0.movement() }, { $0.turning() }, { $0.folding() }, { $0.dispatch() },
                { $0.products() },
            ]
            // Some times, so that what disturbs for a while disturbs but one.
            for round in 0..<3 {
                measurement.isFirst = round == 0
                for part in round == 0 ? parts : Array(parts.prefix(3)) {
                    if Interruption.isAsked { return }
                    part(&measurement)
                }
            }
            result = MachineSpeeds(figures: measurement.figures)
        }
        return result
    }

    // MARK: how

    /// Of two measurements the lesser time counts, or the greater gain.
    mutating func set(_ speed: Speed, _ level: Int, _ figure: Double) {
        let index = 4 * speed.rawValue + level
        let known = figures[index]
        figures[index] = known == 0 ? figure : speed == .scaling ? max(known, figure) : min(known, figure)
    }

    mutating func set(_ speed: Speed, all figure: Double) {
        for level in 0..<4 { set(speed, level, figure) }
    }

    subscript(speed: Speed, level: Int) -> Double { figures[4 * speed.rawValue + level] }

    /// The least time of some, of one unit.
    static func time(_ units: Double, repeats: Int = 2, _ body: () -> Void) -> Double {
        var best = Int64.max
        for _ in 0..<repeats {
            let start = walle_thread_cpu_nanoseconds()
            body()
            best = min(best, walle_thread_cpu_nanoseconds() - start)
        }
        return max(Double(best), 1) / units
    }

    /// Measures one operation at every level.
    ///
    /// - Parameters:
    ///   - units: Of an execution on data of some bytes.
    ///   - body: Works on that many bytes from an address on.
    mutating func measure(
        _ speed: Speed, units: (_ bytes: Int) -> Double, _ body: (UnsafeMutableRawPointer, _ bytes: Int) -> Void
    ) {
        for level in 0..<3 {
            let bytes = Int(MachineSpeeds.points[level]) / 4096 * 4096
            let loops = max(1, (256 << 10) / bytes)
            body(source, bytes)
            let nanoseconds = Self.time(units(bytes) * Double(loops)) { for _ in 0..<loops { body(source, bytes) } }
            set(speed, level, nanoseconds)
        }
        var best = Double.infinity
        for _ in 0..<(isFirst ? 3 : 1) {
            let place = nextFresh(Self.freshBytes)
            best = min(best, Self.time(units(Self.freshBytes), repeats: 1) { body(place, Self.freshBytes) })
        }
        set(speed, 3, best)
    }

    /// Bytes that were not touched for longer than caches remember.
    private mutating func nextFresh(_ bytes: Int) -> UnsafeMutableRawPointer {
        if fresh + bytes > sourceBytes { fresh = 0 }
        defer { fresh += bytes }
        return source + fresh
    }
}

// MARK: what

extension SpeedMeasurement {
    private mutating func movement() {
        let copy = walle_kernels_copy(kernels, 4).unsafelyUnwrapped
        let movement = walle_kernels_movement(kernels).unsafelyUnwrapped.pointee
        let target = target
        // As far into the target as the data are into the source: fresh ones go to a fresh place.
        let source = source
        let place = { (from: UnsafeMutableRawPointer) in target + (from - source) / 2 }
        measure(.copy, units: { Double($0 / 2) }) { copy($1 / 8, $0, 4, place($0), 4) }
        measure(.stream, units: { Double($0 / 2) }) {
            movement.stream($1 / 2, $0, place($0))
            movement.settle()
        }
        let rows = Self.time(1024) {
            for row in 0..<1024 { movement.stream(80, source + 96 * row, target + 96 * row) }
        }
        set(.streamCall, all: rows)
        set(.strided, all: Self.time(65536) { for _ in 0..<64 { copy(1024, source, 12, target, 4) } })
        lines(.lineRead) { count, place, step in copy(count, place, step, target, 4) }
        lines(.lineWritten) { count, place, step in copy(count, target, 4, place, step) }
        let sum = walle_kernels_fold(kernels, Int32(FoldOperation.sum.rawValue), Int32(DType.float32.kernel))
            .unsafelyUnwrapped
        lines(.elementFold) { count, place, step in sum(count, place, step, target) }
    }

    /// Elements alone in lines, as many as stay in a cache; or in lines that none holds.
    private mutating func lines(_ speed: Speed, _ body: (Int, UnsafeMutableRawPointer, Int) -> Void) {
        for level in 0..<4 {
            let count = min(Int(MachineSpeeds.points[min(level, 2)]) / 64, [2048, 2048, 1 << 17, 2048][level])
            // Those that no cache holds are of all of the memory.
            let step = min(level < 3 ? Self.lineStep : .max, (sourceBytes - 4096) / count / 64 * 64)
            let loops = max(1, 4096 / count)
            var shift = 0
            body(count, source, step)
            let nanoseconds = Self.time(Double(count * loops)) {
                // Other lines of the same pages, where those of the last time shall not count.
                if level == 3 { shift += 192 }
                for _ in 0..<loops { body(count, source + shift, step) }
            }
            // Lines that are closer together are fetched ahead.
            set(speed, level, level == 2 ? max(nanoseconds, self[speed, 1]) : nanoseconds)
        }
    }

    private mutating func turning() {
        for level in 0..<(isFirst ? 4 : 3) {
            turn(1, [.panels1, .blocks1, .streamed1], level)
            turn(2, [.panels2, .blocks2, .streamed2], level)
            turn(4, [.panels4, .blocks4, .streamed4], level)
            turn(8, [.panels8, .blocks8, .streamed8], level)
        }
        let turn = walle_kernels_transpose(kernels, 4).unsafelyUnwrapped
        let edge = Self.time(3 * 256 * 64) { for _ in 0..<64 { turn(3, 256, source, 64, target, 1024) } }
        let turnLong = walle_kernels_transpose(kernels, 8).unsafelyUnwrapped
        let tall = Self.time(5 * 64 * 256) { for _ in 0..<256 { turnLong(64, 5, source, 1024, target, 40) } }
        for (level, factor) in [1, 1, 1.3, 2].enumerated() {
            set(.edge, level, edge * factor)
            set(.tallEdge, level, tall * factor)
        }
        calls()
    }

    /// What is done once, or once a panel.
    private mutating func calls() {
        let (source, target) = (source, target)
        let time = { (rows: Int, candidate: Candidate) in
            let movement = Movement(
                source, Layout(shape: [rows, 2], strides: [4, 4 * rows]), target,
                Layout(contiguous: [rows, 2], elementBytes: 4), elementBytes: 4)
            return Self.time(512) { for _ in 0..<512 { movement.run(candidate) } }
        }
        let one = time(2, Candidate(.panels))
        set(.turnCall, all: max(1, one - time(2, Candidate(.sourceWalk))))
        set(.panelCall, all: max(1, (time(34, Candidate(.panels)) - one) / 2 - 32 * self[.edge, 0]))
    }

    /// A square matrix as large as the level says, turned in all ways by turns: they are compared with one another.
    private mutating func turn(_ bytes: Int, _ speeds: [Speed], _ level: Int) {
        let side = max(64, Int((0.9 * MachineSpeeds.points[level] / Double(2 * bytes)).squareRoot()) / 64 * 64)
        // Lines begin anywhere in most arrays.
        let step = (side + 9) * bytes
        let rows = level < 3 ? side : 2 * side / 3
        let loops = max(1, 65536 / (side * side))
        let movement = Movement(
            source, Layout(shape: [rows, side], strides: [bytes, step]), target,
            Layout(shape: [rows, side], strides: [step, bytes]), elementBytes: bytes)
        for (speed, algorithm) in zip(speeds, [Candidate.Algorithm.panels, .blocks, .streamedBlocks]) {
            // What the one before left in the caches is not the merit of this one.
            movement.run(Candidate(algorithm))
            let nanoseconds = Self.time(Double(rows * side * loops), repeats: level == 0 ? 2 : 1) {
                for _ in 0..<loops { movement.run(Candidate(algorithm)) }
            }
            set(speed, level, nanoseconds)
        }
        if level == 3 { limit(bytes, speeds) }
    }

    /// Far from the caches others on the machine disturb most: squares take no longer than the lines they are in do.
    private mutating func limit(_ bytes: Int, _ speeds: [Speed]) {
        let rows = Double(Movement.panelRows), lines = rows * Double(bytes) / 64
        let again = max(0, 1 - lines) * self[.lineRead, 1]
        let one = (lines * (self[.lineRead, 3] + self[.lineWritten, 3]) + again) / rows
        // Blocks go on in no direction for long, which takes half as long again; what is streamed is written twice.
        for (speed, factor) in zip(speeds, [1.25, 1.6, 1.4]) { set(speed, 3, factor * one) }
    }

    private mutating func folding() {
        let type = Int32(DType.float32.kernel)
        let sum = walle_kernels_fold(kernels, Int32(FoldOperation.sum.rawValue), type).unsafelyUnwrapped
        let add = walle_kernels_binary(kernels, Int32(BinaryOperation.add.rawValue), type).unsafelyUnwrapped
        let (target, source) = (target, source)
        measure(.fold, units: { Double($0) }) { sum($1 / 4, $0, 4, target) }
        let row = Self.time(4096) {
            for row in 0..<4096 { sum(32, source + row % 128 * 128, 4, target + row % 128 * 4) }
        }
        set(.foldCall, all: max(1, row - 128 * self[.fold, 0]))
        measure(.accumulate, units: { Double($0) }) { place, bytes in
            for start in stride(from: 0, to: bytes, by: 8192) {
                add(2048, place + start, 4, target, 4, target, 4)
            }
        }
    }

    private mutating func dispatch() {
        let copy = walle_kernels_copy(kernels, 4).unsafelyUnwrapped
        let short: InlineArray<2, Layout> = [
            Layout(shape: [2048, 4], strides: [32, 4]), Layout(shape: [2048, 4], strides: [64, 4]),
        ]
        let (target, source) = (target, source)
        set(
            .call,
            all: Self.time(2048) {
                Walk.forEach(short.span) { count, offsets, strides in
                    copy(count, source + offsets[1], strides[1], target + offsets[0], strides[0])
                }
            })
        let pool = ThreadPool.shared
        guard pool.threadCount > 1 else { return set(.scaling, all: 1) }
        set(.fork, all: max(5000, Self.wall { pool.parallel(over: pool.threadCount, grain: 1) { _ in } }))
        let bytes = Self.freshBytes
        let parts = sourceBytes / 2 / bytes
        let (from, to) = (source, target)
        let copyPart = { (part: Int) in
            copy(bytes / 4, from + part * bytes, 4, to + part * bytes / 2, 4)
        }
        // Not less than some, however busy the machine is now: loops only take help that is idle.
        let memory = scaling(parts, least: 0.6, copyPart)
        let compute = scaling(64, least: 0.8) { part in
            for _ in 0..<16 { copy(2048, from + part * 65536, 4, to + part * 65536, 4) }
        }
        for (level, figure) in [compute, compute, (compute + memory) / 2, memory].enumerated() {
            set(.scaling, level, figure)
        }
    }

    /// How much faster all threads do some parts than one.
    private func scaling(_ parts: Int, least: Double, _ body: (Int) -> Void) -> Double {
        let one = Self.wall(repeats: 2) { for part in 0..<parts { body(part) } }
        let all = Self.wall(repeats: 2) { ThreadPool.shared.parallel(over: parts, grain: 1) { $0.forEach(body) } }
        let threads = Double(ThreadPool.shared.threadCount)
        return (one / all).clamped(to: least * threads...threads)
    }

    /// The least time of some, by the clock on the wall.
    static func wall(repeats: Int = 10, _ body: () -> Void) -> Double {
        var best = Int64.max
        for _ in 0..<repeats {
            let start = walle_thread_nanoseconds()
            body()
            best = min(best, walle_thread_nanoseconds() - start)
        }
        return Double(best)
    }
}
