import Foundation
import Testing
import WallePython
import WalleStdlib

@testable import Walle

@Suite(.serialized) struct TemplateTests {
    @Test func givesAPackage() throws {
        try Fixtures.withFolder { folder in
            let template = try TaskTemplate(name: "next-item", stdlib: "/opt/walle \"x\"")
            try template.write(to: folder + "/next-item")
            let package = try TaskPackage.load(at: folder + "/next-item")
            #expect(package.manifest.name == "next-item")
            #expect(package.manifest.policy(folder: package.folder).readable == [package.folder + "/resources"])
            #expect(package.examples.map(\.file) == ["examples/first.json"])
            let settings = try String(contentsOfFile: package.folder + "/.vscode/settings.json", encoding: .utf8)
            #expect(try JSONText.value(of: settings)["python.analysis.extraPaths"] == ["/opt/walle \"x\""])
        }
    }

    @Test func overwritesNothing() throws {
        try Fixtures.withFolder(["main.py": "mine"]) { folder in
            let template = try TaskTemplate(name: "next-item", stdlib: "/opt/walle")
            let error = #expect(throws: PackageError.self) { try template.write(to: folder) }
            #expect(error?.problems.map(\.file) == ["main.py"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["main.py"])
        }
    }

    @Test(arguments: ["", "Next Item", "../x", "-a", "a_b", String(repeating: "a", count: 65)])
    func refusesNames(_ name: String) {
        #expect(throws: PackageError.self) { try TaskTemplate(name: name, stdlib: "") }
    }

    /// Runs the template's task in a VM, with a stand-in for `walle.task`.
    @Test func itsExampleIsWhatItGives() async throws {
        StandardModules.install()
        let folder = FileManager.default.temporaryDirectory.appending(path: "walle-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try TaskTemplate(name: "next-item", stdlib: "").write(to: folder)
        let package = try TaskPackage.load(at: folder)
        let machine = try await VirtualMachine.start(MachineConfiguration())
        defer { machine.close() }
        let result = try await machine.perform(limits: .none) { (interpreter) throws(PythonFailure) -> Value in
            interpreter.policy = package.manifest.policy(folder: package.folder)
            _ = try interpreter.execute(
                """
                import types, walle
                walle.task = types.SimpleNamespace(config={"top": 3}, resource=lambda name: "\(package.folder)/resources/" + name)
                """)
            let script = try Script(package.manifest.location(folder: package.folder), in: interpreter)
            return try script.run(package.examples[0].input, as: Value.self, resultBytes: 1 << 20)
        }
        #expect(package.examples[0].difference(from: result) == nil)
    }
}
