internal import Walle

/// `await host.run` of a function that does nothing, from the call to the result in the caller's task.
enum Latency {
    static func run(_ plan: Plan) async throws -> [Measurement] {
        let (empty, busy) = (
            try TaskFolder("empty", source: "def run(value):\n    return value\n"),
            try TaskFolder("work", instances: 2, source: TaskFolder.peerSource("work"))
        )
        let host = try TaskHost()
        try await host.load(empty.path)
        try await host.load(busy.path)
        let peer = try PeerProcess("latency")
        return try await idle(plan, host, peer) + [try await paused(plan, host)] + loaded(plan, host)
    }

    private static func idle(_ plan: Plan, _ host: TaskHost, _ peer: PeerProcess) async throws -> [Measurement] {
        let count = plan.count(2000)
        var (ours, processes, interpreters) = (Samples(), Samples(), Samples())
        _ = try await microseconds(host, 100)
        for _ in 0..<plan.rounds {
            ours.add(try await microseconds(host, count))
            processes.add(try peer.ask("processes", ["count": .integer(count)]) as [Double])
            interpreters.add(try peer.ask("interpreters", ["count": .integer(count)]) as [Double])
        }
        return [("multiprocessing pool", processes), ("_interpreters on a thread", interpreters)].map { name, samples in
            Measurement(
                "await host.run, empty, host idle", ours.median, "µs p50", peer: .init(name, samples.median),
                target: .atMost(20), note: "\(ours.summary("µs")); peer \(samples.summary("µs"))")
        }
    }

    /// The VM's thread has gone to sleep by the time each call comes.
    private static func paused(_ plan: Plan, _ host: TaskHost) async throws -> Measurement {
        var samples = Samples()
        for _ in 0..<plan.count(500) {
            try await Task.sleep(for: .milliseconds(5))
            samples.add(try await microseconds(host, 1))
        }
        return Measurement(
            "await host.run, empty, after 5 ms of silence", samples.median, "µs p50", note: samples.summary("µs"))
    }

    /// One VM, then two, compute while the empty task is called.
    private static func loaded(_ plan: Plan, _ host: TaskHost) async throws -> [Measurement] {
        var results: [Measurement] = []
        for busy in 1...2 {
            let load = (0..<busy).map { _ in
                Task { while !Task.isCancelled { let _: Int = try await host.run("work", 2_000_000) } }
            }
            var samples = Samples()
            for _ in 0..<plan.rounds { samples.add(try await microseconds(host, plan.count(500))) }
            for task in load {
                task.cancel()
                _ = await task.result
            }
            results.append(
                Measurement(
                    "await host.run, empty, \(busy) VM\(busy == 1 ? "" : "s") computing", samples.median, "µs p50",
                    target: busy == 1 ? .atMost(20) : nil, note: samples.summary("µs")))
        }
        return results
    }

    private static func microseconds(_ host: TaskHost, _ count: Int) async throws -> [Double] {
        var samples: [Double] = []
        samples.reserveCapacity(count)
        var sum = 0
        for index in 0..<count {
            let start = ContinuousClock.now
            let result: Int = try await host.run("empty", index)
            samples.append(Clock.seconds(since: start) * 1e6)
            sum += result
        }
        try BenchmarkError.check(sum == count * (count - 1) / 2, "wrong results")
        return samples
    }
}

/// What a host that has nothing to do takes of a processor, right after it had.
enum IdleProcessor {
    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folder = try TaskFolder("empty", instances: 4, source: "def run(value):\n    return value\n")
        let host = try TaskHost()
        try await host.load(folder.path)
        for index in 0..<1000 { let _: Int = try await host.run("empty", index) }
        try await Task.sleep(for: .seconds(1))
        let seconds = plan.isQuick ? 2 : 10
        let before = Resources.cpuSeconds
        try await Task.sleep(for: .seconds(seconds))
        let share = (Resources.cpuSeconds - before) / Double(seconds) * 100
        return [
            Measurement(
                "idle host, processor time", share, "% of a core", target: .atMost(0.1),
                note: "\(host.status.virtualMachines) VMs, \(seconds) s, all threads of the process")
        ]
    }
}
