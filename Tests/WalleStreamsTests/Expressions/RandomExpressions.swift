@testable import WalleStreams

/// Expressions whose types fit, and rows for them: small values, the ends of ranges, nulls.
struct RandomExpressions {
    var random: SeededRandom

    static let schema = EventSchema(attributes: [
        .init("i", .int), .init("j", .int), .init("x", .float), .init("y", .float), .init("s", .text),
        .init("t", .text), .init("b", .bool), .init("c", .bool), .init("at", .time),
    ])

    private static let ints: [Int64] = [0, 1, -1, 2, 3, 7, -7, 10, 1000, .max, .min, .max - 1, 1 << 53 + 1]
    private static let floats: [Double] = [0, 1, -1, 0.5, 2.5, -2.5, 3, 1e20, 1e-7, -1e300, 0.1, 7]
    private static let texts = [
        "", "a", "b", "ab", "aab", "abc", "Äpfel", "äpfel", "a b", " a ", "a,b,c", "a-b", "12", "-7", "1.5", "1e3",
        "true",
        "FALSE", "2024-03-31", "2024-02-30", "日本語", "😀", "id=42", "%", "_", "a%b", "*", "[x]",
    ]
    private static let times: [Int64] = [
        0, 1, -1, 1_711_846_800_000_000, 1_711_846_799_999_999, 1_709_164_800_500_000, 951_782_400_000_000,
        -86_400_000_001, 1_729_990_800_000_000, 1_735_689_599_123_456,
    ]
    private static let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]

    mutating func row() -> Event {
        var attributes: [String: EventValue] = [:]
        for attribute in Self.schema.attributes where Int.random(in: 0..<5, using: &random) > 0 {
            attributes[attribute.name] = value(attribute.type)
        }
        if Int.random(in: 0..<12, using: &random) == 0 {
            attributes["x"] = .float(pick([.nan, .infinity, -.infinity, -0.0]))
        }
        let page = Int.random(in: 0..<4, using: &random) == 0 ? nil : pick(Self.texts)
        return Event(pick(["view", "buy", "a", ""]), page: page, time: pick(Self.times), attributes: attributes)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }

    mutating func value(_ type: ColumnType) -> EventValue {
        switch type {
        case .int: .int(pick(Self.ints))
        case .float: .float(pick(Self.floats))
        case .text: .text(pick(Self.texts))
        case .bool: .bool(Bool.random(using: &random))
        case .time: .time(pick(Self.times))
        }
    }

    mutating func expression(_ type: ColumnType, depth: Int) -> Expression {
        if depth == 0 || Int.random(in: 0..<8, using: &random) == 0 { return leaf(type) }
        if Int.random(in: 0..<5, using: &random) == 0 { return choice(type, depth: depth - 1) }
        return switch type {
        case .int: int(depth - 1)
        case .float: float(depth - 1)
        case .text: text(depth - 1)
        case .bool: bool(depth - 1)
        case .time: time(depth - 1)
        }
    }

    private mutating func leaf(_ type: ColumnType) -> Expression {
        if Int.random(in: 0..<3, using: &random) == 0 { return .literal(value(type)) }
        return switch type {
        case .int: .name(pick(["i", "j"]))
        case .float: .name(pick(["x", "y"]))
        case .text: .name(pick(["s", "t", "event", "page"]))
        case .bool: .name(pick(["b", "c"]))
        case .time: .name(pick(["at", "timestamp"]))
        }
    }

    private mutating func choice(_ type: ColumnType, depth: Int) -> Expression {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let branches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Expression.Branch(condition: expression(.bool, depth: depth), result: expression(type, depth: depth))
            }
            return .cases(branches, otherwise: Bool.random(using: &random) ? expression(type, depth: depth) : nil)
        case 1: return .call(.coalesce, [expression(type, depth: depth), expression(type, depth: depth)])
        default: return .call(.nullIf, [expression(type, depth: depth), expression(type, depth: depth)])
        }
    }

    private mutating func int(_ depth: Int) -> Expression {
        switch Int.random(in: 0..<9, using: &random) {
        case 0...3:
            .binary(
                pick([.add, .subtract, .multiply, .divideWhole, .remainder]), expression(.int, depth: depth),
                expression(.int, depth: depth))
        case 4: .negated(expression(.int, depth: depth))
        case 5: .cast(expression(pick([.float, .bool, .text, .time]), depth: depth), .int)
        case 6: .call(pick([.absolute]), [expression(.int, depth: depth)])
        case 7: .call(.length, [expression(.text, depth: depth)])
        default: part(depth)
        }
    }

    private mutating func part(_ depth: Int) -> Expression {
        let unit = pick(TimePart.allCases).rawValue
        let time = leaf(.time)
        if Bool.random(using: &random) { return .binary(.subtract, expression(.time, depth: depth), leaf(.time)) }
        return .call(.datePart, [.literal(.text(unit)), time, .literal(.text(pick(Self.zones)))])
    }

    private mutating func float(_ depth: Int) -> Expression {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2:
            .binary(
                pick([.add, .subtract, .multiply, .divide]), expression(pick([.int, .float]), depth: depth),
                expression(.float, depth: depth))
        case 3: .binary(.divide, expression(.int, depth: depth), expression(.int, depth: depth))
        case 4: .cast(expression(pick([.int, .bool, .text]), depth: depth), .float)
        case 5: .call(pick([.least, .greatest]), [expression(.int, depth: depth), expression(.float, depth: depth)])
        case 6: .call(.power, [expression(.float, depth: depth), expression(.float, depth: depth)])
        default:
            .call(
                pick([.absolute, .ceiling, .floor, .round, .squareRoot, .exponential, .naturalLogarithm]),
                [.binary(.add, expression(.float, depth: depth), .literal(.float(0.25)))])
        }
    }

    private mutating func text(_ depth: Int) -> Expression {
        let inner = expression(.text, depth: depth)
        return switch Int.random(in: 0..<9, using: &random) {
        case 0: .binary(.concatenate, inner, expression(.text, depth: depth))
        case 1: .call(pick([.lower, .upper, .trim]), [inner])
        case 2: .call(.substring, [inner, .literal(.int(pick([1, 2, 4]))), .literal(.int(pick([0, 1, 3])))])
        case 3: .call(.replace, [inner, .literal(.text(pick(["a", "ab", " "]))), .literal(.text(pick(["", "xy"])))])
        case 4: .call(.splitPart, [inner, .literal(.text(pick([",", "-", "a"]))), .literal(.int(pick([1, 2, 3])))])
        case 5: .call(.extract, [inner, .literal(.text(pick(Self.patterns))), .literal(.int(pick([0, 1])))])
        case 6:
            .call(.formatTime, [leaf(.time), .literal(.text("yyyy-MM-dd HH:mm")), .literal(.text(pick(Self.zones)))])
        default: .cast(expression(pick([.int, .bool]), depth: depth), .text)
        }
    }

    static let patterns = ["(a+)b", "^(.)", "([^,]*),", "(b|ab)", "([0-9]+)$", "a(b)?", "(\\w+?)b", "(?:x|a)(.{1,2})"]

    private mutating func bool(_ depth: Int) -> Expression {
        let type = pick([ColumnType.int, .float, .text, .time])
        return switch Int.random(in: 0..<10, using: &random) {
        case 0...2: .binary(pick([.and, .or]), expression(.bool, depth: depth), expression(.bool, depth: depth))
        case 3: .not(expression(.bool, depth: depth))
        case 4: .isNull(expression(type, depth: depth))
        case 5: .isOne(expression(type, depth: depth), of: [value(type), value(type), value(type)])
        case 6: .like(expression(.text, depth: depth), pattern: pick(["a%", "%b", "_", "%a%b%", "", "%", "ä%", "a_c"]))
        case 7:
            .call(
                pick([.startsWith, .contains]), [expression(.text, depth: depth), .literal(.text(pick(["a", "ab"])))])
        case 8: .cast(expression(pick([.int, .float, .text]), depth: depth), .bool)
        default:
            .binary(
                pick([.equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual]),
                expression(type, depth: depth),
                expression(type, depth: depth))
        }
    }

    private mutating func time(_ depth: Int) -> Expression {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .binary(.add, leaf(.time), .literal(.int(pick([0, 1, -3_600_000_000]))))
        case 1: .call(.least, [expression(.time, depth: depth), expression(.time, depth: depth)])
        default:
            .call(
                .dateTrunc,
                [.literal(.text(pick(TimeUnit.allCases).rawValue)), leaf(.time), .literal(.text(pick(Self.zones)))])
        }
    }
}
