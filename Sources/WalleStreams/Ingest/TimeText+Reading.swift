/// Times as ISO 8601 writes them: `2026-11-21`, `2026-11-21T22:05`, `2026-11-21 22:05:07.123456+01:00`.
extension TimeText {
    /// Reads a time, in microseconds since 1970 in UTC.
    ///
    /// A space may stand for the `T`. Without a zone it is UTC. Digits below the microsecond are dropped. A second 60 is
    /// the one after 59, as clocks without leap seconds count. Years are 0000 to 9999 of the Gregorian calendar.
    ///
    /// - Returns: Nil when the text is no such time, or more than that.
    static func microseconds(_ text: UnsafePointer<UInt8>, length: Int) -> Int64? {
        guard length >= 10, length <= mostLength, let days = days(text) else { return nil }
        let end = text + length
        if length == 10 { return days * microsecondsPerDay }
        guard length >= 16, text[10] | 0x20 == 0x74 || text[10] == 0x20 else { return nil }
        var rest = text + 11
        guard let time = timeOfDay(&rest, end), let zone = zone(rest, end) else { return nil }
        return days * microsecondsPerDay + time - zone
    }

    /// As `microseconds`.
    package static func instant(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { utf8 in utf8.baseAddress.flatMap { microseconds($0, length: utf8.count) } }
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000
    /// Enough for 30 digits of a fraction.
    private static let mostLength = 64

    /// Two digits; above 99 when they are none.
    @inline(__always) private static func two(_ text: UnsafePointer<UInt8>) -> Int {
        let (tens, ones) = (text[0] &- 0x30, text[1] &- 0x30)
        return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : 255
    }

    /// Days since 1970 of `yyyy-mm-dd`.
    @inline(__always) private static func days(_ text: UnsafePointer<UInt8>) -> Int64? {
        let (century, ofCentury, month, day) = (two(text), two(text + 2), two(text + 5), two(text + 8))
        guard century <= 99, ofCentury <= 99, (1...12).contains(month), text[4] == 0x2d, text[7] == 0x2d else {
            return nil
        }
        let year = century * 100 + ofCentury
        guard day >= 1, day <= 28 || day <= length(of: month, year) else { return nil }
        return Int64(days(year, month, day))
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }

    /// Days since 1970 of a date, by years that begin in March, so that leap days come last (H. Hinnant,
    /// "chrono-Compatible Low-Level Date Algorithms", 2013).
    @inline(__always) private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // One more period of 400 years, as the year 0000 begins before its March.
        let march = UInt((month <= 2 ? year - 1 : year) + 400)
        let dayOfYear = UInt((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return Int(march * 365 + march / 4 - march / 100 + march / 400 + dayOfYear) - 719_468 - 146_097
    }

    /// Microseconds of `hh:mm`, `hh:mm:ss` or `hh:mm:ss.f`, and goes behind them.
    @inline(__always)
    private static func timeOfDay(_ rest: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64? {
        let (hour, minute) = (two(rest), two(rest + 3))
        guard hour <= 23, minute <= 59, rest[2] == 0x3a else { return nil }
        rest += 5
        let minutes = Int64(hour * 60 + minute) * 60_000_000
        guard end - rest >= 3, rest[0] == 0x3a else { return minutes }
        let second = two(rest + 1)
        guard second <= 60 else { return nil }
        rest += 3
        let seconds = minutes + Int64(second) * 1_000_000
        guard rest < end, rest[0] == 0x2e || rest[0] == 0x2c else { return seconds }
        return fraction(&rest, end).map { seconds + $0 }
    }

    private static func fraction(_ rest: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64? {
        rest += 1
        var (value, scale): (Int64, Int64) = (0, 1_000_000)
        let first = rest
        while rest < end, rest[0] &- 0x30 <= 9 {
            // Below the microsecond the scale is zero.
            scale /= 10
            value += Int64(rest[0] &- 0x30) * scale
            rest += 1
        }
        return rest == first ? nil : value
    }

    /// Microseconds that a zone is ahead of UTC: `Z`, `+hh`, `+hhmm`, `+hh:mm`, or none.
    private static func zone(_ text: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64? {
        let length = end - text
        if length == 0 || (length == 1 && text[0] | 0x20 == 0x7a) { return 0 }
        guard length >= 3, text[0] == 0x2b || text[0] == 0x2d else { return nil }
        let hours = two(text + 1)
        let minutes: Int
        switch length {
        case 3: minutes = 0
        case 5: minutes = two(text + 3)
        case 6 where text[3] == 0x3a: minutes = two(text + 4)
        default: return nil
        }
        guard hours <= 23, minutes <= 59 else { return nil }
        let ahead = Int64(hours * 60 + minutes) * 60_000_000
        return text[0] == 0x2d ? -ahead : ahead
    }
}
