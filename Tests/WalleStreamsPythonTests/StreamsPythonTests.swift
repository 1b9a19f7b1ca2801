import Foundation
import Testing
import Walle
import WalleBinding
import WalleModules
import WallePython
import WalleStreams

/// `walle.streams` as scripts see it: every function `test_…` of the files in `Fixtures` runs in an isolated interpreter.
@Suite(.serialized) struct StreamsPythonTests {
    static let files = [
        "agreement.py", "builder.py", "forms.py", "functions.py", "inference.py", "ipv.py", "running.py", "states.py",
    ]

    @Test(.timeLimit(.minutes(2)), arguments: files) func passes(_ file: String) async throws {
        let outcome = try await FixtureScript(file).outcome()
        #expect(outcome.count > 0, "\(file) has no tests")
        for failure in outcome.failures { Issue.record("\(file) \(failure)") }
    }

    @Test(.timeLimit(.minutes(2))) func passesInTwoInterpretersAtOnce() async throws {
        try await withThrowingTaskGroup(of: FixtureScript.Outcome.self) { group in
            for file in ["functions.py", "running.py"] { group.addTask { try await FixtureScript(file).outcome() } }
            for try await outcome in group { #expect(outcome.failures.isEmpty && outcome.count > 0) }
        }
    }

    /// Python, TOML and Swift make one definition.
    @Test func formsAreEqual() async throws {
        let pairs = try await FixtureScript("forms.py").value("result = forms()", as: [[String]].self)
        #expect(pairs.count > 5)
        var built = try BuilderForms.definitions()
        for pair in pairs {
            let python = try DefinitionReader.read(toml: pair[0], file: "python.toml")
            #expect(try python == DefinitionReader.read(toml: pair[1], file: "written.toml"))
            let name = python.streams.last?.name ?? python.patterns.last?.name ?? ""
            if let swift = built[name], python.patterns.first?.mostGroups ?? 3 == 3 {
                #expect(swift == python, "\(name)")
                built[name] = nil
            }
        }
        #expect(built.isEmpty, "\(built.keys)")
        let second = try DefinitionReader.read(toml: pairs[1][0], file: "python.toml")
        let source = StreamSource(
            name: "s",
            schema: EventSchema(event: "name", page: "url", time: "at", attributes: [.init("a b", .int)]))
        let isX = Expression.binary(.equal, .name("name"), .literal(.text("x")))
        #expect(
            second.streams == [
                StreamDefinition(
                    name: "other", source: source,
                    filter: .binary(.and, isX, .like(.name("url"), pattern: "/shop/%")), key: ["a b", "url"],
                    window: .hopping(size: 3_600_000_000, slide: 600_000_000, offset: 60_000_000),
                    aggregates: [Aggregate("n", .count, where: isX)], emission: .retractions)
            ])
    }

    /// The ready feature and its vectors are those of Swift.
    @Test(.timeLimit(.minutes(1))) func itemPageViewsAreThoseOfSwift() async throws {
        let written = try await FixtureScript("ipv.py").value("result = ipv.definition().to_toml()", as: String.self)
        let read = try DefinitionReader.read(toml: written, file: "python.toml")
        #expect(read.streams == [ItemPageView.definition()])

        var simulator = PageViewSimulator(seed: 5, users: 20, items: 5)
        var log = PageViewLog(seed: 6)
        let events = simulator.events(600)
        let texts = TextDictionary()
        let pipeline = try StreamPipeline(ItemPageView.definition(), texts: texts)
        var builder = EventBatchBuilder(schema: pipeline.source.schema, texts: texts)
        for event in events { builder.append(event) }
        let at = (events.last?.time ?? 0) + 1_000_000
        let encoder = ItemPageViewEncoder(texts: texts)
        var expected: [String: [Double]] = [:]
        for rows in try pipeline.process(builder.finish()) + pipeline.advance(to: .max) {
            for row in 0..<rows.count {
                let keys = rows.keys.map { $0.value(at: row, texts: texts) }
                guard case (.text(let user), .text(let item)) = (keys[0], keys[1]) else { continue }
                let vector = encoder.vector(rows, row: row, at: at)
                expected["\(user) \(item) \(rows.results.starts[row])"] = (0..<32).map { Double(vector[$0]) }
            }
        }
        let lines = events.map { log.line($0) }.joined(separator: "\n")
        let quoted = String(decoding: try JSONEncoder().encode(lines), as: UTF8.self)
        let found = try await FixtureScript("ipv.py").value(
            "result = vectors(\(quoted), \(at))", as: [String: [Double]].self)
        #expect(Set(found.keys) == Set(expected.keys) && found.count > 20)
        for (key, vector) in found {
            let other = expected[key] ?? []
            #expect(zip(vector, other).allSatisfy { abs($0 - $1) < 1e-5 }, "\(key)")
        }
    }

