/// What events, or time that went on, made of themselves.
package struct EngineOutput: Sendable {
    package var matches: [TriggeredMatch]
    /// Rows by the name of their stream.
    package private(set) var rows: [(stream: String, rows: [StreamRows])] = []

    init(matches: [TriggeredMatch] = []) { self.matches = matches }

    mutating func add(_ rows: [StreamRows], of stream: String) {
        if !rows.isEmpty { self.rows.append((stream, rows)) }
    }
}

/// Events that a trigger waited for.
package struct TriggeredMatch: Sendable, Hashable {
    package var trigger: Int
    /// The values of the trigger's key.
    package var key: [EventValue]
    /// When it was certain, by the time of events.
    package var time: Int64
    /// In the order in which they were taken.
    package var events: [Part]

    package struct Part: Sendable, Hashable {
        /// Of the event among all events.
        package var place: Int64
        /// The step of the pattern.
        package var step: String
        /// Nil when it happened too long ago to be held.
        package var event: Event?
    }
}

/// How an engine is doing, since it began.
public struct EngineStatus: Sendable, Hashable, Codable {
    /// Events taken: the place of the next one.
    public var events: Int64 = 0
    /// The latest time of an event in microseconds since 1970 in UTC; nil before the first.
    public var latest: Int64?
    /// The place of the first event that a crash would lose: from here on its source sends events again. Without a store,
    /// that of the next one.
    public var committed: Int64 = 0
    /// Rows that wait to be written.
    public var pendingRows = 0
    /// Why the store could not be written the last time; nil when it could.
    public var storeFailure: String?
    /// Triggers there are now.
    public var triggers = 0
    /// Matches of triggers.
    public var matches = 0
    /// Partial matches that a limit dropped: matches may be missing.
    public var droppedPartialMatches = 0
    /// Keys that a limit dropped, with all their partial matches.
    public var droppedKeys = 0
    /// Events earlier than one before them, which triggers took to be as late as that.
    public var disordered = 0
    /// Events that came too late for a stream.
    public var late = 0
    /// Events that streams left out, as their groups would have been too many.
    public var dropped = 0
    /// Groups of streams, and partial matches of their patterns, that were given up early, as there were too many.
    public var evicted = 0
    /// Values that were null because their type was not their attribute's.
    public var unfit = 0
    /// Texts that were null, and kept as free attributes, because there were too many different ones.
    public var crowded = 0
    /// Values of attributes beside the schema's that were left out, as an event had too many bytes of them.
    public var leftOut = 0
    /// Events of which a match could tell only the place, as there were too many to hold.
    public var forgotten = 0
    /// Distinct texts.
    public var texts = 0
    /// Memory of texts and of events that are held.
    public var bytes = 0
}
