/// What `date_part` tells of a time.
enum TimePart: String, CaseIterable {
    case year, month, day, hour, minute, second
    /// Monday is 1.
    case weekday

    /// Of a local time.
    func value(_ fields: TimeFields) -> Int64 {
        switch self {
        case .year: fields.year
        case .month: fields.month
        case .day: fields.day
        case .hour: fields.hour
        case .minute: fields.minute
        case .second: fields.second
        case .weekday: fields.weekday
        }
    }

    /// Microseconds in which it does not change.
    var constancy: Int64 {
        switch self {
        case .year, .month, .day, .weekday: TimeText.microsecondsADay
        case .hour: 3600 * TimeText.microsecondsASecond
        case .minute: 60 * TimeText.microsecondsASecond
        case .second: TimeText.microsecondsASecond
        }
    }
}

/// What `date_trunc` and calendar windows cut time into.
package enum TimeUnit: String, Hashable, Sendable, CaseIterable {
    case minute, hour, day
    /// From Monday on.
    case week
    case month, year

    /// Microseconds, when each is as long as the others in UTC.
    package var length: Int64? {
        switch self {
        case .minute: 60 * TimeText.microsecondsASecond
        case .hour: 3600 * TimeText.microsecondsASecond
        case .day: TimeText.microsecondsADay
        case .week: 7 * TimeText.microsecondsADay
        case .month, .year: nil
        }
    }

    /// The first day of the unit that holds a day, both counted from 1970-01-01. Of days and longer units.
    func firstDay(of day: Int64) -> Int64 {
        let date = TimeFields.date(day)
        return switch self {
        case .week: day - floorRemainder(day + 3, 7)
        case .month: day - date.day + 1
        case .year: TimeFields.days(year: date.year, month: 1, day: 1)
        default: day
        }
    }

    /// The first day of the unit after the one that begins at a day.
    func firstDay(after day: Int64) -> Int64 {
        let date = TimeFields.date(day)
        return switch self {
        case .week: day + 7
        case .month where date.month == 12: TimeFields.days(year: date.year + 1, month: 1, day: 1)
        case .month: TimeFields.days(year: date.year, month: date.month + 1, day: 1)
        case .year: TimeFields.days(year: date.year + 1, month: 1, day: 1)
        default: day + 1
        }
    }
}

/// How `format_time` writes a time: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` and anything that is no letter.
struct TimePattern: Hashable {
    enum Piece: Hashable {
        case literal(String)
        case field(TimePart)
    }

    let pieces: [Piece]

    private static let fields: [String: TimePart] = [
        "yyyy": .year, "MM": .month, "dd": .day, "HH": .hour, "mm": .minute, "ss": .second,
    ]
    private static let longest = 200

    init(_ pattern: String) throws(StreamError) {
        guard pattern.utf8.count <= Self.longest else {
            throw StreamError(.limit, "a pattern of times is too long", remedy: "Write at most \(Self.longest) bytes.")
        }
        var pieces: [Piece] = []
        var rest = Substring(pattern)
        while let first = rest.first {
            let run = first.isLetter ? rest.prefix { $0 == first } : rest.prefix { !$0.isLetter }
            rest = rest.dropFirst(run.count)
            if let field = Self.fields[String(run)] {
                pieces.append(.field(field))
            } else if first.isLetter {
                throw StreamError(
                    .definition, "format_time knows no '\(run)' in '\(pattern)'",
                    remedy: "There are yyyy, MM, dd, HH, mm and ss; write other letters with ||.")
            } else {
                pieces.append(.literal(String(run)))
            }
        }
        self.pieces = pieces
    }

    /// Of a local time.
    func text(_ fields: TimeFields) -> String {
        pieces.reduce(into: "") { text, piece in
            switch piece {
            case .literal(let literal): text += literal
            case .field(let part): text += TimeText.pad(part.value(fields), part == .year ? 4 : 2)
            }
        }
    }

    /// Microseconds in which the text does not change.
    var constancy: Int64 {
        pieces.reduce(TimeText.microsecondsADay) { least, piece in
            if case .field(let part) = piece { min(least, part.constancy) } else { least }
        }
    }
}
