import Testing

@testable import WalleStreams

/// What is saved and restored goes on as if it had never stopped.
@Suite struct SnapshotTests {
    static let kinds =
        WindowTests.kinds + [
            .over(size: 15), .over(size: 1), .calendar(unit: .day, zone: "Europe/Berlin"),
        ]

    @Test(arguments: kinds, [0, 60] as [Int64])
    func goesOnWithTheSameRows(window: WindowKind, lateness: Int64) throws {
        for seed in 0..<2 as Range<UInt64> {
            var random = SeededRandom(seed &* 31 &+ UInt64(lateness))
            let events = WindowTests.events(180, disorder: 25, &random)
            let emission: StreamDefinition.Emission = seed == 1 ? .retractions : .final
            let make = {
                try WindowTests.makeRunner(window, delay: 8, lateness: lateness, emission)
            }
            let whole = try make()
            let expected = whole.process(WindowTests.batch(events[...])) + whole.advance(to: .max)
            let (rows, late) = try Self.interrupted(events, &random, make)
            #expect(late == whole.lateCount, "seed \(seed), \(window)")
            #expect(Self.lines(rows) == Self.lines(expected), "seed \(seed), \(window), lateness \(lateness)")
        }
    }

    /// Saves at random points, and goes on with a restored one, sometimes after a save that failed.
    static func interrupted(
        _ events: [NaiveEvent], _ random: inout SeededRandom, _ make: () throws -> WindowRunner
    ) throws -> ([WindowResults], late: Int) {
        var (runner, recorder, saved) = (try make(), StateRecorder(), SavedBlocks())
        var results: [WindowResults] = []
        var from = 0
        while from < events.count {
            let end = min(events.count, from + Int.random(in: 1...40, using: &random))
            results += runner.process(WindowTests.batch(events[from..<end]))
            from = end
            let changes = recorder.record { runner.record($0) }
            if Int.random(in: 0..<4, using: &random) == 0 {
                recorder.rollBack()
                continue
            }
            saved.apply(changes)
            recorder.commit()
            if Bool.random(using: &random) {
                let state = try saved.state()
                runner = try make()
                try runner.restore(state)
                recorder = StateRecorder(state)
            }
        }
        results += runner.advance(to: .max)
        return (results, runner.lateCount)
    }

    /// The rows, each with all its bits, in any order of those that come together.
    static func lines(_ results: [WindowResults]) -> [String] {
        results.flatMap { result in
            result.keys.indices.map { index in
                "\(result.change) \(result.keys[index]) \(result.starts[index]) \(result.ends[index]) "
                    + "\(result.revisions[index]) \(WindowTests.values(result, index))"
            }
        }.sorted()
    }

    @Test func writesOnlyWhatChanged() throws {
        var random = SeededRandom(4)
        let runner = try WindowTests.makeRunner(.tumbling(size: 1000, offset: 0), delay: 5000, lateness: 0, .final)
        let events = (0..<4000).map { row in
            NaiveEvent(time: Int64(row), key: .random(in: 0..<2000, using: &random), value: 1, row: row)
        }
        let recorder = StateRecorder()
        _ = runner.process(WindowTests.batch(events[..<3998]))
        _ = runner.process(WindowTests.batch(events[3998..<3999]))
        #expect(recorder.record { runner.record($0) }.written.count > 4)
        recorder.commit()
        #expect(recorder.record { runner.record($0) }.written.isEmpty)
        recorder.commit()
        _ = runner.process(WindowTests.batch(events[3999...]))
        // One block of one pane, and the latest time.
        let changes = recorder.record { runner.record($0) }
        #expect(changes.written.map(\.item.kind) == [.runner, .pane])
        recorder.rollBack()
        #expect(recorder.record { runner.record($0) }.written.count == 2, "what was not saved is still to be saved")
    }

    @Test(arguments: kinds + [.visit(timeout: 12, enter: "in", exit: "out")])
    func refusesWhatIsDamaged(window: WindowKind) throws {
        var random = SeededRandom(9)
        let runner = try WindowTests.makeRunner(window, delay: 8, lateness: Self.lateness(window), .final)
        _ = runner.process(WindowTests.batch(WindowTests.events(120, disorder: 10, &random)[...]))
        let recorder = StateRecorder()
        var saved = SavedBlocks()
        saved.apply(recorder.record { runner.record($0) })
        for _ in 0..<8 {
            var blocks = saved.all
            let index = Int.random(in: 0..<blocks.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: blocks[index].bytes[Int.random(in: 0..<blocks[index].bytes.count, using: &random)] ^= 0x10
            case 1: blocks[index].bytes.removeLast(Int.random(in: 1...blocks[index].bytes.count, using: &random))
            default: blocks[index].item.id &+= 1
            }
            let other = try WindowTests.makeRunner(window, delay: 8, lateness: Self.lateness(window), .final)
            let error = #expect(throws: StreamError.self) { try other.restore(try SavedState(blocks)) }
            #expect(error?.code == .storage)
        }
    }

    /// Blocks whose checksums are right and whose contents are not are refused, or do no harm.
    @Test(arguments: kinds + [.visit(timeout: 12, enter: "in", exit: "out")])
    func survivesWhatIsForged(window: WindowKind) throws {
        var random = SeededRandom(10)
        let runner = try WindowTests.makeRunner(window, delay: 8, lateness: Self.lateness(window), .final)
        _ = runner.process(WindowTests.batch(WindowTests.events(120, disorder: 10, &random)[...]))
        var saved = SavedBlocks()
        saved.apply(StateRecorder().record { runner.record($0) })
        for _ in 0..<15 {
            var blocks = saved.all
            let index = Int.random(in: 0..<blocks.count, using: &random)
            let (item, place) = (blocks[index].item, blocks[index].index)
            var writer = BlockWriter()
            for (at, byte) in blocks[index].bytes.dropFirst(StateFormat.headerBytes).enumerated() {
                writer.write(at < 40 && Int.random(in: 0..<8, using: &random) == 0 ? UInt8.random(in: 0...255) : byte)
            }
            blocks[index].bytes = writer.finish(item, place).bytes
            let other = try WindowTests.makeRunner(window, delay: 8, lateness: Self.lateness(window), .final)
            try? other.restore(try SavedState(blocks))
        }
    }

    /// Visits know none.
    private static func lateness(_ window: WindowKind) -> Int64 { if case .visit = window { 0 } else { 20 } }
}
