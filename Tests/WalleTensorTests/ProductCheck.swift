import Testing
import WalleTensor

/// Random products of one element type, compared with a naive loop.
struct ProductCheck<Element: BinaryFloatingPoint> {
    private let type: DType
    private let level: String?
    private let seed: UInt64
    private let pool: ThreadPool?
    private var random: SeededRandom

    /// - Parameter level: of CPU features; nothing is checked on a CPU without it. The best when nil.
    init(_ type: DType, level: String?, seed: UInt64, pool: ThreadPool? = nil) {
        self.type = type
        self.level = level
        self.seed = seed
        self.pool = pool
        random = SeededRandom(seed)
    }

    mutating func run(cases: Int, largest: Int) {
        for _ in 0..<cases {
            let most = [3, 16, largest].randomElement(using: &random)!
            run(
                rows: .random(in: 0...most, using: &random), columns: .random(in: 0...largest, using: &random),
                depth: .random(in: 0...most, using: &random))
        }
    }

    mutating func run(rows: Int, columns: Int, depth: Int) {
        guard let product = product(rows: rows, columns: columns) else { return }
        let a = operand(rows, depth)
        let b = operand(depth, columns)
        let c = operand(rows, columns)
        let expected = product.naive(a, b, c)
        product.run(a, b, c, packed: Bool.random(using: &random), pool: pool, type, level)
        let bound = Double(depth + 8) * Double(Element.ulpOfOne) * 8
        for row in 0..<rows {
            for column in 0..<columns {
                let error = abs(Double(c[row, column]) - expected.value[row * columns + column])
                let size = expected.size[row * columns + column]
                guard error <= bound * size else {
                    Issue.record("\(type) \(level ?? "") seed \(seed): \(rows)×\(columns)×\(depth), \(product)")
                    return
                }
            }
        }
        #expect(c.guardIsIntact, "\(type) \(level ?? "") seed \(seed): \(rows)×\(columns)×\(depth), \(product)")
    }

    private mutating func product(rows: Int, columns: Int) -> ProductCase<Element>? {
        if let level, MatrixProduct(type, level: level) == nil { return nil }
        var result = ProductCase<Element>()
        result.alpha = [1, 1, -0.5, 0].randomElement(using: &random)!
        result.beta = [0, 0, 1, 2.5].randomElement(using: &random)!
        if Bool.random(using: &random) { result.rowBias = values(rows) }
        if Bool.random(using: &random) { result.columnBias = values(columns) }
        if Bool.random(using: &random) { (result.minimum, result.maximum) = (0, 1.5) }
        return result
    }

    private mutating func values(_ count: Int) -> [Element] {
        (0..<count).map { _ in Element(Float.random(in: -1...1, using: &random)) }
    }

    private mutating func operand(_ rows: Int, _ columns: Int) -> StridedMatrix<Element> {
        let result = StridedMatrix<Element>(
            rows: rows, columns: columns, layout: .random(in: 0..<5, using: &random),
            padding: .random(in: 0...3, using: &random))
        for row in 0..<rows {
            for column in 0..<columns { result[row, column] = Element(Float.random(in: -1...1, using: &random)) }
        }
        return result
    }
}

struct ProductCase<Element: BinaryFloatingPoint> {
    var alpha = 1.0
    var beta = 0.0
    var rowBias: [Element]?
    var columnBias: [Element]?
    var minimum = -Double.infinity
    var maximum = Double.infinity

    /// The elements, and the sums of absolute values by which errors are measured.
    func naive(
        _ a: StridedMatrix<Element>, _ b: StridedMatrix<Element>, _ c: StridedMatrix<Element>
    ) -> (value: [Double], size: [Double]) {
        var value: [Double] = []
        var size: [Double] = []
        let left = a.doubles
        let right = b.transposedDoubles
        let depth = a.columns
        for row in 0..<c.rows {
            for column in 0..<c.columns {
                var (sum, absolute) = (0.0, 0.0)
                var (k, p, q) = (0, row * depth, column * depth)
                while k < depth {  // a range costs much more without optimisation
                    let term = left[p] * right[q]
                    sum += term
                    absolute += term.magnitude
                    (k, p, q) = (k + 1, p + 1, q + 1)
                }
                let before = beta == 0 ? 0 : beta * Double(c[row, column])
                let bias = Double(rowBias?[row] ?? 0) + Double(columnBias?[column] ?? 0)
                value.append(min(max(alpha * sum + before + bias, minimum), maximum))
                size.append(absolute + abs(before) + abs(bias) + 1)
            }
        }
        return (value, size)
    }

