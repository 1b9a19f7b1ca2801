/// What a stream is searched for: events of a key that follow each other as a pattern says.
package struct PatternDefinition: Hashable, Sendable {
    /// Names the matches: letters, digits, `_` and `-`.
    package var name: String
    package var source: StreamSource
    /// Keeps the events where it is true; nil keeps all.
    package var filter: Expression?
    /// Names of attributes; empty for one sequence of everything.
    package var key: [String]
    package var pattern: EventPattern
    /// So many keys have partial matches at most; beyond, the oldest of these are given up, and counted.
    package var mostGroups: Int

    package init(
        name: String, source: StreamSource, filter: Expression? = nil, key: [String], pattern: EventPattern,
        mostGroups: Int = StreamDefinition.mostGroups
    ) {
        self.name = name
        self.source = source
        self.filter = filter
        self.key = key
        self.pattern = pattern
        self.mostGroups = mostGroups
    }
}

/// What a file defines.
package struct StreamDefinitions: Hashable, Sendable {
    package var streams: [StreamDefinition]
    package var patterns: [PatternDefinition]

    package init(streams: [StreamDefinition], patterns: [PatternDefinition]) {
        self.streams = streams
        self.patterns = patterns
    }
}
