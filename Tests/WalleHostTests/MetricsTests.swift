import Foundation
import Logging
import Metrics
import MetricsTestKit
import Testing
import Walle

extension HostSuite {
    @Suite struct MetricsTests {
        private static func configuration(_ metrics: TestMetrics) -> HostConfiguration {
            var configuration = quiet
            configuration.metrics = metrics
            configuration.spares = 2
            return configuration
        }

        /// The last values of the gauge, by the value of its one dimension.
        private static func gauge(_ label: String, in metrics: TestMetrics) -> [String: Double] {
            let found = metrics.recorders.filter { $0.label == label }
            return Dictionary(
                found.map { ($0.dimensions.first?.1 ?? "", $0.lastValue ?? -1) }, uniquingKeysWith: { _, last in last })
        }

        /// Records gauges until they are as they must be.
        private static func settles(
            _ host: TaskHost, _ metrics: TestMetrics, _ expected: [String: Double]
        ) async throws -> [String: Double] {
            for _ in 0..<500 {
                host.recordGauges()
                if gauge("walle_vms", in: metrics) == expected { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            return gauge("walle_vms", in: metrics)
        }

        /// Waits until the memory of two runs tells that they are past their first line: a run is stopped, and counted, only
        /// when its thread has begun it.
        private static func bothScriptsRun(_ host: TaskHost, _ metrics: TestMetrics, idleBytes: Double) async throws {
            for _ in 0..<500 {
                host.recordGauges()
                if gauge("walle_task_heap_bytes", in: metrics)["sample"] ?? 0 > idleBytes + 15e6 { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("two runs of the script began")
        }

        @Test func tellsWhatTheHostHas() async throws {
            let metrics = TestMetrics()
            let package = try TestPackage(
                toml: "instances = 2\n[limits]\nrun = \"20s\"",
                "import time\nbig = bytes(4 << 20)\ndef run(seconds):\n"
                    + "    more = bytes(8 << 20)\n    time.sleep(seconds)\n    return 1")
            try await withHost(package, configuration: Self.configuration(metrics)) { host in
                let idle: [String: Double] = ["warming": 0, "ready": 4, "running": 0, "draining": 0, "condemned": 0]
                #expect(try await Self.settles(host, metrics, idle) == idle)
                #expect(Self.gauge("walle_spare_vms", in: metrics) == ["": 2])
                #expect(Self.gauge("walle_queue_depth", in: metrics) == ["sample": 0])
                let bytes = Self.gauge("walle_task_heap_bytes", in: metrics)["sample"] ?? 0
                let total = Self.gauge("walle_heap_bytes", in: metrics)[""] ?? 0
                #expect(bytes > 8e6 && total > bytes)

                let runs = (0..<5).map { _ in Task { try await host.run("sample", 10.0, as: Int.self) } }
                let busy: [String: Double] = ["warming": 0, "ready": 2, "running": 2, "draining": 0, "condemned": 0]
                #expect(try await Self.settles(host, metrics, busy) == busy)
                #expect(Self.gauge("walle_queue_depth", in: metrics) == ["sample": 3])
                try await Self.bothScriptsRun(host, metrics, idleBytes: bytes)
                runs.forEach { $0.cancel() }
                for run in runs { _ = await run.result }
                #expect(try await Self.settles(host, metrics, idle) == idle)
                let stopped = metrics.counters.filter { $0.dimensions.contains { $0 == ("outcome", "stopped") } }
                #expect(stopped.reduce(0) { $0 + $1.totalValue } >= 2)
                try await host.unload("sample")
                host.recordGauges()
                #expect(metrics.recorders.allSatisfy { $0.label != "walle_queue_depth" })
            }
        }

        @Test func countsDrainingAndCondemned() async throws {
            let metrics = TestMetrics()
            let main = """
                import time
                def run(kind):
                    if kind == "drain": time.sleep(2)
                    if kind == "hang": sum(range(10**9))
                    return 1
                """
            let toml = "[limits]\nrun = \"200ms\"\ndrain = \"5s\"\ndrain_hard = \"9s\""
            let package = try TestPackage(toml: toml, main)
            let slow = try TestPackage(name: "slow", toml: "[limits]\nrun = \"10s\"", main)
            let next = try TestPackage(name: "slow", version: "2.0.0", main)
            try await withHost(package, slow, configuration: Self.configuration(metrics)) { host in
                let hang = Task { try? await host.run("sample", "hang", as: Int.self) }
                let drain = Task { try await host.run("slow", "drain", as: Int.self) }
                _ = await hang.value
                try await host.swap("slow", to: next.path)
                let expected: [String: Double] = [
                    "warming": 0, "ready": 4, "running": 0, "draining": 1, "condemned": 1,
                ]
                #expect(try await Self.settles(host, metrics, expected) == expected)
                #expect(try await drain.value == 1)
            }
        }
    }
}
