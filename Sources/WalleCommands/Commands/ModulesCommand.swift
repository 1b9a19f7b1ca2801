package import ArgumentParser
internal import Walle
internal import WallePython

/// `walle modules`: what a task gets of Python's standard library.
package struct ModulesCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "modules", abstract: "List the standard modules that a task gets, and why others are refused.")

    @Argument(help: "Only this module and those below it.")
    var name: String?

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        let all: [StandardModule]
        do throws(PackageError) {
            all = try StandardModules.load().modules.values.sorted { $0.name < $1.name }
        } catch {
            console.say("\(error)")
            return .failure
        }
        let modules = all.filter(isWanted)
        guard !modules.isEmpty else {
            console.say("\(name ?? "") is no module of Python's standard library")
            return .failure
        }
        switch common.format {
        case .json: console.print(JSONText.text(of: .array(modules.map(\.value))))
        case .table:
            var table = Table("module", "status", "why")
            for module in modules { table.add(module.name, module.status.rawValue, module.reason) }
            console.print(table.text)
        }
        return .success
    }

    private func isWanted(_ module: StandardModule) -> Bool {
        guard let name else { return true }
        return module.name == name || module.name.hasPrefix(name + ".") || module.parts.contains(name)
    }
}

extension StandardModule {
    fileprivate var reason: String {
        [why, instead.map { "use \($0)" }].compactMap(\.self).joined(separator: "; ")
    }

    fileprivate var value: Value {
        ["module": .string(name), "status": .string(status.rawValue), "why": .string(reason)]
    }
}
