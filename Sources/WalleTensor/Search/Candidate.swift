/// A way to execute an operator: an algorithm of a back end, the size of its pieces and how many threads share it.
package struct Candidate: Hashable, Sendable {
    package enum Algorithm: UInt8, Sendable, CaseIterable {
        // Movement.
        /// Inner loops in the order of the output, or in that of the source.
        case walk, sourceWalk
        /// The same by way of the first cache, written past the others.
        case streamedWalk
        /// Squares turned in registers: panels of rows over all columns, or blocks; or blocks that are written past the caches.
        case panels, blocks, streamedBlocks
        // Folds.
        /// An element of the result at a time, or a row of them.
        case elements, rows
        /// Short rows turned first, then a row of results at a time.
        case turnedRows
        // Matrix products.
        /// Tiles from factors where they lie, or from packed panels.
        case direct, packed
        /// Of a vector and a matrix.
        case vector
        /// The library's, on one thread.
        case openBLAS
    }

    package var algorithm: Algorithm
    /// The logarithm of the piece's size, in what the algorithm counts; 0 when there is but one size.
    package var block: UInt8 = 0
    package var threads: UInt8 = 1

    init(_ algorithm: Algorithm, block: Int = 0, threads: Int = 1) {
        self.algorithm = algorithm
        self.block = UInt8(block)
        self.threads = UInt8(threads.clamped(to: 1...255))
    }

    var code: UInt64 { UInt64(algorithm.rawValue) | UInt64(block) << 8 | UInt64(threads) << 16 }

    init?(code: UInt64) {
        guard let algorithm = Algorithm(rawValue: UInt8(truncatingIfNeeded: code)) else { return nil }
        self.algorithm = algorithm
        block = UInt8(truncatingIfNeeded: code >> 8)
        threads = UInt8(truncatingIfNeeded: code >> 16)
    }

    /// The same on one thread and on as many as the pool has.
    func shared() -> [Candidate] {
        let most = ThreadPool.shared.threadCount
        return most == 1 ? [self] : [self, Candidate(algorithm, block: Int(block), threads: most)]
    }
}

extension Candidate: CustomStringConvertible {
    package var description: String {
        let name =
            switch algorithm {
            case .walk: "walk"
            case .sourceWalk: "walk in order of the source"
            case .streamedWalk: "walk, streamed"
            case .panels: "squares in panels"
            case .blocks: "squares in blocks"
            case .streamedBlocks: "squares in blocks, streamed"
            case .elements: "element by element"
            case .rows: "rows"
            case .turnedRows: "turned rows"
            case .direct: "direct tiles"
            case .packed: "packed tiles"
            case .vector: "vector"
            case .openBLAS: "OpenBLAS"
            }
        return name + (block == 0 ? "" : " of \(1 << Int(block))") + (threads == 1 ? "" : ", \(threads) threads")
    }
}

/// One execution of an operator, with all that the choice depends on.
protocol SearchProblem {
    /// The same for problems with one answer.
    var key: UInt64 { get }
    /// At least one.
    var candidates: [Candidate] { get }

    /// What a candidate will take: elementary operations by their speed, bytes by the bandwidth of where they are, and
    /// the cost of dispatch.
    func nanoseconds(_ candidate: Candidate, _ speeds: MachineSpeeds) -> Double

    /// Executes it that way.
    func run(_ candidate: Candidate)
}

/// Mixes numbers into a key (the finaliser of Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
struct SearchKey {
    private(set) var value: UInt64

    @inline(__always)
    init(_ start: Int) { value = UInt64(bitPattern: Int64(start)) &* 0x9E37_79B9_7F4A_7C15 }

    @inline(__always)
    mutating func mix(_ number: Int) {
        value = (value ^ UInt64(bitPattern: Int64(number))) &* 0xBF58_476D_1CE4_E5B9
        value ^= value >> 29
    }
}
