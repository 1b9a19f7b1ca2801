package import ArgumentParser
internal import WallePython
internal import WalleTensor

/// `walle tensor operators`: each operator, of which kind it is, and how many kernels a back end must supply.
package struct TensorOperatorsCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "operators",
        abstract: "List the operators of the tensor engine by kind, and count the kernels that a back end supplies.",
        discussion: """
            Atomic operators have a kernel, which some can do without: an expression over others gives the same. Transforms \
            only move elements: the one kernel raster executes them all. Composite operators are written over these, so no \
            back end knows of them. The counts of the paper are those \
            of section 4.1 of "Walle" (OSDI 2022).
            """)

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        switch common.format {
        case .json: console.print(JSONText.text(of: Self.value))
        case .table:
            console.print(Self.operators.text)
            console.print("")
            console.print(Self.counts.text)
        }
        return .success
    }

    /// Counts of the paper, which has no separate one for raster: a back end has it beside the atomic operators.
    private static let paper: [Operator.Kind: Int] = [.atomic: 61, .transform: 45, .composite: 16, .control: 2]
    /// Kernels beside the atomic operators'.
    private static let rasterCount = 1

    /// Those that no expression can stand in for.
    private static var requiredCount: Int {
        Operator.all.count { $0.kind == .atomic && $0.substitute == nil } + rasterCount
    }

    private static func count(_ kind: Operator.Kind) -> Int { Operator.all.count { $0.kind == kind } }

    private static func ratio(_ operators: Int, _ kernels: Int) -> String {
        let tenths = (10 * operators + kernels / 2) / kernels
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func name(_ kind: Operator.Kind) -> String { kind == .control ? "control flow" : kind.rawValue }

    private static var operators: Table {
        var table = Table("operator", "kind", ">operands", "executed by", "gradient")
        for kind in Operator.Kind.allCases {
            for each in Operator.all where each.kind == kind {
                table.add(
                    each.name, name(kind), each.arityText, each.executorText, each.gradient == nil ? "" : "yes")
            }
        }
        return table
    }

    private static var counts: Table {
        var table = Table("kind", ">here", ">paper")
        for kind in Operator.Kind.allCases { table.add(name(kind), "\(count(kind))", "\(paper[kind] ?? 0)") }
        table.add(
            "kernels a back end must supply", "\(requiredCount)", "\((paper[.atomic] ?? 0) + rasterCount)")
        table.add(
            "operators for each kernel", ratio(Operator.all.count, requiredCount), ratio(paper.values.reduce(0, +), 62))
        return table
    }

    private static var value: Value {
        let operators = Operator.all.map { each -> Value in
            [
                "name": .string(each.name), "kind": .string(name(each.kind)), "operands": .string(each.arityText),
                "executed_by": .string(each.executorText), "gradient": .bool(each.gradient != nil),
            ]
        }
        let counts = Operator.Kind.allCases.map { (name($0), Value.integer(count($0))) }
        return [
            "operators": .array(operators), "counts": .dictionary(Dictionary(uniqueKeysWithValues: counts)),
            "kernels": .integer(requiredCount),
        ]
    }
}

extension Operator {
    /// The number of operands, as people read it.
    fileprivate var arityText: String {
        if arity.lowerBound == arity.upperBound { return "\(arity.lowerBound)" }
        return arity.upperBound > 64 ? "\(arity.lowerBound)+" : "\(arity.lowerBound)-\(arity.upperBound)"
    }

    fileprivate var executorText: String {
        switch kind {
        case .atomic: substitute == nil ? "kernel" : "kernel or expression"
        case .transform: Self.executorName
        case .composite: "its expression"
        case .control: "the graph"
        }
    }
}