    func run(
        _ a: StridedMatrix<Element>, _ b: StridedMatrix<Element>, _ c: StridedMatrix<Element>, packed: Bool,
        pool: ThreadPool?, _ type: DType, _ level: String?
    ) {
        withBytes(of: rowBias) { rowBias in
            withBytes(of: columnBias) { columnBias in
                let epilogue = ProductEpilogue(
                    rowBias: rowBias, columnBias: columnBias, minimum: minimum, maximum: maximum)
                var product = MatrixProduct(type, alpha: alpha, beta: beta, epilogue: epilogue, pool: pool)
                if let level {
                    product = MatrixProduct(
                        type, level: level, alpha: alpha, beta: beta, epilogue: epilogue, pool: pool)!
                }
                if packed {
                    product.multiply(a.read, PackedMatrix(b.read, for: product), into: c.written)
                } else {
                    product.multiply(a.read, b.read, into: c.written)
                }
            }
        }
    }

    private func withBytes(of bias: [Element]?, _ body: (UnsafeRawPointer?) -> Void) {
        guard let bias else { return body(nil) }
        bias.withUnsafeBytes { body($0.baseAddress) }
    }
}

/// A matrix in memory with gaps and margins, whose values are known.
final class StridedMatrix<Element: BinaryFloatingPoint> {
    let rows: Int
    let columns: Int
    private let rowStride: Int
    private let columnStride: Int
    private let origin: Int
    private let memory: UnsafeMutableBufferPointer<Element>

    /// - Parameter layout: 0 by rows, 1 by columns, 2 with gaps both ways, 3 and 4 backwards.
    init(rows: Int, columns: Int, layout: Int, padding: Int) {
        self.rows = rows
        self.columns = columns
        let (major, minor) = layout == 1 || layout == 4 ? (columns, rows) : (rows, columns)
        let minorStride = layout == 2 ? 2 : 1
        let majorStride = minor * minorStride + padding
        let direction = layout >= 3 ? -1 : 1
        memory = .allocate(capacity: major * majorStride + 128)
        memory.initialize(repeating: -77)
        origin = 64 + (layout >= 3 ? max(0, major - 1) * majorStride : 0)
        let isByColumns = layout == 1 || layout == 4
        rowStride = isByColumns ? minorStride : majorStride * direction
        columnStride = isByColumns ? majorStride * direction : minorStride
    }

    deinit { memory.deallocate() }

    subscript(row: Int, column: Int) -> Element {
        get { memory[origin + row * rowStride + column * columnStride] }
        set { memory[origin + row * rowStride + column * columnStride] = newValue }
    }

    var doubles: [Double] {
        (0..<rows).flatMap { row in (0..<columns).map { Double(self[row, $0]) } }
    }

    var transposedDoubles: [Double] {
        (0..<columns).flatMap { column in (0..<rows).map { Double(self[$0, column]) } }
    }

    var read: Matrix {
        Matrix(
            memory.baseAddress! + origin, rows: rows, columns: columns, rowStride: rowStride,
            columnStride: columnStride)
    }

    var written: MutableMatrix {
        MutableMatrix(
            memory.baseAddress! + origin, rows: rows, columns: columns, rowStride: rowStride,
            columnStride: columnStride)
    }

    /// Whether gaps and margins are as they were. Overwrites the elements.
    var guardIsIntact: Bool {
        for row in 0..<rows { for column in 0..<columns { self[row, column] = -77 } }
        return memory.allSatisfy { $0 == -77 }
    }
}
