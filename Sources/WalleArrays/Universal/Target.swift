internal import CWallePython
internal import WallePython
internal import WalleTensor

/// Where a call with `out` or `where` writes, and what it must not overwrite.
struct Target {
    private let array: ArrayPointer
    private let output: View
    /// Where the condition holds results are taken; nil when everywhere.
    private let condition: Operand?
    /// What the function computes into: the output itself, or something beside it under a condition.
    private let scratch: ArrayPointer?
    private let isGiven: Bool

    var shape: Axes { output.layout.shape }
    var written: View { scratch?.view ?? output }

    init(
        _ options: UniversalCall.Options, _ shape: Axes, _ type: DType, _ name: StaticString, _ state: StatePointer
    ) throws {
        let wanted: Axes
        if let out = options.out {
            try Self.check(out, shape, type, name, options.isUnsafe)
            wanted = out.shape
        } else {
            wanted = shape
        }
        let condition = try options.condition.map { try Self.condition($0, wanted, options.out != nil, state) }
        do {
            array =
                try options.out ?? state.array(type, shape: condition?.layout.shape ?? shape, zeroed: condition != nil)
            output = try array.writableView()
            scratch = condition == nil ? nil : try state.array(output.dtype, shape: output.layout.shape)
        } catch {
            condition?.release()
            throw error
        }
        self.condition = condition
        isGiven = options.out != nil
        if isGiven { Py_IncRef(array.object) }
    }

    /// The condition, of the shape that is written; nothing is left of it when that throws.
    private static func condition(
        _ object: PythonPointer, _ shape: Axes, _ isFixed: Bool, _ state: StatePointer
    ) throws -> Operand {
        var found = try Operand(reading: object, state)
        do {
            guard found.dtype == .bool else {
                throw TensorError.type(
                    "Cannot cast array data from dtype('\(found.dtype)') to dtype('bool') according to the rule 'safe'")
            }
            let whole = try isFixed ? shape : Layout.broadcast(found.layout.shape, shape)
            found.layout = try found.layout.broadcast(to: whole)
            return found
        } catch {
            found.release()
            throw error
        }
    }

    /// The given array, when results can be written to it without more ado: operands and array have one shape, and lie
    /// apart or are one.
    static func plain(
        _ options: UniversalCall.Options, _ type: DType, _ operands: InlineArray<2, Operand>
    ) throws -> ArrayPointer? {
        guard let out = options.out, options.condition == nil, out.dtype == type else { return nil }
        let view = out.view
        for index in operands.indices {
            guard operands[index].layout.shape == view.layout.shape, !overlaps(operands[index], view) else {
                return nil
            }
        }
        return out
    }

    private static func check(
        _ out: ArrayPointer, _ shape: Axes, _ type: DType, _ name: StaticString, _ isUnsafe: Bool
    ) throws {
        guard isUnsafe || type.isSameKind(as: out.dtype) else {
            throw TensorError.type(
                "Cannot cast ufunc '\(name)' output from dtype('\(type)') to dtype('\(out.dtype)') with casting rule "
                    + "'same_kind'")
        }
        guard try Layout.broadcast(shape, out.shape) == out.shape else {
            throw TensorError.value(
                "non-broadcastable output operand with shape \(out.shape) doesn't match the broadcast shape "
                    + "\(try Layout.broadcast(shape, out.shape))")
        }
    }

    /// The operand itself, or a copy: where writing would change what is still to be read, and, under a condition, with
    /// ones where it does not hold, which raise no floating-point exception.
    func safe(_ operand: Operand, _ type: DType, _ state: StatePointer) throws -> Operand {
        if let condition { return try chosen(operand, type, condition, state) }
        guard isGiven, Self.overlaps(operand, output) else { return operand.borrowed }
        let copy = try state.array(operand.dtype, shape: operand.layout.shape)
        Raster.copy(operand.view, to: copy.view)
        return Operand(owning: copy)
    }

    private func chosen(
        _ operand: Operand, _ type: DType, _ condition: Operand, _ state: StatePointer
    ) throws -> Operand {
        let cast = try state.array(type, shape: operand.layout.shape)
        defer { Py_DecRef(cast.object) }
        Elementwise.cast(operand.view, to: cast.view)
        let one = state.pointee.numbers + 48
        withUnsafeBytes(of: UInt8(1)) { Element.convert(.bool, $0.baseAddress.unsafelyUnwrapped, to: type, one) }
        let ones = View(
            base: one, dtype: type,
            layout: Layout(shape: operand.layout.shape, strides: Axes(repeating: 0, count: operand.rank)))
        let copy = try state.array(type, shape: operand.layout.shape)
        Elementwise.select(condition.view, cast.view, ones, to: copy.view)
        return Operand(owning: copy)
    }

    /// Whether the operand shares memory with the output in a way that matters.
    private static func overlaps(_ operand: Operand, _ output: View) -> Bool {
        operand.view.overlaps(output) && !operand.view.isSame(as: output)
    }

    /// The result as a new reference.
    func finish(_ state: StatePointer) throws -> PythonPointer {
        if let condition, let scratch {
            Elementwise.select(condition.view, scratch.view, output, to: output)
        }
        Py_IncRef(array.object)
        return isGiven ? array.object : try state.scalarOrArray(array)
    }

    func release() {
        condition?.release()
        if let scratch { Py_DecRef(scratch.object) }
        Py_DecRef(array.object)
    }
}

extension Operand {
    /// The same, without what must be let go of.
    var borrowed: Operand {
        var copy = self
        copy.owned = nil
        return copy
    }

    /// An array that was made for this call.
    init(owning array: ArrayPointer) {
        self.init(array)
        owned = array.object
    }
}
