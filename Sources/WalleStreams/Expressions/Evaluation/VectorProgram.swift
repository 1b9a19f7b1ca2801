internal import WalleMemory

/// An expression as steps over registers, run on a thousand rows at a time. Belongs to one thread at a time.
final class VectorProgram {
    let type: ColumnType
    private let memory: VectorMemory
    private let steps: [VectorStep]
    private let leaves: [VectorCompiler.Leaf]
    private let constants: [VectorCompiler.Constant]
    private let resultRegister: Int
    /// Of the batch it is ready for.
    @exclusivity(unchecked) private var columns: [Column] = []
    @exclusivity(unchecked) private var texts: TextDictionary?
    /// A byte a row, for truths on their way to bits.
    private let bytes: UnsafeMutablePointer<UInt8>

    init(_ expression: CheckedExpression) {
        type = expression.type
        var compiler = VectorCompiler()
        let result = compiler.compile(expression)
        let registers = compiler.shareRegisters(result: result)
        (steps, leaves, constants) = (compiler.steps, compiler.leaves, compiler.constants)
        resultRegister = registers.result
        memory = VectorMemory(count: registers.count)
        bytes = .allocate(capacity: VectorRegister.rows)
        bytes.initialize(repeating: 0, count: VectorRegister.rows)
        for constant in constants where constant.type != .text || constant.value == .null { fill(constant, code: 0) }
    }

    deinit { bytes.deallocate() }

    var result: VectorRegister {
        get { memory.registers[resultRegister] }
        set { memory.registers[resultRegister] = newValue }
    }

    /// Whether the result is a column or a literal, and no step's.
    var hasNoSteps: Bool { steps.isEmpty }

    /// Takes the columns it reads from a batch and from the values derived for it so far.
    func prepare(_ batch: EventBatch, derived: [Column]) {
        columns = leaves.map { leaf in
            let column: Column
            switch leaf.place {
            case .event(let place): column = batch.column(at: place)
            case .derived(let index): column = derived[index]
            }
            precondition(column.type == leaf.type && column.count == batch.count, "columns of the checked schema")
            return column
        }
        if texts !== batch.texts { begin(batch.texts) }
        let count = batch.texts.count
        for step in steps {
            if case .text(let function) = step.operation { function.memo.grow(for: count) }
        }
    }

    /// What was remembered by codes means nothing under another dictionary.
    private func begin(_ texts: TextDictionary) {
        self.texts = texts
        for case let constant in constants where constant.type == .text {
            if case .text(let text) = constant.value { fill(constant, code: texts.code(of: text)) }
        }
        for step in steps {
            switch step.operation {
            case .text(let function): function.memo.reset(for: texts.count)
            case .concatenate(let concatenation): concatenation.memo.reset(for: Concatenation.pairs)
            case .write(let writer): writer.memo.reset(for: ValueWriter.values)
            default: break
            }
        }
    }

    private func fill(_ constant: VectorCompiler.Constant, code: UInt32) {
        let register = memory.registers + constant.register
        let rows = VectorRegister.rows
        switch constant.value {
        case .null:
            register.pointee.clearNulls()
            register.pointee.nulls.update(repeating: .max, count: VectorRegister.words)
        case .bool(let value): register.pointee.bits.update(repeating: value ? .max : 0, count: VectorRegister.words)
        case .int(let value), .time(let value): register.pointee.ints.update(repeating: value, count: rows)
        case .float(let value): register.pointee.floats.update(repeating: value, count: rows)
        case .text: register.pointee.codes.update(repeating: code, count: rows)
        }
    }

    /// Computes `count` rows from `start` on, which is a multiple of a register's rows.
    func run(from start: Int, count: Int) {
        for (leaf, column) in zip(leaves, columns) {
            let register = memory.registers + leaf.register
            register.pointee.hasNulls = column.nulls != nil
            if let nulls = column.nulls { register.pointee.nulls = nulls.words + start >> 6 }
            if column.type == .bool {
                bytes.update(from: column.bools + start, count: count)
                packBits(bytes, register.pointee.bits, count)
            } else {
                register.pointee.values = column.values.bytes.baseAddress.unsafelyUnwrapped + start * column.type.width
            }
        }
        runSteps(count)
    }

    /// Computes the given rows only, at most a register's.
    func run(rows: UnsafePointer<UInt32>, count: Int) {
        for (leaf, column) in zip(leaves, columns) {
            let register = memory.registers + leaf.register
            // It may lie over the column still.
            register.pointee = memory.own(leaf.register)
            register.pointee.gather(column, rows, count, bytes)
        }
        runSteps(count)
    }

    private func runSteps(_ count: Int) {
        guard let texts else { preconditionFailure("prepared for a batch") }
        let runner = VectorRunner(registers: memory.registers, count: count, texts: texts, bytes: bytes)
        for step in steps { runner.run(step) }
    }
}

extension VectorRegister {
    /// Values of some rows of a column. The register has memory of its own.
    mutating func gather(
        _ column: Column, _ rows: UnsafePointer<UInt32>, _ count: Int, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        switch column.type {
        case .int, .float, .time: Self.gather(column.pointer(as: UInt64.self), payloads, rows, count)
        case .text: Self.gather(column.codes, codes, rows, count)
        case .bool:
            Self.gather(column.bools, bytes, rows, count)
            packBits(bytes, bits, count)
        }
        guard let mask = column.nulls else { return }
        clearNulls()
        for index in 0..<count where mask[Int(rows[index])] { nulls[index >> 6] |= 1 << UInt64(index & 63) }
    }

    private static func gather<Element>(
        _ from: UnsafeMutablePointer<Element>, _ to: UnsafeMutablePointer<Element>, _ rows: UnsafePointer<UInt32>,
        _ count: Int
    ) {
        for index in 0..<count { to[index] = from[Int(rows[index])] }
    }
}
