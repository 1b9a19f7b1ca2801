/// How much an expression may be: they come from files and scripts of others.
package enum ExpressionLimits {
    /// UTF-8 bytes of its text.
    package static let textBytes = 16_384
    /// Parts one within the other, so that no recursion over an expression leaves the stack.
    package static let depth = 200
    /// Parts together; what `BETWEEN` and `CASE x WHEN` repeat counts as often as it is repeated.
    package static let nodes = 2_000
    /// Values of an `IN`.
    package static let listValues = 1_000
}
