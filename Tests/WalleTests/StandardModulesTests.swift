import Foundation
import Testing
import WallePython
import WalleStdlib

@testable import Walle

@Suite struct StandardModulesTests {
    @Test func readsTheFile() throws {
        let modules = try StandardModules.load().modules
        #expect(modules.count > 250)
        let ctypes = try #require(modules["ctypes"])
        #expect((ctypes.status, ctypes.permission) == (.refused, "ctypes"))
        #expect(modules["datetime"]?.preload == true)
        #expect(modules["_hmac"]?.since == "3.14.0")
        #expect(modules["os"]?.refuses.contains("_exit") == true)
        for module in modules.values where module.status != .refused {
            #expect(module.use != nil, "\(module.name) has no exercise")
        }
    }

    @Test func patchesAreThere() throws {
        let patches = try StandardModules.load().rules.patches
        #expect(patches.keys.contains("sqlite3"))
        for path in patches.values { #expect(FileManager.default.fileExists(atPath: path)) }
    }

    @Test func makesRules() throws {
        let rules = try StandardModules.load().rules
        #expect(
            rules.refusals["ctypes"]
                == "It reads and writes any address of the host. Use walle's tensors, or a module that the host declares in "
                + "Swift. Or permit it: permissions.ctypes = true in task.toml.")
        #expect(rules.lifts["ctypes"] == "ctypes")
        #expect(rules.refusals["json"] == nil)
        #expect(rules.processWide["posix"]?.contains("setuid") == true)
        #expect(rules.descriptors["os"]?.contains("dup2") == true)
        #expect(rules.events.contains("os.fork"))
        #expect(rules.preload.contains("datetime"))
    }

    @Test func tellsWhatIsWrong() {
        let error = #expect(throws: PackageError.self) {
            try StandardModules(
                "[modules.a]\nstatus = \"kpt\"\n[modules.b]\nstatus = \"refused\"\nwyh = \"x\"\nneeds = [\"sudo\"]\n")
        }
        #expect(
            error?.description.split(separator: "\n") == [
                "python.toml:2:1: modules.a.status is \"kpt\". Write one of kept, replaced, refused.",
                "python.toml:3:1: modules.b.instead is missing. Say what to use instead.",
                "python.toml:3:1: modules.b.why is missing. Say why the module is refused.",
                "python.toml:5:1: modules.b.wyh is unknown. Did you mean \"why\"?",
                "python.toml:6:1: modules.b.needs has \"sudo\". Permissions are ctypes, files, network, processes, threads.",
            ])
    }
}
