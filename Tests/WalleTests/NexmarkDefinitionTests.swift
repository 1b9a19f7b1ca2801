import Testing
import Walle
import WalleStreams

/// The queries of NEXMark as a user writes them are those that are compared with other engines.
@Suite struct NexmarkDefinitionTests {
    @Test func readsTheQueries() throws {
        let text = try Fixtures.text("nexmark.toml")
        let streams = try DefinitionReader.read(toml: text, file: "nexmark.toml").streams
        let queries = try NexmarkQueries.all()
        #expect(streams.map(\.name) == queries.map(\.name))
        for (stream, query) in zip(streams, queries) {
            #expect(stream.identity == query.identity, "\(stream.name)")
            #expect(stream == query, "\(stream.name)")
        }
    }
}
