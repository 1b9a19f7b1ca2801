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

    package init(
        name: String, source: StreamSource, filter: Expression? = nil, key: [String], pattern: EventPattern
    ) {
        self.name = name
        self.source = source
        self.filter = filter
        self.key = key
        self.pattern = pattern
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
