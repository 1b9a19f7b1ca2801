internal import Synchronization

/// What an elementary operation costs.
enum Speed: Int, CaseIterable {
    /// A byte copied; the same past the caches; and what a row that is streamed takes besides.
    case copy, stream, streamCall
    /// An element whose neighbours are in the same line, but not next to it.
    case strided
    /// An element read, or written, alone in its line of a cache.
    case lineRead, lineWritten
    /// An element of 1, 2, 4 or 8 bytes turned in panels, in blocks, or in blocks that are streamed.
    case panels1, panels2, panels4, panels8
    case blocks1, blocks2, blocks4, blocks8
    case streamed1, streamed2, streamed4, streamed8
    /// An element turned alone below squares, or beside them; the start of turning, beside that of a walk, and of each
    /// panel.
    case edge, tallEdge, turnCall, panelCall
    /// A byte of a row of floats summed; the beginning of a row.
    case fold, foldCall
    /// A byte of a row added to a row of sums.
    case accumulate
    /// An element of another row of the input added alone.
    case elementFold
    /// A multiplication in packed tiles of float32 or float64, in direct ones, and in those of a row.
    case packed4, packed8, direct4, direct8, thin4, thin8
    /// An element packed.
    case packRows, packColumns
    /// A byte of a matrix multiplied by a vector, by rows or by columns.
    case dots, sums
    /// A multiplication in OpenBLAS, by the size of the product; 0 when there is none.
    case blas4, blas8
    /// An inner loop's beginning; the start and end of a loop of all threads.
    case call, fork
    /// How much faster all threads are than one.
    case scaling
}

/// Speeds of one machine, in nanoseconds, where the data are in the first, second or third cache, or in memory.
final class MachineSpeeds: Sendable {
    /// Bytes of data that figures are taken at: in each cache, and in memory.
    static let points: [Double] = {
        let caches = CacheSizes.shared
        return [
            Double(caches.first) / 2, Double(caches.second) / 2, min(Double(caches.third) / 3, 8e6),
            min(max(1.5 * Double(caches.third), 24e6), 48e6),
        ]
    }()

    /// Four figures a speed.
    let figures: [Double]
    private let edges = MachineSpeeds.edges

    init(figures: [Double]) {
        precondition(figures.count == 4 * Speed.allCases.count, "four figures a speed")
        self.figures = figures
    }

    /// Where nothing was measured: a core of 3 GHz with 256-bit vectors and memory of 10 GB/s.
    static let typical = MachineSpeeds(figures: Speed.allCases.flatMap { $0.typical })

    /// Of data in the first cache, where it makes a difference.
    subscript(speed: Speed) -> Double { figures[4 * speed.rawValue] }

    /// Of a working set of some bytes: a figure holds as long as a cache does, and then passes into the next one along
    /// the logarithm of the bytes.
    func at(_ bytes: Double, _ speed: Speed) -> Double {
        let first = 4 * speed.rawValue
        let place = Self.logarithm(max(bytes, 1))
        for (level, edge) in edges.enumerated() where place < edge.end {
            let share = max(0, (place - edge.start) / (edge.end - edge.start))
            return figures[first + level] + share * (figures[first + level + 1] - figures[first + level])
        }
        return figures[first + 3]
    }

    /// From where on a cache does not hold all data, and from where on it holds next to nothing of them. Others use the
    /// third one as well.
    private static let edges: [(start: Double, end: Double)] = {
        let caches = CacheSizes.shared
        return [(caches.first, 0.75, 2.0), (caches.second, 0.75, 2), (caches.third, 0.33, 1)].map {
            (logarithm($1 * Double($0)), logarithm($2 * Double($0)))
        }
    }()

    /// To base 2, with a straight line between powers: exact enough for what is measured with a few percent of error.
    private static func logarithm(_ x: Double) -> Double { Double(x.exponent) + x.significand - 1 }
}

extension Speed {
    fileprivate var typical: [Double] {
        switch self {
        case .copy: [0.02, 0.03, 0.06, 0.15]
        case .stream: [0.06, 0.06, 0.08, 0.1]
        case .streamCall: [15, 15, 15, 15]
        case .strided: [0.3, 0.3, 0.3, 0.3]
        case .turnCall, .panelCall: [30, 30, 30, 30]
        case .lineRead: [0.5, 0.8, 2, 5]
        case .lineWritten: [0.5, 1, 3, 8]
        case .panels1, .blocks1, .panels2, .blocks2: [0.2, 0.2, 0.25, 0.4]
        case .streamed1, .streamed2: [0.3, 0.3, 0.3, 0.4]
        case .panels4, .blocks4: [0.2, 0.25, 0.4, 0.9]
        case .streamed4: [0.4, 0.4, 0.5, 0.8]
        case .panels8, .blocks8: [0.3, 0.3, 0.45, 1.2]
        case .streamed8: [0.7, 0.7, 0.8, 1.2]
        case .edge, .tallEdge: [0.4, 0.5, 0.8, 1.5]
        case .fold: [0.012, 0.015, 0.03, 0.06]
        case .foldCall: [8, 8, 8, 8]
        case .accumulate: [0.02, 0.02, 0.04, 0.07]
        case .elementFold: [1, 1, 2, 5]
        case .packed4: [0.016, 0.016, 0.016, 0.016]
        case .packed8: [0.032, 0.032, 0.032, 0.032]
        case .direct4: [0.018, 0.019, 0.03, 0.05]
        case .direct8: [0.036, 0.038, 0.06, 0.1]
        case .thin4: [0.05, 0.06, 0.1, 0.15]
        case .thin8: [0.1, 0.12, 0.2, 0.3]
        case .packRows, .packColumns: [0.3, 0.3, 0.5, 1]
        case .dots, .sums: [0.015, 0.02, 0.03, 0.07]
        case .blas4, .blas8: [0, 0, 0, 0]
        case .call: [6, 6, 6, 6]
        case .fork: [8000, 8000, 8000, 8000]
        case .scaling: [1.8, 1.8, 1.6, 1.3]
        }
    }
}
