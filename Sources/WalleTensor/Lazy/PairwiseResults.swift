internal import CWalleKernels

/// Combines partial results in a tree, as they come: the error of sums grows with the logarithm of their number
/// (Higham 1993). A partial result is a row of elements.
struct PairwiseResults {
    private let kernel: walle_binary_kernel
    private let copy: walle_unary_kernel
    private let width: Int
    private let bytes: Int
    /// A row for each level of the tree.
    private let rows: UnsafeMutableRawPointer
    private var count = 0

    /// Levels of a tree of any size.
    static let levels = 48

    static func byteCount(width: Int, elementBytes: Int) -> Int { levels * rowBytes(width, elementBytes) }

    private static func rowBytes(_ width: Int, _ elementBytes: Int) -> Int { (width * elementBytes + 63) / 64 * 64 }

    init(_ kernel: walle_binary_kernel, width: Int, elementBytes: Int, in memory: UnsafeMutableRawPointer) {
        self.kernel = kernel
        copy = walle_kernels_copy(walle_kernels_shared(), elementBytes).unsafelyUnwrapped
        self.width = width
        bytes = elementBytes
        rows = memory
    }

    private func row(_ level: Int) -> UnsafeMutableRawPointer { rows + level * Self.rowBytes(width, bytes) }

    mutating func add(_ partial: UnsafeRawPointer) {
        var (level, rest, carried) = (0, count, partial)
        while rest & 1 == 1 {
            kernel(width, row(level), bytes, carried, bytes, row(level), bytes)
            carried = UnsafeRawPointer(row(level))
            level += 1
            rest >>= 1
        }
        copy(width, carried, bytes, row(level), bytes)
        count += 1
    }

    /// Writes what all together make; there was at least one.
    func finish(_ output: UnsafeMutableRawPointer, _ stride: Int) {
        var found: UnsafeMutableRawPointer?
        for level in 0..<Self.levels where count >> level & 1 == 1 {
            if let less = found { kernel(width, row(level), bytes, less, bytes, row(level), bytes) }
            found = row(level)
        }
        if let found { copy(width, found, bytes, output, stride) }
    }
}

extension FoldOperation {
    /// What combines two results.
    var combination: BinaryOperation {
        switch self {
        case .sum: .add
        case .product: .multiply
        case .minimum: .minimum
        case .maximum: .maximum
        case .any: .logicalOr
        case .all: .logicalAnd
        }
    }
}
