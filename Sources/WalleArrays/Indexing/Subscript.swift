internal import CWallePython
internal import WallePython
internal import WalleTensor

/// What stands between the brackets of `array[...]`, read once: how the array is seen through it, and the arrays of
/// positions that are left.
struct Subscript {
    /// The view that the integers, slices, new axes and the ellipsis give. Axes indexed by arrays are still whole.
    private(set) var layout: Layout
    private(set) var offset: Int
    /// Arrays of positions, each for an axis of `layout`.
    private(set) var positions: [Position] = []
    /// Whether the axes of positions take the place of the indexed ones, or come first.
    private(set) var isAdjacent = true
    /// An ellipsis makes the result of nothing but integers an array without axes.
    private(set) var hasEllipsis = false
    /// Arrays of one integer without axes are integers, but what they select is a copy.
    private(set) var hasIntegerArray = false

    struct Position {
        var axis: Int
        /// Of `int64`.
        let array: ArrayPointer
    }

    /// Entries that can stand between brackets: 64 axes and as many new ones.
    private static let mostEntries = 2 * Layout.mostAxes

    /// Reads an index.
    ///
    /// - Throws: `.index` for what is out of bounds, too long or no index, naming it.
    init(_ key: PythonPointer, of array: ArrayPointer, _ state: StatePointer) throws {
        layout = array.layout
        offset = 0
        do {
            try read(key, of: array, state)
        } catch {
            release()
            throw error
        }
    }

    private mutating func read(_ key: PythonPointer, of array: ArrayPointer, _ state: StatePointer) throws {
        guard walle_IsTuple(key) != 0 else {
            var reader = Reader(array, state)
            try reader.count(key)
            try reader.read(key, into: &self)
            try reader.finish(&self)
            return
        }
        let count = walle_Size(key)
        guard count <= Self.mostEntries else { throw TensorError.index("too many indices for array") }
        var reader = Reader(array, state)
        for index in 0..<count { try reader.count(walle_TupleItem(key, index).unsafelyUnwrapped) }
        for index in 0..<count { try reader.read(walle_TupleItem(key, index).unsafelyUnwrapped, into: &self) }
        try reader.finish(&self)
    }

    func release() {
        for position in positions { Py_DecRef(position.array.object) }
    }

    /// Goes over the entries: first to see how many axes they take, then to apply them.
    private struct Reader {
        private let state: StatePointer
        private let rank: Int
        /// Axes that the entries take.
        private var taken = 0
        private var ellipses = 0
        /// The next axis of the layout.
        private var axis = 0
        /// Axes of integers met beside arrays of positions; these count as positions too.
        private var integers: [Int] = []
        private var hasPositions = false
        /// Runs of entries that are positions: two of them are not adjacent.
        private var runs = 0
        private var isInRun = false
        private var keepsIntegers = false

        init(_ array: ArrayPointer, _ state: StatePointer) {
            self.state = state
            rank = array.rank
        }

        /// The first pass.
        mutating func count(_ entry: PythonPointer) throws {
            if walle_IsSlice(entry) != 0 {
                taken += 1
            } else if walle_IsEllipsis(entry) != 0 {
                ellipses += 1
                guard ellipses == 1 else {
                    throw TensorError.index("an index can only have a single ellipsis ('...')")
                }
            } else if entry != walle_None() {
                if Self.isInteger(entry) {
                    taken += 1
                } else {
                    keepsIntegers = true
                    taken += try Self.axesTaken(by: entry, state)
                }
            }
        }

        private static func isInteger(_ entry: PythonPointer) -> Bool {
            if walle_IsLong(entry) != 0 { return walle_IsBool(entry) == 0 }
            if walle_IsFreedBy(entry, ArrayPointer.free) != 0 { return isIntegerArray(entry) }
            return PyIndex_Check(entry) != 0
        }

        private static func isIntegerArray(_ entry: PythonPointer) -> Bool {
            guard walle_IsFreedBy(entry, ArrayPointer.free) != 0 else { return false }
            let array = ArrayPointer(entry)
            return array.rank == 0 && array.dtype.kind == .integer
        }

        /// A boolean array takes as many axes as it has; one of integers takes one.
        private static func axesTaken(by entry: PythonPointer, _ state: StatePointer) throws -> Int {
            if walle_IsBool(entry) != 0 { return 0 }
            if walle_IsFreedBy(entry, ArrayPointer.free) != 0 {
                let array = ArrayPointer(entry)
                return array.dtype == .bool ? array.rank : 1
            }
            if let scalar = Scalar(entry, state) { return scalar.dtype == .bool ? 0 : 1 }
            guard walle_IsList(entry) != 0 || PySequence_Check(entry) != 0, walle_IsString(entry) == 0 else { return 1 }
            let array = try state.index(of: entry)
            defer { Py_DecRef(array.object) }
            return array.dtype == .bool && array.count > 0 ? array.rank : 1
        }

