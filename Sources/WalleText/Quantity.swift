/// Durations and sizes: read as `task.toml` has them, `"200ms"`, `"1.5s"`, `"64MB"`, `"1GiB"`, and written for people.
package enum Quantity {
    /// Why a text is no quantity: what is wrong, and what to write instead.
    package struct Failure: Error, Hashable {
        package var message: String
        package var remedy: String
    }

    /// Reads a duration, to the nanosecond: a number, then one of us, ms, s, min, h.
    package static func duration(_ text: String) throws(Failure) -> Duration {
        let nanoseconds = try read(text, units: durationUnits, example: "\"200ms\"", withoutUnit: nil)
        return .nanoseconds(nanoseconds)
    }

    /// Reads a span of event time, to the microsecond: a number, then one of us, ms, s, min, h, d, w. A day has 24 hours.
    package static func microseconds(_ text: String) throws(Failure) -> Int64 {
        try read(text, units: spanUnits, example: "\"10s\"", withoutUnit: nil)
    }

    /// Reads a size in bytes: a number, then B, or kB, MB, … (powers of 1000), or KiB, MiB, … (powers of 1024); a number
    /// alone is bytes.
    package static func bytes(_ text: String) throws(Failure) -> Int {
        Int(try read(text, units: byteUnits, example: "\"64MB\"", withoutUnit: 1))
    }

    private static let durationUnits: KeyValuePairs = [
        "us": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9, "h": 3600e9,
    ]
    private static let spanUnits: KeyValuePairs = [
        "us": 1, "ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6, "d": 86_400e6, "w": 604_800e6,
    ]
    private static let byteUnits: KeyValuePairs = [
        "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
        "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776,
    ]

    /// Doubles hold whole numbers exactly up to here; that is 104 days in nanoseconds, 285 years in
    /// microseconds, and 8 PiB.
    private static let largest = 9_007_199_254_740_992.0

    private static func read(
        _ text: String, units: KeyValuePairs<String, Double>, example: String, withoutUnit: Double?
    ) throws(Failure) -> Int64 {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        let unit = text[number.endIndex...].drop { $0 == " " }
        guard isDecimal(number), let value = Double(number) else { throw notANumber(text, example) }
        guard let factor = unit.isEmpty ? withoutUnit : units.first(where: { $0.key == unit })?.value else {
            throw unknownUnit(String(number), String(unit), units)
        }
        let scaled = (value * factor).rounded()
        guard scaled <= largest else {
            throw Failure(
                message: "\"\(shortened(text))\" is too large", remedy: "Write a smaller one, such as \(example).")
        }
        return Int64(scaled)
    }

    /// Digits, and perhaps a point and digits.
    private static func isDecimal(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    private static func notANumber(_ text: String, _ example: String) -> Failure {
        if text.hasPrefix("-") {
            return Failure(
                message: "\"\(shortened(text))\" is negative", remedy: "Write one above zero, such as \(example).")
        }
        return Failure(
            message: "\"\(shortened(text))\" does not begin with a number",
            remedy: "Write a number and a unit, such as \(example).")
    }

    private static func unknownUnit(_ number: String, _ unit: String, _ units: KeyValuePairs<String, Double>) -> Failure
    {
        let names = units.map(\.key)
        if unit.isEmpty {
            return Failure(
                message: "\"\(shortened(number))\" has no unit",
                remedy: "Write \"\(shortened(number))\(names[1])\" or another of: \(names.joined(separator: ", ")).")
        }
        let alike = names.filter { $0.lowercased() == unit.lowercased() }
        let likely = alike.first ?? Suggestion.nearest(to: unit, in: names)
        let remedy =
            likely.map { "Did you mean \"\(shortened(number))\($0)\"?" }
            ?? "Units are \(names.joined(separator: ", "))."
        return Failure(message: "\"\(shortened(unit))\" is no unit", remedy: remedy)
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 40 ? text : text.prefix(40) + "…"
    }
}
