internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Einstein's summation over two arrays, where it is a matrix product, or many.
enum QuickSummation {
    static let all = [QuickFunction("einsum", einsum)]

    /// Where a label stands: its length, its strides in elements, and its axis of the result.
    private struct Label {
        let letter: UInt8
        let length: Int
        var left: Int?
        var right: Int?
        var out: Int?
    }

    /// Labels of three terms at most.
    private static let most = 4

    private static func einsum(_ given: QuickArguments, _ state: StatePointer) throws -> PythonPointer? {
        var given = given
        guard given.count == 3, let text = given.take(0, nil, state), let left = given.array(1, state),
            let right = given.array(2, state), given.isSpent, walle_IsString(text) != 0,
            left.dtype == right.dtype, left.dtype == .float64 || left.dtype == .float32
        else { return nil }
        var reader = Reader(left: left, right: right)
        guard reader.read(text), let groups = Groups(reader.labels, reader.shape) else { return nil }
        if reader.shape.isEmpty {
            let place = state.pointee.numbers + 48
            groups.multiply(left, right, into: place)
            return try state.scalar(left.dtype, place)
        }
        return try state.array(left.dtype, shape: reader.shape) { output in
            if let base = output.base { groups.multiply(left, right, into: base) }
        }.object
    }

    /// Reads subscripts of single letters, each once a term, without ellipses and blanks.
    private struct Reader {
        let left: ArrayPointer
        let right: ArrayPointer
        var labels: [Label] = []
        var shape = Axes()

        /// False for what is not plain.
        mutating func read(_ text: PythonPointer) -> Bool {
            var count = 0
            guard let bytes = PyUnicode_AsUTF8AndSize(text, &count), count <= 16 else { return false }
            labels.reserveCapacity(most)
            var (term, axis, place) = (0, 0, 0)
            while place < count {
                let byte = UInt8(bitPattern: bytes[place])
                place += 1
                if byte == UInt8(ascii: ","), term == 0, axis == left.rank {
                    (term, axis) = (1, 0)
                } else if byte == UInt8(ascii: "-"), term == 1, axis == right.rank, place < count,
                    UInt8(bitPattern: bytes[place]) == UInt8(ascii: ">")
                {
                    (term, axis, place) = (2, 0, place + 1)
                } else {
                    guard byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z"),
                        term == 2 ? addToResult(byte) : add(byte, axis, isLeft: term == 0)
                    else { return false }
                    axis += 1
                }
            }
            if term == 1, axis == right.rank { return addImpliedResult() }
            return term == 2
        }

        private mutating func add(_ letter: UInt8, _ axis: Int, isLeft: Bool) -> Bool {
            let array = isLeft ? left : right
            guard axis < array.rank else { return false }
            let (length, stride) = (array.layout.shape[axis], array.layout.strides[axis] / array.dtype.byteCount)
            if !labels.contains(where: { $0.letter == letter }) {
                guard labels.count < most else { return false }
                labels.append(Label(letter: letter, length: length))
            }
            guard let index = labels.firstIndex(where: { $0.letter == letter }), labels[index].length == length,
                (isLeft ? labels[index].left : labels[index].right) == nil
            else { return false }
            if isLeft { labels[index].left = stride } else { labels[index].right = stride }
            return true
        }

        private mutating func addToResult(_ letter: UInt8) -> Bool {
            guard let index = labels.firstIndex(where: { $0.letter == letter }), labels[index].out == nil else {
                return false
            }
            labels[index].out = shape.count
            shape.append(labels[index].length)
            return true
        }

        /// Without an arrow: the labels that occur once, in the order of the alphabet.
        private mutating func addImpliedResult() -> Bool {
            for label in labels.sorted(by: { $0.letter < $1.letter }) where label.left == nil || label.right == nil {
                guard addToResult(label.letter) else { return false }
            }
            return true
        }
    }

    /// One label at most of each kind.
    private struct Groups {
        private var batch: Label?
        private var rows: Label?
        private var columns: Label?
        private var summed: Label?
        /// Of the result, in elements.
        private let strides: Axes

        /// Nil when it is no matrix product, or there is nothing to multiply.
        init?(_ labels: [Label], _ shape: Axes) {
            strides = Layout(contiguous: shape, elementBytes: 1).strides
            for label in labels {
                switch (label.left != nil, label.right != nil, label.out != nil) {
                case (true, true, true) where batch == nil: batch = label
                case (true, false, true) where rows == nil: rows = label
                case (false, true, true) where columns == nil: columns = label
                case (true, true, false) where summed == nil: summed = label
                default: return nil
                }
            }
            guard let summed, summed.length > 0, !shape.contains(0) else { return nil }
        }

        func multiply(_ left: ArrayPointer, _ right: ArrayPointer, into place: UnsafeMutableRawPointer) {
            let product = MatrixProduct(left.dtype, pool: .shared)
            let (bytes, depth, count) = (left.dtype.byteCount, summed?.length ?? 0, batch?.length ?? 1)
            let (x, y) = (left.body.pointee.first, right.body.pointee.first)
            if rows == nil, columns == nil, summed?.left == 1, summed?.right == 1 {
                return product.dotRows(
                    Matrix(x, rows: count, columns: depth, rowStride: batch?.left ?? 0),
                    Matrix(y, rows: count, columns: depth, rowStride: batch?.right ?? 0), into: place, stride: 1)
            }
            for index in 0..<count {
                let a = Matrix(
                    x + index * (batch?.left ?? 0) * bytes, rows: rows?.length ?? 1, columns: depth,
                    rowStride: rows?.left ?? 0, columnStride: summed?.left ?? 0)
                let b = Matrix(
                    y + index * (batch?.right ?? 0) * bytes, rows: depth, columns: columns?.length ?? 1,
                    rowStride: summed?.right ?? 0, columnStride: columns?.right ?? 0)
                let c = MutableMatrix(
                    place + index * stride(batch) * bytes, rows: a.rows, columns: b.columns,
                    rowStride: rows == nil ? b.columns : stride(rows),
                    columnStride: columns == nil ? 1 : stride(columns))
                product.multiply(a, b, into: c)
            }
        }

        private func stride(_ label: Label?) -> Int { label?.out.map { strides[$0] } ?? 0 }
    }
}
