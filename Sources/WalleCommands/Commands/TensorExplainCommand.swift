package import ArgumentParser
internal import WallePython
internal import WalleTensor

/// `walle tensor explain`: how one execution of an operator was chosen.
package struct TensorExplainCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show the ways to execute an operator, and which of them the search takes.",
        discussion: """
            Operators: matmul (two shapes), transpose and stride (copies), sum and max. Predictions come from a short \
            measurement of this machine that is kept in the cache folder; --measured executes every way as well. \
            Example: walle tensor explain matmul 512x512 512x512 --dtype float32
            """)

    @Argument(help: "The operator.")
    var operation: String

    @Argument(help: "The shapes of its operands, such as 512x512.")
    var shapes: [String]

    @Option(help: "The type of the elements.")
    var dtype = "float32"

    @Option(help: "The axis that is folded; all of them when it is not given.")
    var axis: Int?

    @Flag(help: "Measure every candidate too.")
    var measured = false

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        let explanation: Explanation
        do throws(TensorError) {
            MethodSearch.settle()
            explanation = try MethodSearch.explain(try subject(), isMeasured: measured)
        } catch {
            console.say(error.message)
            return .failure
        }
        switch common.format {
        case .json: console.print(JSONText.text(of: explanation.value))
        case .table: console.print(explanation.table.text)
        }
        return .success
    }

    private func subject() throws(TensorError) -> SearchSubject {
        guard let operation = SearchSubject.Operation(rawValue: operation) else {
            let known = SearchSubject.Operation.allCases.map(\.rawValue).joined(separator: ", ")
            throw TensorError(.value, "\(operation) is no operator that is searched for: take one of \(known)")
        }
        guard let dtype = DType.allCases.first(where: { "\($0)" == dtype }) else {
            throw TensorError(.type, "\(dtype) is no type of elements")
        }
        var axes: [Axes] = []
        for shape in shapes {
            let lengths = shape.split(separator: "x").map { Int($0) }
            guard !lengths.isEmpty, lengths.allSatisfy({ $0 != nil }) else {
                throw TensorError(.value, "\(shape) is no shape: write lengths with x between them")
            }
            axes.append(Axes(lengths.compactMap(\.self)))
        }
        return SearchSubject(operation, axes, dtype, axis: axis)
    }
}

extension Explanation {
    fileprivate var table: Table {
        var table = Table("", "candidate", ">predicted µs", ">measured µs")
        for row in rows {
            table.add(
                row.isChosen ? "*" : "", row.candidate, Self.text(row.predictedNanoseconds),
                row.measuredNanoseconds.map(Self.text) ?? "")
        }
        return table
    }

    private static func text(_ nanoseconds: Double) -> String {
        let hundredths = Int((nanoseconds / 10).rounded())
        return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    }

    fileprivate var value: Value {
        let candidates = rows.map { row -> Value in
            [
                "candidate": .string(row.candidate), "predicted_ns": .double(row.predictedNanoseconds),
                "measured_ns": row.measuredNanoseconds.map { .double($0) } ?? Value.none, "chosen": .bool(row.isChosen),
            ]
        }
        return ["operation": .string(operation), "candidates": .array(candidates)]
    }
}
