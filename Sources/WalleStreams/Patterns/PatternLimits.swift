/// How much a pattern may ask for.
package struct PatternLimits: Hashable, Sendable {
    /// UTF-8 bytes of a pattern: patterns are written by people.
    package var textBytes = 16_384
    /// Groups within groups; reading and compiling recurse this deep.
    package var depth = 32
    /// A bound of a quantifier: the steps it repeats are laid out so often.
    package var repetitions = 1_000
    /// Steps after quantifiers have been laid out.
    package var positions = 4_096
    /// Distinct tests, and steps that may come next after one: each has a bit in a word.
    package static let bits = 64

    package init() {}
}
