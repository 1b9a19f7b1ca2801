package import ArgumentParser
internal import Walle
internal import WalleStdlib

/// `walle new`: a task from a template.
package struct NewCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a new task that works, to be changed into one's own.")

    @Argument(help: "The task's name: lowercase letters, digits and hyphens.")
    var name: String

    @Option(help: "The folder in which the task's folder is made.")
    var at = "."

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        let folder = at == "." ? name : "\(at)/\(name)"
        do throws(PackageError) {
            let template = try TaskTemplate(name: name, stdlib: Stdlib.folder)
            try template.write(to: folder)
            if common.quiet { return .success }
            for file in template.files { console.say("\(folder)/\(file.path)") }
            console.say("Next: cd \(folder) && walle check")
            return .success
        } catch {
            console.say("\(error)")
            return .failure
        }
    }
}
