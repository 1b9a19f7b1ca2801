/// A value computed from each event, as SQL would: null in, null out, unless said otherwise.
///
/// Written as SQL writes it, `price * 0.9`, `event = 'buy' AND page LIKE '/shop/%'`, so that the same text reads the
/// same in a stream, in Flink, DuckDB and SQLite. Where these differ, the meaning here is:
///
/// - `/` divides as floats; `//` divides integers and truncates towards zero, `%` is its remainder. All give null where
///   the divisor is zero. An int beside a float becomes a float.
/// - An integer that does not fit 64 bits is null; so is the square root of what is below zero and the logarithm of
///   what is not above it.
/// - The difference of two times is in microseconds, and microseconds may be added to a time.
/// - Comparison with NaN is as in IEEE 754: false, but for `<>`. For `least` and `greatest` NaN is above all numbers.
/// - Texts compare by their code points, `LIKE` knows `%` and `_`, no escapes, and minds the case.
/// - `AND`, `OR`, `NOT` know three truths; a filter keeps rows where it is true.
/// - A float becomes an int by truncation, and null where it does not fit. A text becomes a number only when all of it
///   is one, without spaces, and a bool only when it is `true` or `false`, in any case; else it is null.
/// - Of the functions of texts all arguments but the first are constants, so that each text is looked at once; so are
///   the unit, the pattern and the zone of functions of times.
package indirect enum Expression: Hashable, Sendable {
    /// A value of the event by its name: an attribute, or what the schema calls its name, page and time.
    case name(String)
    case literal(EventValue)
    case negated(Expression)
    case not(Expression)
    case binary(BinaryOperator, Expression, Expression)
    case isNull(Expression)
    /// Whether the value is one of the literals.
    case isOne(Expression, of: [EventValue])
    case like(Expression, pattern: String)
    /// The first result whose condition is true, or else the last, null when there is none.
    case cases([Branch], otherwise: Expression?)
    case cast(Expression, ColumnType)
    case call(ScalarFunction, [Expression])

    package struct Branch: Hashable, Sendable {
        package var condition: Expression
        package var result: Expression

        package init(condition: Expression, result: Expression) {
            self.condition = condition
            self.result = result
        }
    }
}

/// What stands between two expressions. The raw value is how SQL writes it.
package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case divideWhole = "//"
    case remainder = "%"
    case concatenate = "||"
    case equal = "="
    case unequal = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and = "AND"
    case or = "OR"
}

/// A function of one row's values. The raw value is its name in an expression.
package enum ScalarFunction: String, Hashable, Sendable, CaseIterable {
    case absolute = "abs"
    case ceiling = "ceil"
    case floor
    /// To the nearest whole number, from the middle away from zero.
    case round
    case squareRoot = "sqrt"
    case exponential = "exp"
    case naturalLogarithm = "ln"
    case power
    /// Null when one is null.
    case least
    case greatest
    /// The first argument that is not null.
    case coalesce
    /// The first argument, or null when both are equal.
    case nullIf = "nullif"
    /// Letter by letter, as the simple mapping of Unicode does.
    case lower
    case upper
    /// Spaces at both ends.
    case trim
    /// In code points.
    case length
    /// Of a text, from a position on that counts from 1; perhaps so many code points.
    case substring
    case replace
    /// Of a text by a separator, the part that counts from 1; null when there are fewer.
    case splitPart = "split_part"
    case startsWith = "starts_with"
    case contains
    /// The first match of a regular expression, or a group of it, empty when the group has no part in it; null without
    /// a match. Patterns are those that `TextPattern` reads.
    case extract = "regexp_extract"
    /// `year`, `month`, `day`, `hour`, `minute`, `second` or `weekday` (Monday is 1) of a time, in UTC or a named zone.
    case datePart = "date_part"
    /// The beginning of the `minute`, `hour`, `day`, `week` (on Monday), `month` or `year` of a time, in UTC or a named
    /// zone.
    case dateTrunc = "date_trunc"
    /// A time as text by a pattern of `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, in UTC or a named zone.
    case formatTime = "format_time"
    /// Microseconds since 1970.
    case epochMicroseconds = "epoch_us"
}
