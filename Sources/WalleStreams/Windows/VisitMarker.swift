/// What an event is to a visit. One byte an event.
enum VisitMark {
    static let inside: UInt8 = 0
    static let enter: UInt8 = 1
    static let exit: UInt8 = 2
}

/// Finds the events that begin and end visits, by their names.
struct VisitMarker {
    private let enter: String
    private let exit: String
    /// Of the dictionary that they were looked up in; nil as long as it does not have them.
    private var codes: (enter: UInt32?, exit: UInt32?) = (nil, nil)
    private var texts: TextDictionary?

    /// Nil for windows that are no visits.
    init?(_ window: WindowKind) {
        guard case .visit(_, let enter, let exit) = window else { return nil }
        self.enter = enter
        self.exit = exit
    }

    /// Of each event its mark.
    mutating func marks(_ batch: EventBatch) -> [UInt8] {
        if texts !== batch.texts { (texts, codes) = (batch.texts, (nil, nil)) }
        // Looked up only: a name that no event had yet must not get a code before those that had.
        if codes.enter == nil { codes.enter = batch.texts.existing(enter) }
        if codes.exit == nil { codes.exit = batch.texts.existing(exit) }
        let names = batch.events.codes
        // No text has this code: a dictionary holds fewer.
        let (enter, exit) = (codes.enter ?? .max, codes.exit ?? .max)
        return [UInt8](unsafeUninitializedCapacity: batch.count) { marks, count in
            for row in 0..<batch.count {
                let code = names[row]
                marks[row] = code == enter ? VisitMark.enter : code == exit ? VisitMark.exit : VisitMark.inside
            }
            if let nulls = batch.events.nulls {
                for row in 0..<batch.count where nulls[row] { marks[row] = VisitMark.inside }
            }
            count = batch.count
        }
    }
}
