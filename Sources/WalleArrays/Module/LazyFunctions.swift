internal import CWallePython
internal import WallePython
internal import WalleTensor

/// The functions of `walle._tensor` that lazy blocks are made of.
enum LazyFunctions {
    static var all: [PyMethodDef] {
        [
            .fast(
                "is_lazy", "(): whether this thread is in a lazy block.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 0...0, "is_lazy") { _, state in
                        PyBool_FromLong(LazyBlock.active(state) != nil ? 1 : 0)
                    }
                }),
            .fast(
                "is_virtual", "(object): whether it is an array without elements.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "is_virtual") { given, state in
                        PyBool_FromLong(walle_Type(given[0]) == state.pointee.virtualType ? 1 : 0)
                    }
                }),
            .fast(
                "settle", "(object): the object, with its elements if it was an array without.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 1...1, "settle") { given, state in
                        try state.settle(given[0])
                        return Py_NewRef(given[0])
                    }
                }),
            .fast(
                "lazy_counters", "(): passes, operators in them, regions, arrays and bytes made, nodes found again.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 0...0, "lazy_counters") { _, state in
                        let counters = state.pointee.lazy?.takeUnretainedValue().graph.counters ?? .init()
                        return try Integer.tuple([
                            counters.programs, counters.steps, counters.regions, counters.arrays, counters.bytes,
                            counters.merged,
                        ])
                    }
                }),
            .fast(
                "lazy_pad", "(array, before, after, value): None when it is to be computed now.",
                { _, arguments, count in
                    ArrayFunctions.call(arguments, count, 4...4, "lazy_pad") { given, state in
                        try LazyMovement.pad(
                            given[0], try Integer.readAxes(given[1]), try Integer.readAxes(given[2]), given[3], state)
                            ?? none
                    }
                }),
        ]
    }
}
