internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Matrix products and contractions of arrays.
enum ArrayProduct {
    static func run(_ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer) throws -> PythonPointer {
        if let result = try QuickProduct.run(first, second, state) { return result }
        var left = try Operand(reading: first, state)
        defer { left.release() }
        var right = try Operand(reading: second, state)
        defer { right.release() }
        try left.settle(as: left.dtype, state, place: 0)
        try right.settle(as: right.dtype, state, place: 1)
        let type = try Products.inferMatrixProduct(left.view.type, right.view.type)
        return try state.scalarOrArray(
            try state.array(type) { output in
                try Stopping.allow { try Products.matrixProduct(left.view, right.view, into: output) }
            })
    }

    /// The sum over pairs of axes of the products of two arrays; then axes that both keep, then those of each.
    static func contract(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let (left, right) = (try state.array(given[0]), try state.array(given[1]))
        let axes = ContractionAxes(
            leftBatch: try Integer.readAxes(given[2]), rightBatch: try Integer.readAxes(given[3]),
            leftSummed: try Integer.readAxes(given[4]), rightSummed: try Integer.readAxes(given[5]))
        let type = try Products.inferContraction(left.type, right.type, axes)
        return try state.array(type) { output in
            try Stopping.allow { try Products.contract(left.view, right.view, axes, into: output) }
        }.object
    }
}
