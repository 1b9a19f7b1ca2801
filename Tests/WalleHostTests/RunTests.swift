import Foundation
import Logging
import Testing
import Walle

/// Everything that owns the process-wide CPython, one suite after the other.
@Suite(.serialized) enum HostSuite {}

extension HostSuite {
    @Suite struct RunTests {
        struct Session: Codable, Equatable { var user: Int; var recent: [Int] }
        struct Ranking: Codable, Equatable { var top: [Int]; var score: [Double] }

        @Test func codableInAndOut() async throws {
            let package = try TestPackage(
                """
                def run(session: dict) -> dict:
                    ranked = sorted(session["recent"], reverse=True)
                    return {"top": ranked, "score": [x / 10 for x in ranked]}
                """)
            try await withHost(package) { (host: TaskHost) async throws in
                let ranking: Ranking = try await host.run("sample", Session(user: 7, recent: [3, 9]))
                #expect(ranking == Ranking(top: [9, 3], score: [0.9, 0.3]))
            }
        }

        @Test func stateStaysInItsInstance() async throws {
            let package = try TestPackage("n = 0\ndef run(x):\n    global n\n    n += 1\n    return n")
            try await withHost(package) { (host: TaskHost) async throws in
                for expected in 1...5 { #expect(try await host.run("sample", .none) == .integer(expected)) }
            }
        }

        @Test func coroutinesAreAwaited() async throws {
            let package = try TestPackage(
                "import asyncio\nasync def run(x):\n    await asyncio.sleep(0.001)\n    return x * 2")
            try await withHost(package) { (host: TaskHost) async throws in
                let doubled: [Int] = try await values(1...4) { try await host.run("sample", $0) }
                #expect(doubled == [2, 4, 6, 8])
            }
        }

        @Test(arguments: [
            "def run(n):\n    for i in range(n):\n        yield i",
            "async def run(n):\n    for i in range(n):\n        yield i",
        ])
        func generatorsStream(source: String) async throws {
            let package = try TestPackage(source)
            try await withHost(package) { (host: TaskHost) async throws in
                var seen: [Int] = []
                for try await value in host.stream("sample", 100, of: Int.self) { seen.append(value) }
                #expect(seen == Array(0..<100))
                #expect(try await host.run("sample", 3, as: [Int].self) == [0, 1, 2])
            }
        }

        @Test func aStreamThatEndedHoldsNothing() async throws {
            final class Token: Sendable {}
            struct Input: Encodable {
                let token: Token
                func encode(to encoder: any Encoder) throws { try 3.encode(to: encoder) }
            }
            let package = try TestPackage("def run(n):\n    for i in range(n):\n        yield i")
            weak let token = try await withHost(package) { (host: TaskHost) async throws -> Token in
                let token = Token()
                for try await _ in host.stream("sample", Input(token: token), of: Int.self) {}
                return token
            }
            // The VM's thread lets go of a run after it answered.
            for _ in 0..<100 where token != nil { try await Task.sleep(for: .milliseconds(10)) }
            #expect(token == nil)
        }

        @Test func anExceptionHalfWayEndsAStream() async throws {
            let package = try TestPackage("def run(n):\n    yield 1\n    yield 2\n    raise ValueError('half way')")
            try await withHost(package) { (host: TaskHost) async throws in
                var seen: [Int] = []
                let error = await failure { () async throws(TaskError) in
                    var iterator = host.stream("sample", 3, of: Int.self).makeAsyncIterator()
                    while let value = try await iterator.next() { seen.append(value) }
                }
                #expect(seen == [1, 2])
                guard case .script(let traceback) = error?.kind else { return #expect(Bool(false), "\(error as Any)") }
                #expect(traceback.type == "ValueError" && traceback.frames.last?.line == 4)
            }
        }

        @Test func leavingAStreamRunsItsFinally() async throws {
            let package = try TestPackage(
                """
                closed = 0
                def run(n):
                    global closed
                    if n == 0:
                        yield closed
                        return
                    try:
                        while True:
                            yield 1
                    finally:
                        closed += 1
                """)
            try await withHost(package) { (host: TaskHost) async throws in
                for try await _ in host.stream("sample", 1, of: Int.self) { break }
                #expect(try await host.run("sample", 0, as: [Int].self) == [1])
            }
        }

        @Test func aConsumersTimeIsNotTheScripts() async throws {
            let package = try TestPackage(
                toml: "[limits]\nrun = \"150ms\"", "def run(n):\n    for i in range(n):\n        yield 'x' * 10")
            try await withHost(package) { (host: TaskHost) async throws in
                var count = 0
                for try await _ in host.stream("sample", 40, of: String.self) {
                    count += 1
                    if count % 10 == 0 { try await Task.sleep(for: .milliseconds(100)) }
                }
                #expect(count == 40)
            }
        }

        @Test func anAbandonedStreamEnds() async throws {
            let package = try TestPackage(
                toml: "[limits]\nidle = \"100ms\"", "def run(n):\n    while True:\n        yield 1")
            try await withHost(package) { (host: TaskHost) async throws in
                let stream = host.stream("sample", 1, of: Int.self)
                var iterator = stream.makeAsyncIterator()
                _ = try await iterator.next()
                try await Task.sleep(for: .milliseconds(400))
                let error = await failure { () async throws(TaskError) in
                    while try await iterator.next() != nil {}
                }
                #expect(error?.kind == .limit(.idle))
                // The VM is free again.
                for try await _ in host.stream("sample", 1, of: Int.self) { break }
            }
        }

        @Test func cancellingTheTaskStopsTheScript() async throws {
            let package = try TestPackage("import time\ndef run(x):\n    while x: pass\n    return 'free'")
            try await withHost(package) { (host: TaskHost) async throws in
                let task = Task { try await host.run("sample", .integer(1)) }
                try await Task.sleep(for: .milliseconds(50))
                task.cancel()
                let result = await task.result
                #expect((try? result.get()) == nil)
                if case .failure(let error as TaskError) = result { #expect(error.kind == .cancelled) }
                #expect(try await host.run("sample", .integer(0)) == "free")
            }
        }

        @Test func equalKeysGoToTheSameInstance() async throws {
            let package = try TestPackage(
                toml: "instances = 3\nroute = \"user\"",
                "seen = set()\ndef run(x):\n    seen.add(x['user'])\n    return sorted(seen)")
            try await withHost(package) { (host: TaskHost) async throws in
                struct Input: Codable, Sendable { var user: Int }
                for _ in 0..<3 {
                    for user in 0..<12 { _ = try await host.run("sample", Input(user: user), as: [Int].self) }
                }
                var sets: Set<[Int]> = []
                for user in 0..<12 { sets.insert(try await host.run("sample", Input(user: user), as: [Int].self)) }
                #expect(sets.count == 3)
                #expect(sets.flatMap { $0 }.sorted() == Array(0..<12))
            }
        }

        @Test func aRouteKeyNeedsNoRoute() async throws {
            let package = try TestPackage(
                toml: "instances = 3", "seen = set()\ndef run(x):\n    seen.add(x)\n    return sorted(seen)")
            try await withHost(package) { (host: TaskHost) async throws in
                @Sendable func run(_ user: Int) async throws -> [Int] {
                    try await host.run("sample", user, options: RunOptions(routeKey: "user \(user)"))
                }
                try await withThrowingTaskGroup { group in
                    for number in 0..<60 { group.addTask { _ = try await run(number % 12) } }
                    try await group.waitForAll()
                }
                var sets: Set<[Int]> = []
                for user in 0..<12 { sets.insert(try await run(user)) }
                #expect(sets.flatMap { $0 }.sorted() == Array(0..<12))
            }
        }

        @Test func aFullQueueSaysSo() async throws {
            let package = try TestPackage(
                toml: "[limits]\nqueue = 2", "import time\ndef run(x):\n    time.sleep(0.3)\n    return x")
            try await withHost(package) { (host: TaskHost) async throws in
                let outcomes = await withTaskGroup(of: TaskError.Kind?.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            await failure { () async throws(TaskError) in
                                try await host.run("sample", .integer(number))
                            }?.kind
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.count { $0 == .queueFull } == 3)
                #expect(outcomes.count { $0 == nil } == 3)
            }
        }

        @Test func higherPriorityComesFirst() async throws {
            let package = try TestPackage(
                "import time\norder = []\ndef run(x):\n    if x == 0: time.sleep(0.2)\n    order.append(x)\n    return order"
            )
            try await withHost(package) { (host: TaskHost) async throws in
                async let first = host.run("sample", 0)
                try await Task.sleep(for: .milliseconds(50))
                async let low = host.run("sample", 1, options: RunOptions(priority: .low))
                try await Task.sleep(for: .milliseconds(20))
                async let high = host.run("sample", 2, options: RunOptions(priority: .high))
                _ = try await (first, high)
                #expect(try await low == [0, 2, 1])
            }
        }

        @Test func aDeadlineCountsTheQueue() async throws {
            let package = try TestPackage("import time\ndef run(x):\n    time.sleep(x)\n    return x")
            try await withHost(package) { (host: TaskHost) async throws in
                async let first = host.run("sample", .double(0.5))
                try await Task.sleep(for: .milliseconds(50))
                let error = await failure { () async throws(TaskError) in
                    try await host.run("sample", .double(0), options: RunOptions(deadline: .milliseconds(60)))
                }
                #expect(error?.kind == .limit(.time))
                _ = try await first
            }
        }

        @Test func whatAScriptPrintsIsLogged() async throws {
            let catcher = LogCatcher()
            var configuration = quiet
            configuration.logger = .init(label: "test") { _ in catcher }
            let package = try TestPackage(
                "import sys\ndef run(x):\n    print('hello')\n    print('bad', file=sys.stderr)\n"
                    + "    sys.stdout.buffer.write(b'\\xff\\n')\n    return 1")
            try await withHost(package, configuration: configuration) { (host: TaskHost) async throws in
                _ = try await host.run("sample", .none)
            }
            #expect(catcher.caught.contains("info hello"))
            #expect(catcher.caught.contains("warning bad"))
            #expect(catcher.caught.contains("info \u{FFFD}"))
        }

        @Test func twoHostsWorkBesideEachOther() async throws {
            let package = try TestPackage("n = 0\ndef run(x):\n    global n\n    n += 1\n    return n")
            try await withHost(package) { (first: TaskHost) async throws in
                try await withHost(package) { (second: TaskHost) async throws in
                    _ = try await first.run("sample", .none)
                    #expect(try await second.run("sample", .none) == 1)
                }
                #expect(try await first.run("sample", .none) == 2)
            }
        }

        @Test func aRemovedPackageGoesOn() async throws {
            let package = try TestPackage(
                "from helper import value\ndef run(x):\n    return value()"
            )
            try package.write("helper.py", "def value():\n    return 41\n")
            try await withHost(package) { (host: TaskHost) async throws in
                package.remove()
                #expect(try await host.run("sample", .bool(false)) == 41)
            }
        }
    }
}

func values<Element: Sendable, Result: Sendable>(
    _ elements: some Sequence<Element>, _ body: (Element) async throws -> Result
) async throws -> [Result] {
    var results: [Result] = []
    for element in elements { results.append(try await body(element)) }
    return results
}
