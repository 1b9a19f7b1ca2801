import Foundation

@testable import WalleStreams

/// Computes an expression for one row, as slowly and as plainly as can be: what the vectorised one is compared with.
struct NaiveInterpreter {
    let values: [ExpressionScope.Place: EventValue]

    func value(_ expression: CheckedExpression) -> EventValue {
        switch expression.node {
        case .column(let place): values[place] ?? .null
        case .literal(let value): value
        case .negated(let operand): negated(value(operand))
        case .not(let operand): truth(operand).map { .bool(!$0) } ?? .null
        case .binary(let operation, let left, let right): binary(operation, left, right)
        case .isNull(let operand): .bool(value(operand) == .null)
        case .isOne(let operand, let list): isOne(value(operand), list)
        case .like(let operand, let pattern): text(operand).map { .bool(Self.like($0, pattern)) } ?? .null
        case .cases(let branches, let otherwise):
            value(branches.first { truth($0.condition) == true }?.result ?? otherwise)
        case .cast(let operand): cast(value(operand), to: expression.type)
        case .call(let function, let arguments): call(function, arguments)
        }
    }

    private func truth(_ expression: CheckedExpression) -> Bool? {
        if case .bool(let value) = value(expression) { value } else { nil }
    }

    private func text(_ expression: CheckedExpression) -> String? {
        if case .text(let value) = value(expression) { value } else { nil }
    }

    private func negated(_ value: EventValue) -> EventValue {
        switch value {
        case .int(let value): value == .min ? .null : .int(-value)
        case .float(let value): .float(-value)
        default: .null
        }
    }

    private func isOne(_ value: EventValue, _ list: [EventValue]) -> EventValue {
        value == .null ? .null : .bool(list.contains { Self.equal($0, value) })
    }

    private static func equal(_ left: EventValue, _ right: EventValue) -> Bool {
        switch (left, right) {
        case (.float(let left), .float(let right)): left == right
        case (.text(let left), .text(let right)): Array(left.utf8) == Array(right.utf8)
        default: left == right
        }
    }

    private func binary(_ operation: BinaryOperator, _ left: CheckedExpression, _ right: CheckedExpression)
        -> EventValue
    {
        if operation == .and || operation == .or {
            let sides = [truth(left), truth(right)]
            let winner = operation == .or
            if sides.contains(winner) { return .bool(winner) }
            return sides.contains(nil) ? .null : .bool(!winner)
        }
        switch (value(left), value(right)) {
        case (.null, _), (_, .null): return .null
        case (.float(let left), .float(let right)): return floats(operation, left, right)
        case (.text(let left), .text(let right)):
            if operation == .concatenate { return .text(left + right) }
            return order(operation, Array(left.unicodeScalars.map(\.value)), Array(right.unicodeScalars.map(\.value)))
        case (.bool(let left), .bool(let right)): return .bool((left == right) == (operation == .equal))
        case (.int(let left), .int(let right)): return ints(operation, left, right)
        case (.time(let left), .time(let right)):
            return ints(operation, left, right)
        case (.time(let left), .int(let right)), (.int(let left), .time(let right)):
            if case .int(let sum) = ints(operation, left, right) { return .time(sum) }
            return .null
        default: return .null
        }
    }

    private func order(_ operation: BinaryOperator, _ left: [UInt32], _ right: [UInt32]) -> EventValue {
        compared(operation, left == right, left.lexicographicallyPrecedes(right), right.lexicographicallyPrecedes(left))
    }

    private func compared(_ operation: BinaryOperator, _ isEqual: Bool, _ isLess: Bool, _ isMore: Bool) -> EventValue {
        switch operation {
        case .equal: .bool(isEqual)
        case .unequal: .bool(!isEqual)
        case .less: .bool(isLess)
        case .lessOrEqual: .bool(isLess || isEqual)
        case .greater: .bool(isMore)
        default: .bool(isMore || isEqual)
        }
    }

    private func ints(_ operation: BinaryOperator, _ left: Int64, _ right: Int64) -> EventValue {
        let result: (partialValue: Int64, overflow: Bool)
        switch operation {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divideWhole: result = left.dividedReportingOverflow(by: right)
        case .remainder where right == -1: return .int(0)
        case .remainder: result = left.remainderReportingOverflow(dividingBy: right)
        default: return compared(operation, left == right, left < right, left > right)
        }
        return result.overflow ? .null : .int(result.partialValue)
    }

