import ArgumentParser
import Foundation
import Testing
import Walle

@testable import WalleCommands

extension CommandSuite {
    @Suite struct AddCommandTests {
        /// Makes a wheel with Python's `zipfile`; no network.
        func wheel(_ scratch: Scratch, _ name: String, version: String = "1.0", files: [String: String]) throws
            -> String
        {
            let path = "\(scratch.path)/\(name)-\(version)-py3-none-any.whl"
            let info = "\(name)-\(version).dist-info"
            var all = files
            all["\(info)/METADATA"] = "Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n"
            all["\(info)/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            all["\(info)/RECORD"] = all.keys.map { "\($0),,\n" }.joined()
            let json = String(decoding: try JSONEncoder().encode(all), as: UTF8.self)
            let script = """
                import json, sys, zipfile
                with zipfile.ZipFile(sys.argv[1], "w") as wheel:
                    for name, text in json.loads(sys.argv[2]).items():
                        wheel.writestr(name, text)
                """
            let result = try Subprocess.run("python3", ["-c", script, path, json])
            try #require(result.status == 0, "\(result.error)")
            return path
        }

        func add(_ wheel: String, to task: String, _ recorder: Recorder) async throws -> CommandStatus {
            try await AddCommand.parse([wheel, "--task", task]).execute(on: recorder.console())
        }

        @Test func aPurePackageIsVendoredAndImported() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task(
                "uses", "import tiny\n\ndef run(x):\n    return tiny.answer()\n",
                more: "# mine\n[limits]\nrun = \"1s\" # short")
            let one = try wheel(scratch, "tiny", files: ["tiny/__init__.py": "def answer(): return 41\n"])
            #expect(try await add(one, to: task, recorder) == .success, "\(recorder.error)")
            #expect(recorder.output == "tiny 1.0: vendor/tiny\n")
            let manifest = try scratch.read("uses/task.toml")
            #expect(manifest.contains("# mine\n[limits]\nrun = \"1s\" # short"))
            #expect(manifest.hasSuffix("\n[python]\npath = [\"vendor\"]\n"))

            let two = try wheel(
                scratch, "tiny", version: "2.0", files: ["tiny/__init__.py": "def answer(): return 42\n"])
            #expect(try await add(two, to: task, recorder) == .success, "\(recorder.error)")
            #expect(try scratch.read("uses/task.toml") == manifest)
            let record = try VendorRecord(in: task + "/vendor")
            #expect(record.entries.map(\.version) == ["2.0"])
            #expect(record.entries.allSatisfy { $0.sha256.count == 64 && $0.modules == ["tiny"] })

            #expect(record.entries.first?.files == ["tiny", "tiny-2.0.dist-info"])
            #expect(!FileManager.default.fileExists(atPath: task + "/vendor/tiny-1.0.dist-info"))

            let results = Recorder()
            let run = try RunCommand.parse([task, "--value", "null"])
            #expect(try await run.execute(on: results.console()) == .success, "\(results.error)")
            #expect(results.output == "42\n")
        }

        @Test func aBinaryPackageIsRefusedAndNothingChanges() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("uses", "def run(x): return x\n")
            let before = try scratch.read("uses/task.toml")
            let path = try wheel(
                scratch, "fast", files: ["fast/__init__.py": "", "fast/_core.cpython-313-x86_64-linux-gnu.so": "x"])
            #expect(try await add(path, to: task, recorder) == .failure)
            #expect(recorder.error.contains("not pure Python: it has fast/_core.cpython-313"))
            #expect(!FileManager.default.fileExists(atPath: task + "/vendor"))
            #expect(try scratch.read("uses/task.toml") == before)
        }

        @Test func filesOfTheAuthorAreNotReplaced() async throws {
            let scratch = try Scratch()
            let recorder = Recorder()
            let task = try scratch.task("uses", "def run(x): return x\n")
            try scratch.write("mine", to: "uses/vendor/tiny/__init__.py")
            let path = try wheel(scratch, "tiny", files: ["tiny/__init__.py": ""])
            #expect(try await add(path, to: task, recorder) == .failure)
            #expect(recorder.error.contains("vendor/tiny is there already"))
            #expect(try scratch.read("uses/vendor/tiny/__init__.py") == "mine")
        }

        @Test(arguments: ["--index-url=http://example.org", "", "a\nb"])
        func noPackage(text: String) {
            #expect(throws: VendorError.self) { try Requirement(text) }
        }
    }
}
