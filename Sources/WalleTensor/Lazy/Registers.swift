internal import CWalleKernels

/// Gives each step of a lowered expression a register for its results, which is free again after their last use.
struct Registers {
    private let lowering: Lowering
    /// Steps whose results go from a register past the caches.
    private let streamed: [Int]
    private var lastUses: [Int]
    /// The register of each step.
    private var assigned: [Int?]
    private var free: [Int] = []
    private(set) var count = 0
    /// Bytes of the largest elements in registers.
    private(set) var elementBytes = 1

    /// - Parameters:
    ///   - kept: What is still wanted after the last step.
    ///   - candidates: Steps whose results may go past the caches: they do unless others read them.
    init(_ lowering: Lowering, kept: Lowering.Value, streaming candidates: [Int] = []) {
        self.lowering = lowering
        lastUses = Array(repeating: -1, count: lowering.steps.count)
        assigned = Array(repeating: nil, count: lowering.steps.count)
        for (place, step) in lowering.steps.enumerated() {
            for index in 0..<step.operandCount {
                if case .step(let used) = step.operands[index] { lastUses[used] = place }
            }
        }
        if case .step(let last) = kept { lastUses[last] = .max }
        let uses = lastUses
        streamed = candidates.filter { uses[$0] < 0 }
    }

    /// The step with its registers; steps are asked for in order.
    mutating func step(_ place: Int) -> Program.Step {
        let step = lowering.steps[place]
        var operands = InlineArray<3, Program.Operand>(repeating: Program.Operand(index: 0, registerStride: 0))
        for index in 0..<step.operandCount { operands[index] = operand(step.operands[index]) }
        let bytes = step.node.form.dtype.byteCount
        var dying: [Int] = []
        for index in 0..<step.operandCount {
            guard case .step(let used) = step.operands[index], lastUses[used] == place else { continue }
            if let register = assigned[used], !dying.contains(register) {
                // The results take the place of an operand whose elements are as large: kernels allow that.
                if lowering.steps[used].node.form.dtype.byteCount == bytes {
                    free.append(register)
                } else {
                    dying.append(register)
                }
                assigned[used] = nil
            }
        }
        let isStreamed = streamed.contains(place)
        if step.target == nil || isStreamed {
            elementBytes = max(elementBytes, bytes)
            assigned[place] = free.popLast() ?? add()
        }
        let output = operand(.step(place))
        free += dying
        if lastUses[place] < 0, let register = assigned[place] { free.append(register) }
        let node = step.node
        return Program.Step(
            kernel: Self.kernel(node), operands: operands, output: output, streamed: isStreamed ? step.target : nil,
            node: .passUnretained(node), tag: node.tag)
    }

    private mutating func add() -> Int {
        count += 1
        return count - 1
    }

    func operand(_ value: Lowering.Value) -> Program.Operand {
        switch value {
        case .memory(let place): return Program.Operand(index: place, registerStride: 0)
        case .step(let step):
            if let target = lowering.steps[step].target, !streamed.contains(step) {
                return Program.Operand(index: target, registerStride: 0)
            }
            return Program.Operand(
                index: lowering.places.count + assigned[step].unsafelyUnwrapped,
                registerStride: lowering.steps[step].node.form.dtype.byteCount)
        }
    }

    /// A cast on its own tells nothing; one of an operator's results tells in its name.
    static func name(_ node: Node) -> (String, isTold: Bool) {
        let record = node.operation.unsafelyUnwrapped
        guard case .cast = record.execution else { return (record.name, true) }
        guard case .text(let name)? = node.attributes.values["of"] else { return (record.name, false) }
        return (name, true)
    }

    private static func kernel(_ node: Node) -> Program.Kernel {
        let kernels = walle_kernels_shared()
        let type = Int32(node.inputs[0].form.dtype.kernel)
        switch node.operation.unsafelyUnwrapped.execution {
        case .unary(let operation):
            return .unary(walle_kernels_unary(kernels, Int32(operation.rawValue), type).unsafelyUnwrapped)
        case .binary(let operation):
            return .binary(walle_kernels_binary(kernels, Int32(operation.rawValue), type).unsafelyUnwrapped)
        case .select:
            return .select(walle_kernels_select(kernels, node.form.dtype.byteCount).unsafelyUnwrapped)
        default:
            return .unary(walle_kernels_cast(kernels, type, Int32(node.form.dtype.kernel)).unsafelyUnwrapped)
        }
    }
}
