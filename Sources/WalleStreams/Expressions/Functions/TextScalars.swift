/// What functions do to one text. Positions and lengths are in code points, as in SQL.
enum TextScalars {
    /// The simple mapping of Unicode: a code point becomes one code point or stays.
    static func lower(_ text: String) -> String { mapped(text, "A"..."Z", \.lowercaseMapping) }

    static func upper(_ text: String) -> String { mapped(text, "a"..."z", \.uppercaseMapping) }

    /// - Parameter letters: Those of ASCII that change, by one bit, where no other letters need Unicode's table.
    private static func mapped(
        _ text: String, _ letters: ClosedRange<Character>, _ mapping: (Unicode.Scalar.Properties) -> String
    ) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            let (first, last) = (letters.lowerBound.asciiValue ?? 0, letters.upperBound.asciiValue ?? 0)
            return String(decoding: text.utf8.map { $0 >= first && $0 <= last ? $0 ^ 0x20 : $0 }, as: UTF8.self)
        }
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let other = mapping(scalar.properties).unicodeScalars
            mapped.append(other.count == 1 ? other.first.unsafelyUnwrapped : scalar)
        }
        return String(mapped)
    }

    /// Without spaces at both ends; other white space stays, as in SQL.
    static func trim(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    static func substring(_ text: String, from start: Int64, _ length: EventValue?) -> String {
        let tail = text.unicodeScalars.dropFirst(Int(clamping: start - 1))
        guard case .int(let length)? = length else { return String(tail) }
        return String(tail.prefix(Int(clamping: length)))
    }

    static func replace(_ text: String, _ old: String, _ new: String) -> String {
        let (bytes, old) = (Array(text.utf8), Array(old.utf8))
        var replaced: [UInt8] = []
        var position = 0
        while let found = bytes.withUnsafeBytes({ Self.position(of: old, in: $0, from: position) }) {
            replaced += bytes[position..<found]
            replaced += new.utf8
            position = found + old.count
        }
        replaced += bytes[position...]
        return String(decoding: replaced, as: UTF8.self)
    }

    /// Nil when there are fewer parts.
    static func split(_ text: String, _ separator: String, part: Int64) -> String? {
        let (bytes, separator) = (Array(text.utf8), Array(separator.utf8))
        var (position, rest) = (0, part - 1)
        return bytes.withUnsafeBytes { raw in
            while rest > 0 {
                guard let found = Self.position(of: separator, in: raw, from: position) else { return nil }
                position = found + separator.count
                rest -= 1
            }
            let end = Self.position(of: separator, in: raw, from: position) ?? raw.count
            return String(decoding: raw[position..<end], as: UTF8.self)
        }
    }

    /// Of the first occurrence, in bytes.
    static func position(of part: [UInt8], in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard text.count >= part.count, start <= text.count - part.count else { return nil }
        for position in start...(text.count - part.count)
        where text[position] == part[0] && text[position..<(position + part.count)].elementsEqual(part) {
            return position
        }
        return nil
    }

    /// Below zero when the left comes first, zero when both are equal.
    static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let shared = min(left.count, right.count)
        var index = 0
        while index < shared {
            if left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
            index += 1
        }
        return left.count - right.count
    }

    static func holds(_ operation: BinaryOperator, _ order: Int) -> Bool {
        switch operation {
        case .equal: order == 0
        case .unequal: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }

    /// Digits, perhaps with a sign before them; nil for anything else and for what 64 bits do not hold.
    static func int(_ text: String) -> Int64? { Int64(text) }

    /// Decimal notation, perhaps with an exponent; nil for anything else and beyond the largest float.
    static func float(_ text: String) -> Double? {
        let known = Set("0123456789+-.eE".utf8)
        guard text.utf8.allSatisfy(known.contains), let value = Double(text), value.isFinite else { return nil }
        return value
    }

    static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }
}

/// The pattern of a `LIKE`: `%` is any text, `_` any one code point.
struct LikePattern {
    private let pattern: [UInt8]

    private static let any = UInt8(ascii: "%")
    private static let one = UInt8(ascii: "_")

    init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// Goes back to the last `%` only, as a later one can do all that an earlier one could: time is at most the product
    /// of both lengths.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var (place, position) = (0, 0)
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == Self.any {
                place += 1
                retry = (place, position)
            } else if place < pattern.count, pattern[place] == Self.one {
                place += 1
                position = Self.next(text, position)
            } else if place < pattern.count, pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = retry {
                position = Self.next(text, last.position)
                (place, retry) = (last.place, (last.place, position))
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == Self.any }
    }

    /// Where the code point after the one at a position begins.
    private static func next(_ text: UnsafeRawBufferPointer, _ position: Int) -> Int {
        var next = position + 1
        while next < text.count, text[next] & 0xc0 == 0x80 { next += 1 }
        return next
    }
}