    /// A function that hangs ends with the run's time, and the same events can be sent again.
    @Test func stopsAFunctionThatHangs() async throws {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 1 << 30, name: "hangs"))
        defer { machine.close() }
        let source = """
            from walle import streams as st
            hangs = True
            def wait(n):
                while hangs:
                    pass
                return n
            stream = st.source("s", columns={"n": "int"}).let(y=st.batch(wait, "int", "n")).key_by()
            opened = stream.window(st.tumbling("1s")).aggregate(n=st.sum("y")).open()
            events = [{"event": "x", "timestamp": 1_700_000_000_000_000 + i * 100_000, "n": i} for i in range(20)]
            """
        nonisolated(unsafe) var namespace: PythonPointer?
        try await machine.perform { (interpreter) throws(PythonFailure) in
            interpreter.offer(WalleModules.all)
            namespace = try interpreter.keep(try interpreter.execute(source).take())
        }
        do throws(PerformFailure) {
            try await machine.perform(limits: RunLimits(time: .milliseconds(500), grace: .seconds(20))) {
                (interpreter) throws(PythonFailure) in
                try interpreter.execute("opened.send(events)", in: namespace!)
            }
            Issue.record("the function was not stopped")
        } catch {
            guard case .run(.stopped(.time, let traceback, _)) = error else { throw error }
            #expect(traceback?.frames.contains { $0.function == "wait" } == true)
        }
        let sums = try await machine.perform { (interpreter) throws(PythonFailure) -> [Int] in
            let again = "hangs = False\nresult = [opened.position] + opened.send(events)['n'].tolist()"
            return try interpreter.evaluated(again, in: namespace!, as: [Int].self)
        }
        #expect(sums == [0, 45])
    }

    @Test func runsTheExamplesOfTheDocumentation() async throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Walle/Walle.docc/Streams.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let examples = text.components(separatedBy: "```python\n").dropFirst().prefix(2).compactMap {
            $0.components(separatedBy: "```").first
        }
        try #require(examples.count == 2)
        let setUp = "import walle.numpy as np\nmodel = np.ones(9)\n"
        let first = """

            values = [run.position, len(rows), row['views']]
            events = [{"event": "e", "timestamp": n, "user_id": n % 20, "price": float(n)} for n in range(50)]

            """
        let result = "\nresult = values + [len(run.finish()), run.counters['rows']]"
        let script = setUp + examples[0] + first + examples[1] + result
        let values = try await FixtureScript("agreement.py").value(script, as: [Int].self)
        #expect(values == [1, 0, 1, 10, 10])
    }

    @Test(.timeLimit(.minutes(2))) func manyBatchesLeaveNothingBehind() async throws {
        let call = "result = test_10_000_batches_leave_nothing_behind(live)"
        let bytes = try await FixtureScript("agreement.py").value(call, as: [Int].self)
        #expect(bytes.count == 2 && bytes[1] - bytes[0] < 100_000, "\(bytes)")
    }
}
