package import ArgumentParser

/// `walle tensor`: what the tensor engine is made of, and how it chooses.
package struct TensorCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tensor", abstract: "Show what the tensor engine is made of, and how it chooses.",
        subcommands: [TensorOperatorsCommand.self, TensorExplainCommand.self, TensorSearchCommand.self])

    package init() {}
}
