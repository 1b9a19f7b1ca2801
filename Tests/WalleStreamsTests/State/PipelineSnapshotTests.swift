import Testing

@testable import WalleStreams

/// A whole pipeline with texts, keys of several columns and lists, saved and restored with its dictionary.
@Suite struct PipelineSnapshotTests {
    @Test(arguments: [
        WindowKind.tumbling(size: 50, offset: 0), .hopping(size: 60, slide: 10, offset: 0), .session(gap: 9),
        .over(size: 30),
    ])
    func goesOnWithTheSameRows(window: WindowKind) throws {
        for seed in 0..<2 as Range<UInt64> {
            let events = StreamFixtures.events(200, seed: seed)
            let definition = StreamFixtures.definition(window)
            let expected = try run(definition, events, stops: false, seed)
            let interrupted = try run(definition, events, stops: true, seed)
            #expect(expected == interrupted, "seed \(seed), \(window)")
            #expect(!expected.isEmpty)
        }
    }

    private func run(_ definition: StreamDefinition, _ events: [Event], stops: Bool, _ seed: UInt64) throws -> [String]
    {
        var random = SeededRandom(seed)
        var texts = TextDictionary()
        var pipeline = try StreamPipeline(definition, texts: texts)
        var (recorder, saved) = (StateRecorder(), SavedBlocks())
        var lines: [String] = []
        var from = 0
        while from < events.count {
            let end = min(events.count, from + Int.random(in: 1...40, using: &random))
            let batch = StreamFixtures.batch(events[from..<end], definition.source, texts)
            lines += try pipeline.process(batch).flatMap { StreamFixtures.lines($0, texts) }
            from = end
            guard stops else { continue }
            saved.apply(pipeline.changes(recorder))
            recorder.commit()
            let copy = TextDictionary()
            for code in 0..<texts.count { _ = copy.code(of: texts.text(UInt32(code))) }
            texts = copy
            pipeline = try StreamPipeline(definition, texts: texts)
            recorder = try pipeline.restore(try saved.state())
        }
        lines += try pipeline.advance(to: .max).flatMap { StreamFixtures.lines($0, texts) }
        return lines.sorted()
    }

    @Test func tellsWhatMakesADefinitionAnother() throws {
        var definition = StreamFixtures.definition(.tumbling(size: 50, offset: 0))
        let before = definition.identity
        definition.source.idle = 5
        #expect(definition.identity == before)
        definition.aggregates[1].filter = nil
        #expect(zip(definition.identity, before).filter { $0 != $1 }.count == 1)
    }
}
