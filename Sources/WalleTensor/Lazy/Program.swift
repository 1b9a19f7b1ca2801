internal import CWalleKernels
internal import Synchronization

/// A chain of elementwise operators that runs on pieces that stay in the first-level cache.
///
/// Results of steps live in registers, a piece of scratch each, which are taken again after their last use.
struct Program {
    enum Kernel {
        case unary(walle_unary_kernel)
        case binary(walle_binary_kernel)
        case select(walle_select_kernel)
    }

    struct Operand {
        /// Memory first, then registers.
        var index: Int
        /// Bytes between elements of a register; of memory the axis says it.
        var registerStride: Int
    }

    struct Step {
        let kernel: Kernel
        let operands: InlineArray<3, Operand>
        let output: Operand
        /// Memory that the results go to from their register, past the caches.
        let streamed: Int?
        /// Held by the lowered expression.
        let node: Unmanaged<Node>
        let tag: Int
    }

    let steps: [Step]
    let bases: [UnsafeMutableRawPointer]
    let registerCount: Int
    /// Bytes of an element in a register.
    let registerBytes: Int
    /// Where the last step's results are.
    let result: Operand
    let loop: LoopNest
    /// Elements of a piece.
    let piece: Int
    /// Whether results go past the caches.
    let isStreaming: Bool

    /// What pieces of all operands together may take of a first-level cache.
    private static let cacheBytes = 20 << 10
    private static let pieces = 128...2048
    /// Bytes of a row that is worth being written past the caches.
    private static let leastRowBytes = 4096

    /// - Parameters:
    ///   - result: What the caller wants of it beside the memory that is written.
    ///   - leading: The memory whose order the axes of the iteration take.
    ///   - order: The axes, outermost first, where the caller wants them in another order.
    init(_ lowering: Lowering, result: Lowering.Value, leading: Int = 0, order: [Int]? = nil) {
        loop = LoopNest(
            lowering.lengths, lowering.places.map { lowering.accesses[$0.access].strides }, leading: leading,
            order: order)
        var registers = Registers(lowering, kept: result, streaming: Self.large(lowering, loop))
        var steps: [Step] = []
        for place in lowering.steps.indices { steps.append(registers.step(place)) }
        self.steps = steps
        isStreaming = steps.contains { $0.streamed != nil }
        self.result = registers.operand(result)
        bases = lowering.places.map { $0.base + lowering.accesses[$0.access].from }
        registerCount = registers.count
        registerBytes = registers.elementBytes
        let streams = lowering.places.filter { lowering.accesses[$0.access].strides.contains { $0 != 0 } }.count
        let bytes = max(1, (streams + registerCount) * max(registerBytes, 1))
        piece = (Self.cacheBytes / bytes / 64 * 64).clamped(to: Self.pieces)
    }

    /// Steps that write long rows without gaps, more than caches keep.
    private static func large(_ lowering: Lowering, _ loop: LoopNest) -> [Int] {
        let row = loop.lengths[loop.lengths.count - 1]
        return lowering.steps.indices.filter { index in
            guard let target = lowering.steps[index].target else { return false }
            let bytes = lowering.places[target].elementBytes
            return loop.elementCount * bytes >= Streaming.leastBytes && row * bytes >= leastRowBytes
                && loop.strides[(loop.lengths.count - 1) * loop.operands + target] == bytes
        }
    }

    /// Runs all of it.
    ///
    /// - Throws: `CancellationError` when it was interrupted.
    func run(_ graph: Graph) throws {
        let exceptions = Exceptions()
        try loop.forEachRange { range in
            withRunner { runner in
                walle_float_status_clear()
                loop.forEach(range) { offsets, strides, count in
                    var done = 0
                    while done < count {
                        let some = min(piece, count - done)
                        runner.run(some, offsets, strides, done)
                        done += some
                    }
                }
                if isStreaming { runner.movement.settle() }
                exceptions.add(runner.flags)
            }
        }
        exceptions.report(steps, to: graph)
    }

