internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Random orders, samples without replacement and random vectors; `bits` as in `RandomFunctions`.
enum RandomOrderFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "random_permutation", "(bits, count): the numbers below it as int64.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "random_permutation") { given, state in
                        let generator = try state.generator(given[0])
                        let count = max(0, try Integer.read(given[1]))
                        return try state.array(.int64, shape: [count]) { output in
                            try RandomOrderFunctions.fillWithRange(output)
                            try RandomOrderFunctions.shuffle(output, generator)
                        }.object
                    }
                }),
            .fast(
                "random_shuffle", "(bits, array, axis): the elements along an axis in place, each row by itself.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 3...3, "random_shuffle") { given, state in
                        let generator = try state.generator(given[0])
                        let array = try state.array(given[1])
                        guard array.body.pointee.isWritable else { throw TensorError.value("array is read-only") }
                        let axis = try array.layout.axis(try Integer.read(given[2]))
                        try RandomOrderFunctions.shuffle(try array.writableView(), along: axis, generator)
                        return none
                    }
                }),
            .fast(
                "random_swaps", "(bits, count): the partners of the last element, the one before, and so on, as int64.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "random_swaps") { given, state in
                        let generator = try state.generator(given[0])
                        let count = max(1, try Integer.read(given[1]))
                        return try state.array(.int64, shape: [count - 1]) { output in
                            guard let start = output.base?.assumingMemoryBound(to: Int.self) else { return }
                            try RandomParts.forEachReversed(1..<count) {
                                generator.pointee.drawSwaps($0, to: start + (count - $0.upperBound))
                            }
                        }.object
                    }
                }),
            .fast(
                "random_choose", "(bits, limit, count, shuffled): different numbers below a limit, as int64.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "random_choose") { given, state in
                        try RandomOrderFunctions.choose(given, state)
                    }
                }),
            .fast(
                "random_bytes", "(bits, count)",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 2...2, "random_bytes") { given, state in
                        let generator = try state.generator(given[0])
                        let bytes = try new(PyBytes_FromStringAndSize(nil, try Integer.read(given[1])))
                        let start = UnsafeMutableRawPointer(PyBytes_AsString(bytes))
                        let buffer = UnsafeMutableRawBufferPointer(start: start, count: PyBytes_Size(bytes))
                        do {
                            try RandomParts.forEach(buffer.indices, most: 4 * RandomParts.most) {
                                generator.pointee.drawBytes(to: UnsafeMutableRawBufferPointer(rebasing: buffer[$0]))
                            }
                        } catch {
                            Py_DecRef(bytes)
                            throw error
                        }
                        return bytes
                    }
                }),
        ] + RandomVectors.all
    }

    static func fillWithRange(_ output: View) throws {
        guard let start = output.base?.assumingMemoryBound(to: Int.self) else { return }
        try RandomParts.forEach(0..<output.layout.count, most: 16 * RandomParts.most) { range in
            for index in range { start[index] = index }
        }
    }

    private static func shuffle(_ row: View, _ generator: UnsafeMutablePointer<RandomGenerator>) throws {
        try RandomParts.forEachReversed(0..<row.layout.count) { generator.pointee.shuffle(row, places: $0) }
    }

    private static func shuffle(
        _ view: View, along axis: Int, _ generator: UnsafeMutablePointer<RandomGenerator>
    ) throws {
        let row = Layout(shape: [view.layout.shape[axis]], strides: [view.layout.strides[axis]])
        var heads = view
        heads.layout.removeAxis(axis)
        var failure: (any Error)?
        Rows.forEach([heads]) { count, places, strides in
            for index in 0..<count where failure == nil {
                do {
                    let start = places[0] + index * strides[0]
                    try shuffle(View(base: start, dtype: view.dtype, layout: row), generator)
                    if index & 1023 == 1023 || row.shape[0] > 1024 { try RandomParts.stopIfAsked() }
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }

    // MARK: samples

    private static func choose(_ given: Arguments, _ state: StatePointer) throws -> PythonPointer {
        let generator = try state.generator(given[0])
        let (limit, count) = (try Integer.read(given[1]), try Integer.read(given[2]))
        let isShuffled = PyObject_IsTrue(given[3]) == 1
        guard count <= limit else {
            throw TensorError.value("Cannot take a larger sample than population when replace is False")
        }
        let isByShuffle = RandomGenerator.choosesByShuffle(below: limit, count, isShuffled: isShuffled)
        let scratch = try state.array(
            .int64, shape: [isByShuffle ? limit : RandomGenerator.choiceTableCount(max(0, count))])
        defer { Py_DecRef(scratch.object) }
        return try state.array(.int64, shape: [count]) { output in
            guard let start = output.base?.assumingMemoryBound(to: Int.self), count > 0 else { return }
            if isByShuffle { return try shuffleTail(scratch.view, start, count, generator) }
            try sample(scratch.view, start, count, limit, generator)
            guard isShuffled else { return }
            try RandomParts.forEachReversed(1..<count) { generator.pointee.shuffleByMultiplication(start, $0) }
        }.object
    }

    private static func shuffleTail(
        _ all: View, _ result: UnsafeMutablePointer<Int>, _ count: Int,
        _ generator: UnsafeMutablePointer<RandomGenerator>
    ) throws {
        try fillWithRange(all)
        let limit = all.layout.count
        guard let start = all.base?.assumingMemoryBound(to: Int.self) else { return }
        try RandomParts.forEachReversed(max(limit - count, 1)..<limit) {
            generator.pointee.shuffleByMultiplication(start, $0)
        }
        result.update(from: start + (limit - count), count: count)
    }

    private static func sample(
        _ slots: View, _ result: UnsafeMutablePointer<Int>, _ count: Int, _ limit: Int,
        _ generator: UnsafeMutablePointer<RandomGenerator>
    ) throws {
        let table = UnsafeMutableBufferPointer(
            start: slots.base?.assumingMemoryBound(to: Int.self), count: slots.layout.count)
        try RandomParts.forEach(table.indices, most: 16 * RandomParts.most) { range in
            for slot in range { table[slot] = -1 }
        }
        try RandomParts.forEach(0..<count) {
            generator.pointee.choose($0, of: count, below: limit, table: table, to: result)
        }
    }
}
