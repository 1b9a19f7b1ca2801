internal import Foundation
internal import Walle

/// A function of Python that gets whole batches, before windows over text keys: columns come from the script, too.
enum FunctionBenchmark {
    private static let source = """
        from time import thread_time

        import walle.numpy as np
        from walle import streams as st

        ROWS = 8192
        START = 1_700_000_000_000_000
        NAMES = [f"user_{1_000_000 + key}" for key in range(1000)]


        def columns(first):
            index = np.arange(first, first + ROWS)
            keys = ((index * 2654435761) & 0xFFFFFFFF) // 256 % 1000
            return {
                "timestamp": START + index * 10 - index * 40503 % 65536 * 2_000_000 // 65536,
                "event": "view",
                "user": [NAMES[key] for key in keys.tolist()],
                "price": (index * 7919 % 1000) / 10,
            }


        def run(count):
            calls = []

            def euros(price):
                calls.append(len(price))
                return price * 0.92

            source = st.source("clicks", delay="2s", columns={"user": "text", "price": "float"})
            opened = (
                source.let(euros=st.batch(euros, "float", "price"))
                .key_by("user")
                .window(st.tumbling("10s"))
                .aggregate(events=st.count(), total=st.sum("euros"), least=st.min("euros"), most=st.max("euros"))
                .open()
            )
            told, events, given, taken = 0, 0, 0.0, 0.0
            for first in range(0, count, ROWS):
                made = columns(first)
                begin = thread_time()
                batch = opened.batch(made)
                middle = thread_time()
                rows = opened.send(batch)
                taken += thread_time() - middle
                given += middle - begin
                told += len(rows)
                events += sum(rows["events"].tolist())
            begin = thread_time()
            rows = opened.finish()
            taken += thread_time() - begin
            return [given, taken, events + sum(rows["events"].tolist()), sum(calls), told + len(rows)]
        """

    static func run(_ plan: Plan) async throws -> [Measurement] {
        let folder = try TaskFolder("functions", source: source)
        let host = try TaskHost()
        try await host.load(folder.path)
        let count = plan.count(2_000_000) / 8192 * 8192
        var (whole, batches) = (Samples(), Samples())
        for _ in 0..<plan.rounds {
            guard case .array(let values) = try await host.run("functions", .integer(count)) else { break }
            let figures = values.compactMap(\.number)
            try BenchmarkError.check(
                figures.count == 5 && figures[2] == Double(count) && figures[3] == Double(count) && figures[4] > 0,
                "each event goes through the function and into a row")
            whole.add(Double(count) / (figures[0] + figures[1]) / 1e6)
            batches.add(Double(count) / figures[1] / 1e6)
        }
        await host.shutdown()
        return [
            Measurement(
                "a Python function of whole batches, tumbling 10 s, 1,000 text keys", batches.median, "M events/s",
                target: .atLeast(1), note: batches.spread),
            Measurement(
                "the same, with lists and arrays made columns", whole.median, "M events/s", note: whole.spread),
        ]
    }
}
