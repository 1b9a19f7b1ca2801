internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Functions whose result depends on conditions.
enum Conditions {
    /// Of `first` where the condition holds, of `second` elsewhere.
    static func choose(
        _ condition: PythonPointer, _ first: PythonPointer, _ second: PythonPointer, _ state: StatePointer
    ) throws -> PythonPointer {
        if state.pointee.isLazy, let result = try LazyCalls.choose(condition, first, second, state) { return result }
        var chosen = try Operand(reading: condition, state)
        defer { chosen.release() }
        var left = try Operand(reading: first, state)
        defer { left.release() }
        var right = try Operand(reading: second, state)
        defer { right.release() }
        let type = DType.meeting(left, right)
        try chosen.settle(as: chosen.dtype, state, place: 0)
        try left.settle(as: type, state, place: 1)
        try right.settle(as: type, state, place: 2)
        let shape = try Layout.broadcast(
            try Layout.broadcast(chosen.layout.shape, left.layout.shape), right.layout.shape)
        let truth = try cast(chosen, .bool, shape, state)
        defer { truth.release() }
        let a = try cast(left, type, shape, state)
        defer { a.release() }
        let b = try cast(right, type, shape, state)
        defer { b.release() }
        let result = try state.array(type, shape: shape)
        Elementwise.select(truth.view, a.view, b.view, to: result.view)
        return result.object
    }

    private static func cast(
        _ operand: Operand, _ type: DType, _ shape: Axes, _ state: StatePointer
    ) throws -> Operand {
        var result = operand.borrowed
        if operand.dtype != type {
            let array = try state.array(type, shape: operand.layout.shape)
            Elementwise.cast(operand.view, to: array.view)
            result = Operand(owning: array)
        }
        do { result.layout = try result.layout.broadcast(to: shape) } catch {
            result.release()
            throw error
        }
        return result
    }

    static func nonzero(_ array: ArrayPointer, _ state: StatePointer) throws -> PythonPointer {
        guard array.rank > 0 else {
            throw TensorError.value(
                "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead.")
        }
        let positions = try Nonzero.positions(of: array, state)
        let tuple = try new(PyTuple_New(positions.count))
        for (index, array) in positions.enumerated() { walle_TupleSetItem(tuple, index, array.object) }
        return tuple
    }
}

/// Regular sequences of numbers.
enum Sequences {
    static func range(
        _ start: PythonPointer, _ step: PythonPointer, _ count: Int, _ dtype: DType, _ state: StatePointer
    ) throws -> ArrayPointer {
        guard count >= 0 else { throw TensorError.value("a range of \(count) elements") }
        if dtype == .float32 {
            let (first, by) = (try Element.double(start), try Element.double(step))
            return try state.array(.float32, shape: [count]) { output in
                guard let place = output.base?.assumingMemoryBound(to: Float.self) else { return }
                for index in 0..<count { place[index] = Float(first + Double(index) * by) }
            }
        }
        let isInteger = dtype.kind <= .integer
        let wide = try state.array(isInteger ? .int64 : .float64, shape: [count]) {
            if isInteger {
                fill($0, try Integer.read(start), try Integer.read(step), count)
            } else {
                fill($0, try Element.double(start), try Element.double(step), count)
            }
        }
        if wide.dtype == dtype { return wide }
        defer { Py_DecRef(wide.object) }
        return try state.copy(of: wide, as: dtype)
    }

    private static func fill(_ output: View, _ start: Int, _ step: Int, _ count: Int) {
        guard let place = output.base?.assumingMemoryBound(to: Int.self) else { return }
        for index in 0..<count { place[index] = start &+ index &* step }
    }

    private static func fill(_ output: View, _ start: Double, _ step: Double, _ count: Int) {
        guard let place = output.base?.assumingMemoryBound(to: Double.self) else { return }
        for index in 0..<count { place[index] = start + Double(index) * step }
    }
}
