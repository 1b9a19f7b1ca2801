import Foundation
import Testing
import WallePython

@testable import Walle

@Suite struct PackageTests {
    static let demos = Fixtures.names("Sources/WalleDemo/Tasks", below: Fixtures.repository)

    @Test(arguments: demos) func loadsTheDemos(_ name: String) throws {
        let package = try TaskPackage.load(at: Fixtures.repository + "/Sources/WalleDemo/Tasks/" + name)
        #expect(name.hasPrefix(package.manifest.name))
        #expect(!package.examples.isEmpty)
        #expect(package.files.contains { $0.path == "main.py" && $0.bytes > 0 })
        for example in package.examples { #expect(example.mismatch(example.output) == nil) }
    }

    @Test func leavesOutWhatIsNobodysWork() throws {
        let noise = [
            "__pycache__/main.cpython-313.pyc", ".git/HEAD", "main.py~", ".main.py.swp", "#main.py#", "4913", "a.tmp",
        ]
        let files = Fixtures.smallest.merging(noise.map { ($0, "x") }) { first, _ in first }
        try Fixtures.withFolder(files) { folder in
            let package = try TaskPackage.load(at: folder)
            #expect(package.folder == folder)
            #expect(package.files.map(\.path) == ["main.py", "task.toml"])
            #expect(package.totalBytes == Fixtures.smallest.values.reduce(0) { $0 + $1.utf8.count })
        }
    }

    @Test func fingerprintTellsChanges() throws {
        try Fixtures.withFolder(Fixtures.smallest) { folder in
            var seen = [try TaskPackage.load(at: folder).fingerprint]
            #expect(TaskPackage.fingerprint(of: folder) == seen[0])
            try Fixtures.write("x", to: folder + "/__pycache__/a.pyc")
            #expect(TaskPackage.fingerprint(of: folder) == seen[0])
            let changes: [(String) throws -> Void] = [
                { try Fixtures.write("def run(value):\n    return 12345\n", to: $0 + "/main.py") },
                { try Fixtures.write("def run(value):\n    return 54321\n", to: $0 + "/main.py") },
                { try Fixtures.write("", to: $0 + "/resources/empty") },
                { try FileManager.default.moveItem(atPath: $0 + "/resources/empty", toPath: $0 + "/resources/void") },
            ]
            for change in changes {
                try change(folder)
                let next = try #require(TaskPackage.fingerprint(of: folder))
                #expect(!seen.contains(next))
                seen.append(next)
            }
            try FileManager.default.removeItem(atPath: folder)
            #expect(TaskPackage.fingerprint(of: folder) == nil)
        }
    }

    @Test func resolvesTheFolder() throws {
        try Fixtures.withFolder(Fixtures.smallest) { folder in
            let link = folder + "-link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder)
            defer { try? FileManager.default.removeItem(atPath: link) }
            #expect(try TaskPackage.load(at: link + "/").folder == folder)
            #expect(TaskPackage.resolve("a/./b", in: link) == folder + "/a/b")
            #expect(TaskPackage.resolve(".", in: link) == folder)
            #expect(TaskPackage.resolve("/", in: link) == "/")
        }
    }

    // MARK: problems

    /// What is written over the smallest package, and the problems that come of it.
    private static let broken: [(String, [String: String], [String])] = [
        (
            "entry", ["task.toml": "[task]\nname=\"a\"\nversion=\"1.0.0\"\nentry = \"models.rank:run\"\n"],
            [
                "task.toml:4:1: task.entry is \"models.rank:run\", but there is no models/rank.py. "
                    + "Write that file with the function run, or name another entry."
            ]
        ),
        (
            "files",
            [
                "task.toml":
                    "[task]\nname=\"a\"\nversion=\"1.0.0\"\n[permissions]\nfiles=[\"resources\"]\nwrite=[\"out\"]\n"
            ],
            [
                "task.toml:5:1: permissions.files has \"resources\", but the package has no such file or folder. "
                    + "Put it there, or remove it from the list."
            ]
        ),
        (
            "path", ["task.toml": "[task]\nname=\"a\"\nversion=\"1.0.0\"\n[python]\npath=[\"main.py\"]\n"],
            [
                "task.toml:5:1: python.path has \"main.py\", but the package has no such folder. "
                    + "Put it there, or remove it from the list."
            ]
        ),
        (
            "all at once", ["task.toml": "[task]\nname=\"A\"\n", "examples/b.json": "{", "examples/a.json": "[]"],
            [
                "examples/a.json: an example is an object. Write {\"input\": …, \"output\": …}.",
                "examples/b.json:1:2: this is not JSON: a key in double quotes is missing at byte 1. Check it with python3 -m json.tool.",
                "task.toml:1:1: task.version is missing. Write version = \"1.0.0\".",
                "task.toml:2:1: task.name is \"A\". A name has lowercase letters, digits and hyphens inside, "
                    + "64 characters at most: \"a\".",
            ]
        ),
    ]

    @Test(arguments: broken.indices) func tellsTheProblems(_ index: Int) throws {
        let (_, files, problems) = Self.broken[index]
        try Fixtures.withFolder(Fixtures.smallest.merging(files) { $1 }) { folder in
            let error = #expect(throws: PackageError.self) { try TaskPackage.load(at: folder) }
            #expect(error?.problems.map(\.description) == problems)
            #expect(error?.description.hasPrefix(folder + "/") == true)
        }
    }

    private func codes(_ folder: String, bounds: PackageBounds = PackageBounds()) -> [String] {
        let error = #expect(throws: PackageError.self) { try TaskPackage.load(at: folder, bounds: bounds) }
        return error?.problems.map { "\($0.file) \($0.code.rawValue)" } ?? []
    }

    @Test func tellsWhatIsMissing() throws {
        #expect(codes("/nowhere/at/all") == [" missing"])
        #expect(codes("/dev/null") == [" missing"])
        #expect(codes("a\0b") == [" missing"])
        try Fixtures.withFolder { #expect(codes($0) == ["task.toml missing"]) }
        try Fixtures.withFolder(["task.toml/x": ""]) { #expect(codes($0) == ["task.toml unreadable"]) }
    }

    @Test func refusesOtherEncodings() throws {
        try Fixtures.withFolder(Fixtures.smallest) { folder in
            try Data([0x23, 0x0A, 0x61, 0xE4, 0x0A]).write(to: URL(filePath: folder + "/task.toml"))
            let error = #expect(throws: PackageError.self) { try TaskPackage.load(at: folder) }
            #expect(error?.problems.map(\.description) == ["task.toml:2: the file is not UTF-8. Save it as UTF-8."])
        }
    }

    @Test func refusesLinksThatLeadOut() throws {
        try Fixtures.withFolder(Fixtures.smallest) { folder in
            let manager = FileManager.default
            try manager.createSymbolicLink(atPath: folder + "/inside.py", withDestinationPath: "main.py")
            #expect(try TaskPackage.load(at: folder).files.map(\.path) == ["inside.py", "main.py", "task.toml"])
            try manager.createSymbolicLink(atPath: folder + "/loop", withDestinationPath: ".")
            #expect(try TaskPackage.load(at: folder).files.count == 3)
            try manager.createSymbolicLink(atPath: folder + "/data", withDestinationPath: "/etc")
            try manager.createSymbolicLink(atPath: folder + "/gone", withDestinationPath: "nothing")
            try Fixtures.write(
                Fixtures.smallest["task.toml"]! + "[permissions]\nfiles = [\"data/hosts\"]\n", to: folder + "/task.toml"
            )
            #expect(codes(folder) == ["data escapes", "gone missing", "task.toml escapes"])
        }
    }

    @Test func keepsItsBounds() throws {
        let files = Fixtures.smallest.merging(["a/b/c.txt": "12345", "examples/a.json": "{\"input\":1,\"output\":1}"]) {
            $1
        }
        try Fixtures.withFolder(files) { folder in
            func bounds(_ change: (inout PackageBounds) -> Void) -> PackageBounds {
                var bounds = PackageBounds()
                change(&bounds)
                return bounds
            }
            #expect(codes(folder, bounds: bounds { $0.files = 2 }).contains(" too-large"))
            #expect(codes(folder, bounds: bounds { $0.depth = 1 }) == ["a/b too-large"])
            #expect(codes(folder, bounds: bounds { $0.totalBytes = 40 }) == [" too-large"])
            #expect(codes(folder, bounds: bounds { $0.fileBytes = 38 }) == ["task.toml too-large"])
            #expect(codes(folder, bounds: bounds { $0.manifestBytes = 38 }) == ["task.toml too-large"])
            #expect(codes(folder, bounds: bounds { $0.examples = 0 }) == ["examples too-large"])
            #expect(codes(folder, bounds: bounds { $0.exampleBytes = 4 }) == ["examples/a.json too-large"])
            try FileManager.default.removeItem(atPath: folder + "/main.py")
            #expect(mkfifo(folder + "/main.py", 0o600) == 0)
            #expect(codes(folder) == ["main.py unreadable", "task.toml missing"])
        }
    }
}
