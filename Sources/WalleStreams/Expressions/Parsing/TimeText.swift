/// Times as text: `2024-03-31`, `2024-03-31 12:30:00`, `2024-03-31T12:30:00.5Z`, `2024-03-31 12:30:00+02:00`.
package enum TimeText {
    package static let microsecondsASecond: Int64 = 1_000_000
    package static let microsecondsADay: Int64 = 86_400_000_000

    /// Microseconds since 1970 in UTC; without a zone the time is in UTC. Nil when the text is no time.
    package static func microseconds(_ text: some StringProtocol) -> Int64? {
        var reader = TimeReader(text: Array(text.utf8))
        return reader.time()
    }

    /// As SQL writes it: `2024-03-31 12:30:00`, behind it the fraction of the second as far as there is one.
    package static func text(_ microseconds: Int64) -> String {
        let fields = TimeFields(microseconds)
        var text = "\(pad(fields.year, 4))-\(pad(fields.month, 2))-\(pad(fields.day, 2)) "
        text += "\(pad(fields.hour, 2)):\(pad(fields.minute, 2)):\(pad(fields.second, 2))"
        let fraction = floorRemainder(microseconds, microsecondsASecond)
        if fraction != 0 {
            var digits = pad(fraction, 6)
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text
    }

    static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Rounds down, where `/` rounds towards zero. The divisor is above zero.
@inline(__always) package func floorDivision(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return quotient * divisor > value ? quotient - 1 : quotient
}

/// From zero up to the divisor, which is above zero.
@inline(__always) package func floorRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder < 0 ? remainder + divisor : remainder
}

/// A time of the Gregorian calendar, continued before its invention.
package struct TimeFields: Hashable, Sendable {
    package var year: Int64
    package var month: Int64
    package var day: Int64
    package var hour: Int64
    package var minute: Int64
    package var second: Int64
    /// Monday is 1.
    package var weekday: Int64

    /// Of a local time: microseconds since 1970 plus the offset of its zone.
    package init(_ microseconds: Int64) {
        let days = floorDivision(microseconds, TimeText.microsecondsADay)
        let seconds = floorRemainder(microseconds, TimeText.microsecondsADay) / TimeText.microsecondsASecond
        (year, month, day) = Self.date(days)
        (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        weekday = floorRemainder(days + 3, 7) + 1
    }

    /// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms": years begin in March within eras of 400 years).
    package static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivision(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civil = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civil <= 2 ? 1 : 0), civil, day)
    }

    /// Days from 1970-01-01 to a date: the inverse of `date`.
    package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivision(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func daysInMonth(_ month: Int64, year: Int64) -> Int64 {
        let next = month == 12 ? days(year: year + 1, month: 1, day: 1) : days(year: year, month: month + 1, day: 1)
        return next - days(year: year, month: month, day: 1)
    }
}

/// Reads the forms of `TimeText` and nothing else.
private struct TimeReader {
    let text: [UInt8]
    var position = 0

    mutating func time() -> Int64? {
        guard let days = date() else { return nil }
        if position == text.count { return days * TimeText.microsecondsADay }
        guard accept(" ") || accept("T"), let clock = clock() else { return nil }
        guard let offset = zone(), position == text.count else { return nil }
        return days * TimeText.microsecondsADay + clock - offset * TimeText.microsecondsASecond
    }

    private mutating func date() -> Int64? {
        guard let year = digits(4), accept("-"), let month = digits(2), accept("-"), let day = digits(2),
            year >= 1, (1...12).contains(month), day >= 1, day <= TimeFields.daysInMonth(month, year: year)
        else { return nil }
        return TimeFields.days(year: year, month: month, day: day)
    }

    private mutating func clock() -> Int64? {
        guard let hour = digits(2), accept(":"), let minute = digits(2), hour < 24, minute < 60 else { return nil }
        var microseconds = (hour * 3600 + minute * 60) * TimeText.microsecondsASecond
        guard accept(":") else { return microseconds }
        guard let second = digits(2), second < 60 else { return nil }
        microseconds += second * TimeText.microsecondsASecond
        guard accept(".") else { return microseconds }
        var unit = TimeText.microsecondsASecond / 10
        let begin = position
        while position < text.count, unit > 0, let digit = digits(1) {
            microseconds += digit * unit
            unit /= 10
        }
        return position > begin ? microseconds : nil
    }

    /// Seconds ahead of UTC; zero without a zone.
    private mutating func zone() -> Int64? {
        if position == text.count || accept("Z") { return 0 }
        let behind = accept("-")
        guard behind || accept("+"), let hours = digits(2) else { return nil }
        _ = accept(":")
        let minutes = position < text.count ? digits(2) : 0
        guard let minutes, hours <= 18, minutes < 60 else { return nil }
        return (hours * 3600 + minutes * 60) * (behind ? -1 : 1)
    }

    private mutating func digits(_ count: Int) -> Int64? {
        guard position + count <= text.count else { return nil }
        var value: Int64 = 0
        for byte in text[position..<(position + count)] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        position += count
        return value
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