    private func floats(_ operation: BinaryOperator, _ left: Double, _ right: Double) -> EventValue {
        switch operation {
        case .add: .float(left + right)
        case .subtract: .float(left - right)
        case .multiply: .float(left * right)
        case .divide: right == 0 ? .null : .float(left / right)
        default: compared(operation, left == right, left < right, left > right)
        }
    }

    /// By recursion, without any thrift.
    private static func like(_ text: String, _ pattern: String) -> Bool {
        func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == "%" {
                return (text.startIndex...text.endIndex).contains { matches(text[$0...], pattern.dropFirst()) }
            }
            return !text.isEmpty && (first == "_" || first == text.first)
                && matches(text.dropFirst(), pattern.dropFirst())
        }
        return matches(Array(text.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
    }

    private func cast(_ value: EventValue, to type: ColumnType) -> EventValue {
        switch (value, type) {
        case (.int(let value), .float): .float(Double(value))
        case (.int(let value), .bool): .bool(value != 0)
        case (.int(let value), .text): .text("\(value)")
        case (.int(let value), .time): .time(value)
        case (.float(let value), .int): Int64(exactly: value.rounded(.towardZero)).map { .int($0) } ?? .null
        case (.float(let value), .bool): .bool(value != 0)
        case (.float(let value), .text): .text("\(value)")
        case (.bool(let value), .int): .int(value ? 1 : 0)
        case (.bool(let value), .float): .float(value ? 1 : 0)
        case (.bool(let value), .text): .text(value ? "true" : "false")
        case (.time(let value), .int): .int(value)
        case (.time(let value), .text): .text(Self.isoText(value))
        case (.text(let value), .int):
            value.range(of: #"^[+-]?[0-9]+$"#, options: .regularExpression) == nil
                ? .null : Int64(value).map { .int($0) } ?? .null
        case (.text(let value), .float): Self.decimal(value)
        case (.text(let value), .bool): ["true": .bool(true), "false": .bool(false)][value.lowercased()] ?? .null
        case (.text(let value), .time): TimeText.microseconds(value).map { .time($0) } ?? .null
        default: .null
        }
    }

    private static func decimal(_ text: String) -> EventValue {
        let form = #"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"#
        guard text.range(of: form, options: .regularExpression) != nil, let value = Double(text), value.isFinite else {
            return .null
        }
        return .float(value)
    }

    private static func isoText(_ time: Int64) -> String {
        let (seconds, fraction) = (
            Int64((Double(time) / 1e6).rounded(.down)), ((time % 1_000_000) + 1_000_000) % 1_000_000
        )
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
        guard fraction > 0 else { return text }
        var digits = String(1_000_000 + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return text + "." + digits
    }

    private func call(_ function: ScalarFunction, _ arguments: [CheckedExpression]) -> EventValue {
        let given = arguments.map(value)
        if function == .coalesce { return given.first { $0 != .null } ?? .null }
        if function == .nullIf { return given[1] != .null && Self.equal(given[0], given[1]) ? .null : given[0] }
        if given.contains(.null) { return .null }
        switch given[0] {
        case .text where function == .datePart || function == .dateTrunc: return NaiveTimes.call(function, given)
        case .text(let text): return NaiveTexts.call(function, text, Array(given.dropFirst()))
        case .float(let value): return float(function, value, given)
        case .int(let value):
            if function == .absolute { return value == .min ? .null : .int(abs(value)) }
            return extreme(function, given)
        case .time(let time):
            if function == .epochMicroseconds { return .int(time) }
            return function == .formatTime ? NaiveTimes.call(function, given) : extreme(function, given)
        default: return .null
        }
    }

    private func extreme(_ function: ScalarFunction, _ given: [EventValue]) -> EventValue {
        let sorted = given.sorted { ($0.whole ?? 0) < ($1.whole ?? 0) }
        return function == .least ? sorted[0] : sorted[sorted.count - 1]
    }

    private func float(_ function: ScalarFunction, _ value: Double, _ given: [EventValue]) -> EventValue {
        let numbers = given.compactMap { if case .float(let value) = $0 { value } else { nil } }
        let plain = numbers.filter { !$0.isNaN }
        switch function {
        case .absolute: return .float(abs(value))
        case .ceiling: return .float(ceil(value))
        case .floor: return .float(Foundation.floor(value))
        case .round: return .float(Foundation.round(value))
        case .squareRoot: return value < 0 ? .null : .float(sqrt(value))
        case .exponential: return .float(exp(value))
        case .naturalLogarithm: return value <= 0 ? .null : .float(log(value))
        case .power: return .float(pow(numbers[0], numbers[1]))
        case .least: return .float(plain.min() ?? .nan)
        default: return .float(plain.count < numbers.count ? .nan : plain.max() ?? .nan)
        }
    }
}

enum NaiveTexts {
    static func call(_ function: ScalarFunction, _ text: String, _ constants: [EventValue]) -> EventValue {
        let texts = constants.compactMap { if case .text(let text) = $0 { text } else { nil } }
        let numbers = constants.compactMap(\.whole).map(Int.init)
        let scalars = Array(text.unicodeScalars)
        switch function {
        // The test's texts have no letters that become several.
        case .lower: return .text(text.lowercased())
        case .upper: return .text(text.uppercased())
        case .trim: return .text(text.trimmingCharacters(in: CharacterSet(charactersIn: " ")))
        case .length: return .int(Int64(scalars.count))
        case .substring:
            let length = numbers.count > 1 ? numbers[1] : Int.max / 2
            let picked = scalars.enumerated().filter {
                $0.offset + 1 >= numbers[0] && $0.offset + 1 < numbers[0] + length
            }
            return .text(String(String.UnicodeScalarView(picked.map(\.element))))
        case .replace: return .text(text.replacingOccurrences(of: texts[0], with: texts[1], options: .literal))
        case .splitPart:
            let parts = text.components(separatedBy: texts[0])
            return numbers[0] <= parts.count ? .text(parts[numbers[0] - 1]) : .null
        case .startsWith: return .bool(text.range(of: texts[0], options: [.literal, .anchored]) != nil)
        case .contains: return .bool(text.range(of: texts[0], options: .literal) != nil)
        default: return extract(text, texts[0], numbers.first ?? 0)
        }
    }

    private static func extract(_ text: String, _ pattern: String, _ group: Int) -> EventValue {
        let whole = NSRange(location: 0, length: (text as NSString).length)
        guard let regex = try? NSRegularExpression(pattern: pattern),
            let match = regex.firstMatch(in: text, range: whole)
        else { return .null }
        let range = match.range(at: group)
        return .text(range.location == NSNotFound ? "" : (text as NSString).substring(with: range))
    }
}

enum NaiveTimes {
    static func call(_ function: ScalarFunction, _ given: [EventValue]) -> EventValue {
        let texts = given.compactMap { if case .text(let text) = $0 { text } else { nil } }
        guard let time = given.compactMap({ if case .time(let time) = $0 { time } else { nil } }).first else {
            return .null
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: texts.count > 1 ? texts[1] : "UTC")!
        (calendar.firstWeekday, calendar.minimumDaysInFirstWeek) = (2, 4)
        let seconds = Foundation.floor(Double(time) / 1e6)
        let date = Date(timeIntervalSince1970: seconds)
        if function == .formatTime {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = calendar.timeZone
            formatter.dateFormat = texts[0]
            return .text(formatter.string(from: date))
        }
        let components: [String: Calendar.Component] = [
            "year": .year, "month": .month, "day": .day, "hour": .hour, "minute": .minute, "second": .second,
            "week": .weekOfYear,
        ]
        if function == .dateTrunc {
            let start = calendar.dateInterval(of: components[texts[0]]!, for: date)!.start
            return .time(Int64(start.timeIntervalSince1970) * 1_000_000)
        }
        if texts[0] == "weekday" { return .int(Int64((calendar.component(.weekday, from: date) + 5) % 7 + 1)) }
        return .int(Int64(calendar.component(components[texts[0]]!, from: date)))
    }
}