    /// Calls `body` with scratch and all that a thread needs.
    func withRunner(_ body: (PieceRunner) -> Void) {
        let bytes = max(64, registerCount * piece * registerBytes)
        let operands = bases.count + registerCount
        let movement = walle_kernels_movement(walle_kernels_shared()).unsafelyUnwrapped.pointee
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { scratch in
            withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: max(1, operands)) { pointers in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: steps.count + 1) { flags in
                    flags.initialize(repeating: 0)
                    for register in 0..<registerCount {
                        pointers[bases.count + register] =
                            scratch.baseAddress.unsafelyUnwrapped + register * piece * registerBytes
                    }
                    steps.withUnsafeBufferPointer { steps in
                        bases.withUnsafeBufferPointer { bases in
                            body(
                                PieceRunner(
                                    steps: steps, bases: bases, pointers: pointers, flags: flags, movement: movement))
                        }
                    }
                }
            }
        }
    }
}

/// Runs the steps of a program on a piece.
struct PieceRunner {
    let steps: UnsafeBufferPointer<Program.Step>
    let bases: UnsafeBufferPointer<UnsafeMutableRawPointer>
    let pointers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>
    let flags: UnsafeMutableBufferPointer<UInt32>
    let movement: walle_movement

    @inline(__always)
    func run(_ count: Int, _ offsets: UnsafePointer<Int>, _ strides: UnsafePointer<Int>, _ done: Int) {
        for place in 0..<bases.count { pointers[place] = bases[place] + offsets[place] + done * strides[place] }
        for index in 0..<steps.count {
            execute(index, count, strides)
            note(index)
            let output = steps[index].output
            if let place = steps[index].streamed {
                movement.stream(count * output.registerStride, pointers[output.index], pointers[place])
            }
        }
    }

    /// Takes the exceptions since the last time as those of a step; the number of steps stands for what follows them.
    @inline(__always)
    func note(_ index: Int) {
        let raised = walle_float_status()
        if raised != 0 {
            flags[index] |= raised
            walle_float_status_clear()
        }
    }

    @inline(__always)
    func stride(_ operand: Program.Operand, _ strides: UnsafePointer<Int>) -> Int {
        operand.index < bases.count ? strides[operand.index] : operand.registerStride
    }

    @inline(__always)
    private func execute(_ index: Int, _ count: Int, _ strides: UnsafePointer<Int>) {
        let step = steps.baseAddress.unsafelyUnwrapped + index
        let (a, out) = (step.pointee.operands[0], step.pointee.output)
        let (from, to) = (pointers[a.index], pointers[out.index])
        let (fromStride, toStride) = (stride(a, strides), stride(out, strides))
        switch step.pointee.kernel {
        case .unary(let kernel): kernel(count, from, fromStride, to, toStride)
        case .binary(let kernel):
            let b = step.pointee.operands[1]
            kernel(count, from, fromStride, pointers[b.index], stride(b, strides), to, toStride)
        case .select(let kernel):
            let (b, c) = (step.pointee.operands[1], step.pointee.operands[2])
            kernel(
                count, from, fromStride, pointers[b.index], stride(b, strides), pointers[c.index], stride(c, strides),
                to, toStride)
        }
    }
}

/// The floating-point exceptions that steps raised on any thread.
final class Exceptions: Sendable {
    /// One for each step, and one for what follows them; none while nothing was raised.
    private let flags = Mutex<[UInt32]>([])

    /// - Parameter raised: One for each step, and one for what follows.
    func add(_ raised: UnsafeMutableBufferPointer<UInt32>) {
        var any: UInt32 = 0
        for place in raised.indices { any |= raised[place] }
        guard any != 0 else { return }
        flags.withLock { flags in
            if flags.isEmpty { flags = Array(repeating: 0, count: raised.count) }
            for place in flags.indices { flags[place] |= raised[place] }
        }
    }

    /// - Parameter fold: What follows the steps, if something does.
    func report(_ steps: [Program.Step], fold: Node? = nil, to graph: Graph) {
        let found = flags.withLock { $0 }
        for (place, flags) in found.enumerated() where flags != 0 {
            if place < steps.count {
                let (name, isTold) = Registers.name(steps[place].node.takeUnretainedValue())
                if isTold { graph.report(name, steps[place].tag, flags) }
            } else if let fold {
                graph.report("reduce", fold.tag, flags)
            }
        }
    }
}
