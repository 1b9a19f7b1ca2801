/// The functions of texts that expressions have.
extension TextFunction {
    /// `constants` are the arguments after the text.
    static func make(_ function: ScalarFunction, _ constants: [EventValue]) -> TextFunction {
        switch (function, constants.first, constants.dropFirst().first) {
        case (.lower, _, _): TextFunction(ofString: .text) { .text(TextScalars.lower($0)) }
        case (.upper, _, _): TextFunction(ofString: .text) { .text(TextScalars.upper($0)) }
        case (.trim, _, _): TextFunction(ofString: .text) { .text(TextScalars.trim($0)) }
        case (.length, _, _): TextFunction(ofString: .int) { .int(Int64($0.unicodeScalars.count)) }
        case (.substring, .int(let start)?, let length):
            TextFunction(ofString: .text) { .text(TextScalars.substring($0, from: start, length)) }
        case (.replace, .text(let old)?, .text(let new)?):
            TextFunction(ofString: .text) { .text(TextScalars.replace($0, old, new)) }
        case (.splitPart, .text(let separator)?, .int(let index)?):
            TextFunction(ofString: .text) { text in
                TextScalars.split(text, separator, part: index).map { .text($0) } ?? .null
            }
        case (.startsWith, .text(let prefix)?, _):
            TextFunction(.bool) { .bool($0.starts(with: Array(prefix.utf8))) }
        case (.contains, .text(let part)?, _):
            TextFunction(.bool) { .bool(TextScalars.position(of: Array(part.utf8), in: $0, from: 0) != nil) }
        case (.extract, .text(let pattern)?, let group): extraction(pattern, group)
        default: preconditionFailure("the checker lets no other function of texts pass")
        }
    }

    private static func extraction(_ pattern: String, _ group: EventValue?) -> TextFunction {
        guard let regex = try? TextPattern(pattern) else { preconditionFailure("the checker has read the pattern") }
        var number = 0
        if case .int(let group)? = group { number = Int(group) }
        return TextFunction(ofString: .text) { text in
            let scalars = Array(text.unicodeScalars)
            guard let range = regex.firstMatch(in: scalars, group: number) else { return .null }
            var found = String.UnicodeScalarView()
            found.append(contentsOf: scalars[range])
            return .text(String(found))
        }
    }

    static func like(_ pattern: String) -> TextFunction {
        let like = LikePattern(pattern)
        return TextFunction(.bool) { .bool(like.matches($0)) }
    }

    static func isOne(of texts: [String]) -> TextFunction {
        let set = Set(texts.map { Array($0.utf8) })
        return TextFunction(.bool) { .bool(set.contains(Array($0))) }
    }

    /// Comparison with a literal on the right, by code points, which order as the bytes of UTF-8 do.
    static func compare(_ operation: BinaryOperator, _ literal: String) -> TextFunction {
        let bytes = Array(literal.utf8)
        return TextFunction(.bool) { text in
            .bool(bytes.withUnsafeBytes { TextScalars.holds(operation, TextScalars.order(text, $0)) })
        }
    }

    static func cast(to type: ColumnType) -> TextFunction {
        switch type {
        case .int: TextFunction(ofString: .int) { TextScalars.int($0).map { .int($0) } ?? .null }
        case .float: TextFunction(ofString: .float) { TextScalars.float($0).map { .float($0) } ?? .null }
        case .bool: TextFunction(ofString: .bool) { TextScalars.bool($0).map { .bool($0) } ?? .null }
        case .time: TextFunction(ofString: .time) { TimeText.microseconds($0).map { .int($0) } ?? .null }
        case .text: TextFunction(.text) { _ in .same }
        }
    }
}
