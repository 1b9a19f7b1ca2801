internal import Foundation
internal import Walle

/// From an event on its way into the host to the first line of the task that it triggers, on a VM that has run before.
enum TriggerLatency {
    private static let source = """
        from time import monotonic_ns

        def run(match):
            now = monotonic_ns()
            return [now, len(match["events"])]
        """
    private static let trigger = """
        key = "user"
        pattern = "view+? cart[price > 10]"
        within = "10min"
        """

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folder = try TaskFolder("triggered", toml: "[triggers.hesitates]\n" + trigger, source: source)
        var configuration = HostConfiguration()
        configuration.events.schema = EventSchema(attributes: [.init("user", .text), .init("price", .float)])
        let host = try TaskHost(configuration: configuration)
        try await host.load(folder.path)
        _ = try await microseconds(host, 200, pause: .zero)
        var results: [Measurement] = []
        for (name, pause) in [("at once", Duration.zero), ("after 5 ms of silence", .milliseconds(5))] {
            var samples = Samples()
            for _ in 0..<plan.rounds {
                samples.add(try await microseconds(host, plan.count(pause == .zero ? 2000 : 400), pause: pause))
            }
            results.append(
                Measurement(
                    "event to the first line of its task, \(name)", samples.median, "µs p50", target: .atMost(100),
                    note: samples.summary("µs")))
            results.append(
                Measurement(
                    "event to the first line of its task, \(name)", samples.quantile(0.99), "µs p99",
                    target: .atMost(1000)))
        }
        await host.shutdown()
        return results
    }

    private static func microseconds(_ host: TaskHost, _ count: Int, pause: Duration) async throws -> [Double] {
        var samples: [Double] = []
        var answers = host.events.makeAsyncIterator()
        let user = "user \(Int.random(in: 0..<1 << 40))"
        for _ in 0..<count {
            try host.send(Event("view", page: "/a", attributes: ["user": .text(user)]))
            if pause > .zero { try await Task.sleep(for: pause) }
            let start = monotonicNanoseconds
            try host.send(Event("cart", page: "/a", attributes: ["user": .text(user), "price": .float(20)]))
            while let event = await answers.next() {
                guard case .answered(_, _, let result) = event.kind else { continue }
                guard case .array(let values) = try result.get(), let first = values.first?.number else { continue }
                try BenchmarkError.check(values.last == 2, "a match of two events")
                samples.append((first - start) / 1000)
                break
            }
        }
        return samples
    }

    /// The clock of `time.monotonic_ns`.
    private static var monotonicNanoseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
