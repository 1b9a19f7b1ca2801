/// Times as text: `2024-03-31`, `2024-03-31 12:30:00`, `2024-03-31T12:30:00.5Z`, `2024-03-31 12:30:00+02:00`.
package enum TimeText {
    package static let microsecondsASecond: Int64 = 1_000_000
    package static let microsecondsADay: Int64 = 86_400_000_000

    /// Microseconds since 1970 in UTC; without a zone the time is in UTC. Nil when the text is no time.
    package static func microseconds(_ text: some StringProtocol) -> Int64? {
        var text = String(text)
        return text.withUTF8 { utf8 in
            utf8.baseAddress.flatMap { microseconds($0, length: utf8.count) }
        }
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
}
