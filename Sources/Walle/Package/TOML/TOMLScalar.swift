internal import Foundation
internal import WallePython

/// What stands without quotes in a TOML text: words, numbers, dates and times.
enum TOMLScalar {
    enum Failure: Error {
        case form
        case integerRange
        case noSuchDate
    }

    /// Reads a whole scalar.
    ///
    /// A date or a moment without an offset is taken as UTC, like a naive `datetime`; a time without a date is its text.
    static func value(_ text: ArraySlice<UInt8>) throws(Failure) -> Value {
        var reader = ScalarReader(rest: text)
        let start = text.prefix { TOMLScanner.isDigit($0) }
        let separator = text.dropFirst(start.count).first
        if start.count == 2, separator == UInt8(ascii: ":") {
            guard reader.time() != nil, reader.isAtEnd else { throw .noSuchDate }
            return .string(String(decoding: text, as: UTF8.self))
        }
        if start.count == 4, separator == UInt8(ascii: "-") {
            guard let date = reader.moment(), reader.isAtEnd else { throw .noSuchDate }
            return .date(date)
        }
        switch String(decoding: text, as: UTF8.self) {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf": return .double(.infinity)
        case "-inf": return .double(-.infinity)
        case "nan", "+nan", "-nan": return .double(.nan)
        default: return try number(&reader)
        }
    }

    private static func number(_ reader: inout ScalarReader) throws(Failure) -> Value {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where reader.rest.starts(with: prefix.utf8) {
            reader.rest = reader.rest.dropFirst(2)
            return try integer(reader.digits(radix: radix), radix: radix, reader)
        }
        let sign = reader.take("-") ? "-" : reader.take("+") ? "+" : ""
        guard let whole = reader.digits(radix: 10), whole == "0" || !whole.hasPrefix("0") else { throw .form }
        if reader.isAtEnd { return try integer(sign + whole, radix: 10, reader) }
        var text = sign + whole
        if reader.take(".") {
            guard let fraction = reader.digits(radix: 10) else { throw .form }
            text += "." + fraction
        }
        if reader.take("e") || reader.take("E") {
            let sign = reader.take("-") ? "-" : reader.take("+") ? "+" : ""
            guard let exponent = reader.digits(radix: 10) else { throw .form }
            text += "e" + sign + exponent
        }
        guard reader.isAtEnd, let number = Double(text) else { throw .form }
        return .double(number)
    }

    private static func integer(_ digits: String?, radix: Int, _ reader: ScalarReader) throws(Failure) -> Value {
        guard let digits, reader.isAtEnd else { throw .form }
        guard let number = Int(digits, radix: radix) else { throw .integerRange }
        return .integer(number)
    }
}

/// Takes the parts of a scalar from its front; a part that is not there, or is out of range, is nil.
private struct ScalarReader {
    var rest: ArraySlice<UInt8>

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest.removeFirst()
        return true
    }

    /// Digits, without the single underscores that may stand between them.
    mutating func digits(radix: Int) -> String? {
        var digits = ""
        repeat {
            let run = rest.prefix { Character(Unicode.Scalar($0)).hexDigitValue.map { $0 < radix } ?? false }
            guard !run.isEmpty else { return nil }
            digits += String(decoding: run, as: UTF8.self)
            rest = rest.dropFirst(run.count)
        } while take("_")
        return digits
    }

    /// A decimal number of so many digits.
    private mutating func number(_ count: Int, in range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(TOMLScanner.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return range.contains(number) ? number : nil
    }

    /// A date, or a date and a time, with or without an offset.
    mutating func moment() -> Date? {
        guard let days = day() else { return nil }
        if isAtEnd { return Date(timeIntervalSince1970: Double(days * 86400)) }
        guard take("T") || take("t") || take(" "), let time = time(), let offset = offset() else { return nil }
        let seconds = days * 86400 + time.seconds - offset * 60
        return Date(timeIntervalSince1970: Double(seconds) + Double(time.microseconds) / 1e6)
    }

    /// Days since 1970-01-01. The year 0 is refused, as Python has none.
    private mutating func day() -> Int? {
        guard let year = number(4, in: 1...9999), take("-"), let month = number(2, in: 1...12), take("-") else {
            return nil
        }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return number(2, in: 1...lengths[month - 1]).map { Self.days(year, month, $0) }
    }

    /// Microseconds are the finest that Python has; TOML cuts off what is finer.
    mutating func time() -> (seconds: Int, microseconds: Int)? {
        guard let hour = number(2, in: 0...23), take(":"), let minute = number(2, in: 0...59), take(":"),
            let second = number(2, in: 0...59)
        else { return nil }
        let seconds = (hour * 60 + minute) * 60 + second
        guard take(".") else { return (seconds, 0) }
        let digits = rest.prefix(while: TOMLScanner.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let six = String(decoding: digits.prefix(6), as: UTF8.self).padding(toLength: 6, withPad: "0", startingAt: 0)
        return Int(six).map { (seconds, $0) }
    }

    /// Minutes east of UTC.
    private mutating func offset() -> Int? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(2, in: 0...23), take(":"), let minutes = number(2, in: 0...59)
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }

    /// The Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (year / 400, year % 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
