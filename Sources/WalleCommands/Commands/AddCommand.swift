package import ArgumentParser
internal import Foundation
internal import Walle
internal import WallePython

/// `walle add`: a pure-Python package, copied into a task.
package struct AddCommand: AsyncParsableCommand, ConsoleCommand {
    package static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Copy a pure-Python package into a task's vendor folder.",
        discussion: """
            Downloads with pip, so indexes, proxies and PIP_… variables are those of pip. Writes versions and checksums \
            to vendor/walle-vendor.toml and adds "vendor" to path in [python] of task.toml.
            """)

    @Argument(help: "A package as pip takes it: six, six==1.17.0, or a wheel's path.")
    var package: String

    @Option(help: "The folder of the task.")
    var task = "."

    @Flag(help: "Also copy the packages that it needs.")
    var withDependencies = false

    @OptionGroup var common: CommonOptions

    package init() {}

    package mutating func run() async throws { try await executeAndExit() }

    package func execute(on console: Console) async throws -> CommandStatus {
        do throws(PackageError) { _ = try TaskPackage.load(at: task) } catch {
            console.say("\(error)")
            return .badPackage
        }
        do {
            let entries = try Vendoring(task: task).add(Requirement(package), withDependencies: withDependencies)
            report(entries, console)
            return .success
        } catch {
            console.say("\(error)")
            return .failure
        }
    }

    private func report(_ entries: [VendorRecord.Entry], _ console: Console) {
        switch common.format {
        case .json:
            let values = entries.map { entry -> Value in
                [
                    "name": .string(entry.name), "version": .string(entry.version), "sha256": .string(entry.sha256),
                    "modules": .array(entry.modules.map { .string($0) }),
                ]
            }
            console.print(JSONText.text(of: .array(values)))
        case .table:
            if common.quiet { return }
            for entry in entries {
                console.print("\(entry.name) \(entry.version): vendor/\(entry.modules.joined(separator: ", vendor/"))")
            }
        }
    }
}
