/// A semantic version, as in `task.version`: `1.4.0`, `2.0.0-beta.2`, `1.0.0+build.7`.
///
/// Ordered as <https://semver.org> (2.0.0, §11) says: a pre-release comes before its release. What follows `+`, which has
/// no precedence there, decides between versions that are alike otherwise, so that the order is total.
public struct Version: Sendable, Hashable {
    public var major: Int
    public var minor: Int
    public var patch: Int
    /// The dot-separated identifiers after `-`.
    public var preRelease: [String]
    /// The dot-separated identifiers after `+`.
    public var build: [String]

    public init(_ major: Int, _ minor: Int, _ patch: Int, preRelease: [String] = [], build: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.preRelease = preRelease
        self.build = build
    }

    /// Reads a version; nil when the text is none.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        let (rest, build) = Self.split(text, at: "+")
        let (core, preRelease) = Self.split(rest, at: "-")
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            return nil
        }
        guard let preRelease = Self.identifiers(preRelease, numeric: true),
            let build = Self.identifiers(build, numeric: false)
        else { return nil }
        self.init(major, minor, patch, preRelease: preRelease, build: build)
    }

    /// Longer ones are a mistake; they would also make file names too long.
    private static let longest = 128

    private static func split(_ text: some StringProtocol, at separator: Character) -> (String, String?) {
        guard let index = text.firstIndex(of: separator) else { return (String(text), nil) }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    /// Digits without a leading zero.
    private static func number(_ text: some StringProtocol) -> Int? {
        guard isNumeric(text), text == "0" || text.first != "0" else { return nil }
        return Int(text)
    }

    private static func isNumeric(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func identifiers(_ text: String?, numeric: Bool) -> [String]? {
        guard let text else { return [] }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let valid = parts.allSatisfy { part in
            !part.isEmpty
                && part.unicodeScalars.allSatisfy {
                    $0.isASCII && ($0.properties.isAlphabetic || isDigit($0) || $0 == "-")
                }
                && (!numeric || !isNumeric(part) || part == "0" || part.first != "0")
        }
        return valid ? parts : nil
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

extension Version: Comparable {
    public static func < (left: Version, right: Version) -> Bool {
        let (lefts, rights) = ([left.major, left.minor, left.patch], [right.major, right.minor, right.patch])
        if lefts != rights { return lefts.lexicographicallyPrecedes(rights) }
        if left.preRelease == right.preRelease {
            return left.build.lexicographicallyPrecedes(right.build, by: precedes)
        }
        if left.preRelease.isEmpty || right.preRelease.isEmpty { return right.preRelease.isEmpty }
        return left.preRelease.lexicographicallyPrecedes(right.preRelease, by: precedes)
    }

    /// Numbers come before words and are compared as numbers, however long.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        switch (isNumeric(left), isNumeric(right)) {
        case (true, true): (left.utf8.count, left) < (right.utf8.count, right)
        case (true, false): true
        case (false, true): false
        case (false, false): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }
}

extension Version: CustomStringConvertible, ExpressibleByStringLiteral {
    public var description: String {
        "\(major).\(minor).\(patch)"
            + (preRelease.isEmpty ? "" : "-" + preRelease.joined(separator: "."))
            + (build.isEmpty ? "" : "+" + build.joined(separator: "."))
    }

    /// Traps when the literal is no version.
    public init(stringLiteral text: String) {
        guard let version = Version(text) else {
            preconditionFailure("\"\(text)\" is no semantic version, such as 1.0.0")
        }
        self = version
    }
}

extension Version: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let version = Version(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\"\(text)\" is no semantic version, such as 1.0.0")
        }
        self = version
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
