package import ArgumentParser
internal import Foundation
internal import Walle
internal import WallePython
internal import WalleStdlib

/// `walle modules`: what a task gets of Python's standard library.
package struct ModulesCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "modules", abstract: "List the standard modules that a task gets, and why others are refused.")

    @Argument(help: "Only this module and those below it.")
    var name: String?

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> ExitStatus {
        let rules: [ModuleRule]
        do {
            rules = try ModuleRule.all(in: Stdlib.folder + "/python.toml").filter { $0.matches(name) }
        } catch {
            console.say("\(error)")
            return .failure
        }
        if rules.isEmpty, let name {
            console.say("\(name) is no module of Python's standard library")
            return .failure
        }
        switch common.format {
        case .json: console.print(JSONText.text(of: .array(rules.map(\.value))))
        case .table:
            var table = Table("module", "status", "why")
            for rule in rules { table.add(rule.name, rule.status, rule.reason) }
            console.print(table.text)
        }
        return .success
    }
}
