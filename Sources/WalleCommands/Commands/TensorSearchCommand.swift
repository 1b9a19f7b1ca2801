package import ArgumentParser
internal import WallePython
internal import WalleTensor

/// `walle tensor search`: how often the search picks the best of what it could have picked.
package struct TensorSearchCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Measure how often the search picks the best way to execute an operator.",
        discussion: """
            Executes every candidate for random shapes. A choice is right when it takes at most a tenth longer than the \
            best candidate. Takes some minutes; on a busy machine choices among threads look worse than they are.
            """)

    @Option(help: "Shapes of each operator.")
    var shapes = 200

    @Option(help: "The same shapes for the same number.")
    var seed = 1

    @Option(help: "Only this operator; may be repeated.")
    var operation: [String] = []

    @Flag(help: "Measure the machine again first.")
    var anew = false

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func validate() throws {
        guard (1...100_000).contains(shapes) else { throw ValidationError("--shapes takes 1 to 100000, not \(shapes)") }
    }

    package mutating func run() async throws { try await executeAndExit() }

    private struct Score {
        var operation: String
        var right = 0
        var losses: [Double] = []
        var share: Double { Double(right) / Double(max(1, losses.count)) }
        var median: Double { losses.isEmpty ? 1 : losses.sorted()[losses.count / 2] }
        var worst: Double { losses.max() ?? 1 }
    }

    package func execute(on console: Console) async throws -> CommandStatus {
        let wanted = SearchSubject.Operation.allCases.filter { operation.isEmpty || operation.contains($0.rawValue) }
        guard !wanted.isEmpty else {
            console.say("\(operation.joined(separator: ", ")): no operator that is searched for")
            return .failure
        }
        if anew { MethodSearch.measureMachine() } else { MethodSearch.settle() }
        var scores: [Score] = []
        do throws(TensorError) {
            for operation in wanted { scores.append(try score(operation, console)) }
        } catch {
            console.say(error.message)
            return .failure
        }
        switch common.format {
        case .json: console.print(JSONText.text(of: .array(scores.map(value))))
        case .table:
            var table = Table("operator", ">shapes", ">right", ">median loss", ">worst")
            for score in scores {
                table.add(
                    score.operation, "\(score.losses.count)", Self.text(100 * score.share) + " %",
                    Self.text(score.median),
                    Self.text(score.worst))
            }
            console.print(table.text)
        }
        return .success
    }

    private func score(
        _ operation: SearchSubject.Operation, _ console: Console
    ) throws(TensorError) -> Score {
        var (trial, score) = (SearchTrial(seed: seed), Score(operation: operation.rawValue))
        for _ in 0..<shapes {
            let explanation = try MethodSearch.explain(trial.subject(operation), isMeasured: true)
            let loss = explanation.loss ?? 1
            score.losses.append(loss)
            if loss <= SearchTrial.tolerance {
                score.right += 1
            } else if !common.quiet, let chosen = explanation.rows.first(where: \.isChosen) {
                console.say("\(explanation.operation): \(chosen.candidate) took \(Self.text(loss)) times the best")
            }
        }
        return score
    }

    private func value(_ score: Score) -> Value {
        [
            "operator": .string(score.operation), "shapes": .integer(score.losses.count),
            "right": .integer(score.right), "median_loss": .double(score.median), "worst_loss": .double(score.worst),
        ]
    }

    private static func text(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}
