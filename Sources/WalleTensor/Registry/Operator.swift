/// The record of an operator: everything that the engine knows of it, apart from its execution for one back end.
///
/// There is one for each operator, in `Operator.all`. Graphs hold records and attributes; shapes and element types come
/// from `infer`, and values from `execution`.
package final class Operator: Sendable {
    /// As section 4.1 of the Walle paper (OSDI 2022) sorts operators.
    package enum Kind: String, Sendable, CaseIterable {
        /// Computes; a back end has a kernel for it.
        case atomic
        /// Only moves elements: regions, which the one kernel `raster` executes.
        case transform
        /// Written over other operators.
        case composite
        /// Chooses which operators run.
        case control
    }

    /// Shapes and element types of the results.
    package typealias Inference = @Sendable ([TensorType], Attributes) throws(TensorError) -> [TensorType]

    /// What it costs, for operands and results of some types.
    package typealias Costing = @Sendable ([TensorType], [TensorType], Attributes) -> Cost

    package let name: String
    package let kind: Kind
    /// How many operands it takes.
    package let arity: ClosedRange<Int>
    package let infer: Inference
    package let execution: Execution
    package let cost: Costing
    package let gradient: Gradient?
    /// Whether arrays show its result in the operand's memory, as slices do.
    package let isView: Bool

    package init(
        _ name: String, _ kind: Kind, arity: ClosedRange<Int>, infer: @escaping Inference, execution: Execution,
        cost: @escaping Costing = Cost.anElementEach, gradient: Gradient? = nil,
        isView: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.arity = arity
        self.infer = infer
        self.execution = execution
        self.cost = cost
        self.gradient = gradient
        self.isView = isView
    }
}

/// How an operator is executed.
package enum Execution: Sendable {
    /// An element at a time, which chains of operators do piece by piece without arrays in between.
    case unary(UnaryOperation)
    case binary(BinaryOperation)
    /// To the type of the attribute `type`.
    case cast
    /// Of the second operand where the first holds, else of the third.
    case select
    /// Along the axes of the attribute `axes`.
    case fold(FoldOperation)
    /// Each result in pieces of the operands.
    case pieces(@Sendable ([TensorType], Attributes) throws(TensorError) -> [[Piece]])
    /// Writes the results into given arrays.
    case kernel(KernelExecution)
    /// Results as expressions over other operators.
    case expression(@Sendable (Graph, [Node], Attributes) throws -> [Node])
}

/// A kernel of an operator, with the scratch that it wants.
package struct KernelExecution: Sendable {
    /// Reads `inputs` and writes every element of `outputs`, whose layouts may have any strides.
    package typealias Body =
        @Sendable (_ inputs: [View], _ outputs: [View], Attributes, _ scratch: UnsafeMutableRawBufferPointer) throws ->
        Void

    /// Bytes of scratch for operands of some forms.
    package let scratchBytes: @Sendable ([TensorType], Attributes) -> Int
    package let run: Body

    package init(
        scratchBytes: @escaping @Sendable ([TensorType], Attributes) -> Int = { _, _ in 0 }, _ run: @escaping Body
    ) {
        self.scratchBytes = scratchBytes
        self.run = run
    }
}

/// What an execution costs, before it is known where: the Q of `Q/P + S`.
package struct Cost: Sendable, Hashable {
    /// Elementary operations.
    package var operations: Int
    /// Bytes read and written.
    package var bytes: Int

    package static func + (left: Cost, right: Cost) -> Cost {
        Cost(operations: left.operations + right.operations, bytes: left.bytes + right.bytes)
    }

    /// An operation for each element of the largest array.
    package static let anElementEach: Operator.Costing = { inputs, outputs, _ in
        Cost(operations: (inputs + outputs).map(\.count).max() ?? 0, bytes: moved(inputs, outputs))
    }

    /// Nothing is computed.
    package static let movement: Operator.Costing = { _, outputs, _ in
        Cost(operations: 0, bytes: 2 * outputs.reduce(0) { $0 + $1.byteCount })
    }

    package static func moved(_ inputs: [TensorType], _ outputs: [TensorType]) -> Int {
        (inputs + outputs).reduce(0) { $0 + $1.byteCount }
    }
}

/// The gradients of a result with respect to the operands, as expressions over operators of the registry; nil for an
/// operand that has none, such as a condition.
package struct Gradient: Sendable {
    package struct Application {
        package let graph: Graph
        package let inputs: [Node]
        package let output: Node
        package let attributes: Attributes

        package init(graph: Graph, inputs: [Node], output: Node, attributes: Attributes) {
            self.graph = graph
            self.inputs = inputs
            self.output = output
            self.attributes = attributes
        }
    }

    /// Given an application and the gradient with respect to its result, those with respect to its operands.
    package let expressions: @Sendable (Application, _ incoming: Node) throws -> [Node?]

    package init(_ expressions: @escaping @Sendable (Application, _ incoming: Node) throws -> [Node?]) {
        self.expressions = expressions
    }
}
