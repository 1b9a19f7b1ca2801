internal import WalleText
import Foundation
import Testing
import WallePython

@testable import Walle

@Suite struct ManifestTests {
    /// Each file ends with the problems it has, one a line, after `#! `.
    @Test(arguments: Fixtures.names("manifests"))
    func tellsAllProblems(_ name: String) throws {
        let text = try Fixtures.text("manifests/" + name)
        let expected = text.split(separator: "\n").filter { $0.hasPrefix("#! ") }.map { String($0.dropFirst(3)) }
        let error = #expect(throws: PackageError.self) { try TaskManifest(toml: text) }
        #expect(error?.description.split(separator: "\n").map(String.init) == expected)
    }

    @Test func readsEveryKey() throws {
        let manifest = try TaskManifest(
            toml: """
                [task]
                name = "next-item"
                version = "1.2.0-beta.1"
                entry = "models.ranking:Ranker.run"
                instances = 4
                route = "user"
                concurrency = 1
                description = "Ranks items."
                isolation = "interpreter"
                [limits]
                run = "200ms"
                cpu = "150ms"
                grace = "2ms"
                memory = "64MiB"
                run_memory = "1.5MB"
                output = "10kB"
                result = 5000
                queue = 7
                idle = "1min"
                start = "1h"
                drain = "1s"
                drain_hard = "2s"
                recursion = 5000
                [permissions]
                files = ["resources", "/data"]
                write = ["out"]
                network = ["example.org"]
                threads = true
                processes = true
                ctypes = true
                debugging = false
                [config]
                steps = ["a", "b"]
                at = 1979-05-27T00:32:00.5-07:00
                day = 2024-02-29
                nested = { x = 1.5, y = [true, 0x10] }
                [triggers.hesitates]
                key = "user_id"
                pattern = "product_view+? add_to_cart (not purchase[price > 1])"
                within = "10min"
                [resources]
                model = "model.onnx"
                [python]
                imports = ["json", "xml.dom"]
                path = ["vendor"]
                """)
        #expect(manifest.version == Version(1, 2, 0, preRelease: ["beta", "1"]))
        #expect(manifest.entry == TaskManifest.EntryPoint(module: "models.ranking", function: "Ranker.run"))
        #expect((manifest.instances, manifest.route, manifest.concurrency) == (4, "user", 1))
        #expect(manifest.summary == "Ranks items.")
        #expect(
            manifest.runLimits
                == RunLimits(
                    time: .milliseconds(200), cpuTime: .milliseconds(150), memoryBytes: 1_500_000, outputBytes: 10_000,
                    resultBytes: 5000, grace: .milliseconds(2)))
        let limits = manifest.limits
        #expect((limits.memoryBytes, limits.queue, limits.recursion) == (64 << 20, 7, 5000))
        #expect(
            [limits.idle, limits.start, limits.drain, limits.drainHard] == [
                .seconds(60), .seconds(3600), .seconds(1), .seconds(2),
            ])
        #expect(manifest.config["steps"] == ["a", "b"])
        #expect(manifest.config["at"] == .date(Date(timeIntervalSince1970: 296_638_320.5)))
        #expect(manifest.config["day"] == .date(Date(timeIntervalSince1970: 1_709_164_800)))
        #expect(manifest.config["nested"] == ["x": 1.5, "y": [true, 16]])
        let trigger = try #require(manifest.triggers["hesitates"])
        #expect((trigger.key, trigger.within) == (["user_id"], .seconds(600)))
        #expect(trigger.pattern == "product_view+? add_to_cart not purchase[price > 1]")
        #expect(manifest.resources == ["model": "model.onnx"])
        let policy = manifest.policy(folder: "/srv/walle-none")
        #expect(policy.readable == ["/srv/walle-none/resources", "/data"])
        #expect(policy.writable == ["/srv/walle-none/out"])
        #expect(policy.importable == ["/srv/walle-none", "/srv/walle-none/vendor"])
        #expect(policy.network == .hosts(["example.org"]))
        #expect((policy.threads, policy.processes, policy.ctypes, policy.debugging) == (8, true, true, false))
        #expect(manifest.location(folder: "/srv/walle-none").imports == ["json", "xml.dom"])
    }

    @Test func readsAllOfTOML() throws {
        let config = try TaskManifest(toml: try Fixtures.text("rich.toml")).config
        #expect(config["title"] == "x\u{e9} \t \u{1F600}")
        #expect(config["quoted key"] == ["literal": 1])
        #expect(config["z"] == "one two \"\" \"")
        #expect(config["w"] == "lit\\n''")
        #expect(config["y"] == ["a": 1, "b": ["c": "d"], "e": [["f": 1], [:]]])
        #expect(config["spaced"] == .date(Date(timeIntervalSince1970: 296_634_720.5)))
        #expect(config["time"] == "07:32:00")
    }

    /// `run = "2ms"` needs no `grace`, `drain = "1min"` no `drain_hard`.
    @Test(arguments: [
        ("run = \"2ms\"", Duration.milliseconds(2), Duration.seconds(10), Duration.seconds(30)),
        ("drain = \"1min\"", .milliseconds(5), .seconds(60), .seconds(60)),
        ("drain_hard = \"4s\"", .milliseconds(5), .seconds(4), .seconds(4)),
    ])
    func defaultsGiveWay(_ line: String, _ grace: Duration, _ drain: Duration, _ hard: Duration) throws {
        let limits = try TaskManifest(toml: "[task]\nname=\"a\"\nversion=\"1.0.0\"\n[limits]\n\(line)\n").limits
        #expect([limits.grace, limits.drain, limits.drainHard] == [grace, drain, hard])
    }
}