        /// The second pass.
        mutating func read(_ entry: PythonPointer, into subscript_: inout Subscript) throws {
            if taken > rank {
                throw TensorError.index(
                    "too many indices for array: array is \(rank)-dimensional, but \(taken) were indexed")
            }
            if walle_IsSlice(entry) != 0 {
                isInRun = false
                try slice(entry, &subscript_)
            } else if walle_IsEllipsis(entry) != 0 {
                isInRun = false
                subscript_.hasEllipsis = true
                axis += rank - taken
            } else if entry == walle_None() {
                isInRun = false
                guard subscript_.layout.rank < Layout.mostAxes else {
                    throw TensorError.index("number of dimensions must be within [0, 64]")
                }
                subscript_.layout = subscript_.layout.expanded(at: axis)
                axis += 1
            } else if Self.isInteger(entry) {
                if Self.isIntegerArray(entry) { subscript_.hasIntegerArray = true }
                try integer(try Integer.read(entry), &subscript_)
            } else {
                try positions(entry, &subscript_)
            }
        }

        private mutating func slice(_ entry: PythonPointer, _ subscript_: inout Subscript) throws {
            var (start, stop, step) = (0, 0, 0)
            try ok(PySlice_Unpack(entry, &start, &stop, &step))
            let count = PySlice_AdjustIndices(subscript_.layout.shape[axis], &start, &stop, step)
            if count > 0 { subscript_.offset += start * subscript_.layout.strides[axis] }
            subscript_.layout.shape[axis] = count
            subscript_.layout.strides[axis].step(by: step)
            axis += 1
        }

        private mutating func integer(_ index: Int, _ subscript_: inout Subscript) throws {
            let length = subscript_.layout.shape[axis]
            guard index >= -length && index < length else {
                throw TensorError.index(
                    "index \(index) is out of bounds for axis \(originalAxis(subscript_)) with size \(length)")
            }
            subscript_.offset += (index < 0 ? index + length : index) * subscript_.layout.strides[axis]
            if keepsIntegers {
                // One position, repeated.
                enterRun()
                subscript_.layout.shape[axis] = 1
                integers.append(axis)
                axis += 1
            } else {
                subscript_.layout.removeAxis(axis)
            }
        }

        private func originalAxis(_ subscript_: Subscript) -> Int { axis + rank - subscript_.layout.rank }

        private mutating func enterRun() {
            if !isInRun { runs += 1 }
            isInRun = true
        }

        private mutating func positions(_ entry: PythonPointer, _ subscript_: inout Subscript) throws {
            enterRun()
            hasPositions = true
            if let truth = try Self.truth(entry, state) { return try broadcastTruth(truth, &subscript_) }
            var array = try state.index(of: entry)
            if array.dtype == .bool {
                defer { Py_DecRef(array.object) }
                return try mask(array, &subscript_)
            }
            if array.dtype.kind != .integer {
                let isEmptyList = array.count == 0 && walle_IsFreedBy(entry, ArrayPointer.free) == 0
                guard isEmptyList else {
                    defer { Py_DecRef(array.object) }
                    throw TensorError.index(
                        array.rank == 0
                            ? "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or "
                                + "boolean arrays are valid indices"
                            : "arrays used as indices must be of integer (or boolean) type")
                }
            }
            if array.dtype != .int64 {
                let wide = try state.array(.int64, shape: array.shape)
                Elementwise.cast(array.view, to: wide.view)
                Py_DecRef(array.object)
                array = wide
            }
            subscript_.positions.append(Position(axis: axis, array: array))
            axis += 1
        }

        /// A single truth value, which is an index too; nil for anything else.
        private static func truth(_ entry: PythonPointer, _ state: StatePointer) throws -> Bool? {
            if walle_IsBool(entry) != 0 { return entry == walle_True() }
            if let scalar = Scalar(entry, state), scalar.dtype == .bool {
                return scalar.value.load(as: UInt8.self) != 0
            }
            guard walle_IsFreedBy(entry, ArrayPointer.free) != 0 else { return nil }
            let array = ArrayPointer(entry)
            guard array.dtype == .bool, array.rank == 0 else { return nil }
            return array.view.base.unsafelyUnwrapped.load(as: UInt8.self) != 0
        }

        /// A new axis with one position, or none.
        private mutating func broadcastTruth(_ truth: Bool, _ subscript_: inout Subscript) throws {
            subscript_.layout = subscript_.layout.expanded(at: axis)
            let array = try state.array(.int64, shape: [truth ? 1 : 0], zeroed: true)
            subscript_.positions.append(Position(axis: axis, array: array))
            axis += 1
        }

        private mutating func mask(_ mask: ArrayPointer, _ subscript_: inout Subscript) throws {
            // An axis without elements fits all, as it selects nothing.
            for (place, length) in mask.shape.enumerated()
            where length != 0 && subscript_.layout.shape[axis + place] != length {
                throw TensorError.index(
                    "boolean index did not match indexed array along axis \(originalAxis(subscript_) + place); size of "
                        + "axis is \(subscript_.layout.shape[axis + place]) but size of corresponding boolean axis is "
                        + "\(length)")
            }
            for array in try Nonzero.positions(of: mask, state) {
                subscript_.positions.append(Position(axis: axis, array: array))
                axis += 1
            }
        }

        func finish(_ subscript_: inout Subscript) throws {
            guard hasPositions else { return }
            subscript_.isAdjacent = runs == 1
            for axis in integers {
                let array = try state.array(.int64, shape: [], zeroed: true)
                subscript_.positions.append(Position(axis: axis, array: array))
            }
            subscript_.positions.sort { $0.axis < $1.axis }
        }
    }
}
