internal import CWalleKernels

/// Loops over independent elements: in pieces, between which work can be interrupted, and with the help of the pool where
/// that pays.
///
/// What an element costs is measured with the first piece of the very loop, so that no table of costs is needed: a power
/// takes a hundred times as long as a sum.
package enum SharedLoop {
    /// Elements below which a loop is done in one piece.
    static let leastElements = 1 << 15
    /// Nanoseconds of work below which the pool is not asked: waking its threads takes about a tenth.
    static let leastSharedNanoseconds = 500_000.0
    /// Nanoseconds between two looks at whether work is still wanted, and of what a helper takes at once.
    private static let pieceNanoseconds = 100_000.0
    private static let firstPiece = 1 << 14

    /// Calls `body` with ranges that cover `0..<count`, maybe on several threads at once.
    package static func run(_ count: Int, pool: ThreadPool = .shared, _ body: (Range<Int>) -> Void) {
        if count < leastElements { return body(0..<count) }
        let start = walle_thread_nanoseconds()
        body(0..<firstPiece)
        let nanoseconds = max(1, Double(walle_thread_nanoseconds() - start)) / Double(firstPiece)
        let rest = count - firstPiece
        let piece = Int((pieceNanoseconds / nanoseconds).clamped(to: 4096...Double(1 << 24)))
        if pool.threadCount > 1 && nanoseconds * Double(rest) >= leastSharedNanoseconds {
            let grain = min(piece, max(4096, rest / (4 * pool.threadCount)))
            pool.parallel(over: rest, grain: grain) {
                body(firstPiece + $0.lowerBound..<firstPiece + $0.upperBound)
            }
            return
        }
        run(firstPiece..<count, piece: piece, body)
    }

    /// The same for a loop whose iterations are long, on a number of threads that was decided before.
    ///
    /// - Parameter weight: Of an iteration: about how many bytes it reads and writes, or as many nanoseconds it takes
    ///   times 10.
    static func run(_ count: Int, threads: Int, weight: Int, _ body: (Range<Int>) -> Void) {
        let piece = max(1, Int(10 * pieceNanoseconds) / max(1, weight))
        if threads > 1 {
            ThreadPool.shared.parallel(over: count, grain: min(piece, max(1, count / (4 * threads))), body)
        } else {
            run(0..<count, piece: piece, body)
        }
    }

    private static func run(_ range: Range<Int>, piece: Int, _ body: (Range<Int>) -> Void) {
        let count = range.upperBound
        var done = range.lowerBound
        while done < count && !Interruption.isAsked {
            let end = min(count, done + piece)
            body(done..<end)
            done = end
        }
    }
}

extension Double {
    func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
