package import ArgumentParser

/// `walle tensor`: what the tensor engine is made of.
package struct TensorCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tensor", abstract: "Show what the tensor engine is made of.",
        subcommands: [TensorExplainCommand.self, TensorSearchCommand.self])

    package init() {}
}
