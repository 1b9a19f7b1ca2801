import Walle

/// A loop that keeps a task busy: the next run begins when the one before is answered.
struct Feed: Sendable {
    let task: String
    /// Makes the run of a number counted from 0.
    let run: @Sendable (Int) async -> Void

    func play(until stage: Stage) async {
        var number = 0
        while !stage.isOver {
            await run(number)
            number += 1
        }
    }
}

extension Feed {
    /// Enough that each VM of a task that learns has work while another partition's answer is on its way.
    static let partitions = 8

    static func all(_ stream: Clickstream, on stage: Stage) -> [Feed] {
        let parts = Partition.split(stream, into: partitions)
        return parts.map { predictions(of: $0, on: stage) } + parts.map { anomalies(of: $0, on: stage) }
            + sessions(in: stream, on: stage) + funnels(in: stream, on: stage) + [purchases(in: stream, on: stage)]
    }

    private static func predictions(of partition: Partition, on stage: Stage) -> Feed {
        let options = RunOptions(routeKey: "partition \(partition.number)")
        return Feed(task: "next-action") { number in
            let batch = partition.batch(number)
            let result: Predictions? = await stage.ledger.book("next-action", events: batch.events.count) {
                () async throws(TaskError) in try await stage.host.run("next-action", batch, options: options)
            }
            if let result { stage.findings.add(result) }
        }
    }

    private static func anomalies(of partition: Partition, on stage: Stage) -> Feed {
        let options = RunOptions(routeKey: "partition \(partition.number)")
        return Feed(task: "anomaly") { number in
            let batch = partition.batch(number)
            let result: Anomalies? = await stage.ledger.book("anomaly", events: batch.events.count) {
                () async throws(TaskError) in try await stage.host.run("anomaly", batch, options: options)
            }
            if let result { stage.findings.add(result) }
        }
    }

    private static func sessions(in stream: Clickstream, on stage: Stage) -> [Feed] {
        let batches = stream.wholeUsers(ofAbout: 1500)
        return lanes(of: "session-stats", on: stage) { number in
            let batch = UserBatch(events: batches[number % batches.count])
            let result: SessionStatistics? = await stage.ledger.book("session-stats", events: batch.events.count) {
                () async throws(TaskError) in try await stage.host.run("session-stats", batch)
            }
            if let result { stage.findings.add(result) }
        }
    }

    private static func funnels(in stream: Clickstream, on stage: Stage) -> [Feed] {
        let batches = stream.wholeUsers(ofAbout: 5000)
        return lanes(of: "funnel", on: stage) { number in
            let by = number % 2 == 0 ? "week" : "platform"
            let batch = FunnelBatch(by: by, events: batches[number / 2 % batches.count])
            let result: FunnelReport? = await stage.ledger.book("funnel", events: batch.events.count) {
                () async throws(TaskError) in try await stage.host.run("funnel", batch)
            }
            if let result { stage.findings.add(result) }
        }
    }

    private static func purchases(in stream: Clickstream, on stage: Stage) -> Feed {
        let batches = stream.wholeUsers(ofAbout: 1000)
        return Feed(task: "purchase") { number in
            let batch = PurchaseBatch(events: batches[number % batches.count], plot: true)
            let result: PurchaseModel? = await stage.ledger.book("purchase", events: batch.events.count) {
                () async throws(TaskError) in try await stage.host.run("purchase", batch)
            }
            if let result { stage.findings.add(result) }
        }
    }

    /// A feed for each VM, as far as there are cores: more would only wait for one another. Each begins elsewhere.
    private static func lanes(
        of task: String, on stage: Stage, _ run: @escaping @Sendable (Int) async -> Void
    ) -> [Feed] {
        let instances = stage.host.status.tasks.first { $0.name == task }?.instances ?? 1
        let count = max(1, min(instances, MachineUsage.cores))
        return (0..<count).map { lane in
            Feed(task: task) { number in await run(lane + number * count) }
        }
    }
}
