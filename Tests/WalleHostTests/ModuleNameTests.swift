import Testing
import Walle
import WalleBinding

private final class Thing: PythonObject {}

extension HostSuite {
    @Suite struct ModuleNameTests {
        private static func module(_ name: String) -> PythonModule {
            PythonModule(name) { Function("one") { 1 } }
        }

        private static let classes = ["a", "b"].map { name in PythonModule(name) { Class(Thing.self) {} } }

        @Test(
            arguments: [
                ([module("shop"), module("shop")], "two modules are named shop"),
                ([module("json")], "the module json would hide Python's own json"),
                ([module("email.shop")], "the module email.shop would hide Python's own email"),
                ([module("_sre")], "the module _sre would hide Python's own _sre"),
                ([module("walle.task")], "the module walle.task would hide what Walle gives to tasks"),
                ([module("_walle")], "the module _walle would hide what Walle gives to tasks"),
                (classes, "the modules a and b both declare a class for Thing"),
            ])
        func refuses(_ modules: [PythonModule], _ problem: String) async throws {
            let error = #expect(throws: TaskError.self) { try TaskHost(modules: modules, configuration: quiet) }
            #expect(error?.description == "host: refused: \(problem)")
        }

        @Test func takesOthers() async throws {
            let modules = ["shop", "acme", "acme.json", "wallet"].map(Self.module)
            let host = try TaskHost(modules: modules, configuration: quiet)
            let package = try TestPackage(
                """
                import acme, acme.json, shop, wallet
                def run(x): return acme.json.one() + shop.one() + wallet.one() + acme.one()
                """)
            try await host.load(package.path)
            let result: Int = try await host.run("sample", 1)
            #expect(result == 4)
            await host.shutdown()
        }
    }
}