@Suite struct QuantityTests {
    @Test(arguments: [
        ("5ms", 5_000_000), ("200us", 200_000), ("1.5s", 1_500_000_000), ("2min", 120_000_000_000),
        ("1h", 3_600_000_000_000), ("0.1us", 100), ("0s", 0), ("10 ms", 10_000_000),
    ])
    func readsDurations(_ text: String, _ nanoseconds: Int) throws {
        #expect(try Quantity.duration(text) == .nanoseconds(nanoseconds))
    }

    @Test(arguments: [
        ("64MB", 64_000_000), ("1GiB", 1 << 30), ("512kB", 512_000), ("123", 123), ("1.5KiB", 1536), ("7B", 7),
        ("1TiB", 1 << 40),
    ])
    func readsSizes(_ text: String, _ bytes: Int) throws {
        #expect(try Quantity.bytes(text) == bytes)
    }

    @Test(arguments: [
        "", "5", "ms", "-5ms", "+5ms", "5mss", "1e3s", ".5s", "5.s", "1.2.3s", "0x5s", "1_000ms", "5ms ", "٣ms",
        "999999999999h",
    ])
    func refusesOtherDurations(_ text: String) {
        #expect(throws: Quantity.Failure.self) { try Quantity.duration(text) }
    }

    @Test(arguments: ["", "MB", "-1", "64 M", "1PB", "64KB", "nan", "inf", "99999999TB"])
    func refusesOtherSizes(_ text: String) {
        #expect(throws: Quantity.Failure.self) { try Quantity.bytes(text) }
    }
}

@Suite struct VersionTests {
    /// The example of semver.org §11, and what lies around it.
    private static let ordered = [
        "0.0.1", "0.9.10", "1.0.0-0", "1.0.0-9", "1.0.0-10", "1.0.0-99999999999999999999", "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0+build.1",
        "1.0.1",
        "1.10.0", "2.0.0",
    ]

    @Test func orders() {
        for (index, left) in Self.ordered.enumerated() {
            for (other, right) in Self.ordered.enumerated() {
                #expect((Version(left)! < Version(right)!) == (index < other), "\(left) < \(right)")
            }
            #expect(Version(left)!.description == left)
        }
    }

    @Test(arguments: [
        "", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0-a..b", "1.0.0+", "v1.0.0", "1.0.-1",
        "1.0.0-ä", "99999999999999999999.0.0",
    ])
    func refuses(_ text: String) {
        #expect(Version(text) == nil)
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("runn", "run"), ("mem", nil), ("memoory", "memory"), ("Queue", "queue"), ("queeu", "queue"), ("xyz", nil),
        ("", nil),
    ])
    func findsTheNearest(_ name: String, _ nearest: String?) {
        #expect(Suggestion.nearest(to: name, in: ["run", "memory", "queue", "drain_hard"]) == nearest)
    }
}
