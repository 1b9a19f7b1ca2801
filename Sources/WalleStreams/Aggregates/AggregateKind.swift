/// An aggregate function of a type of values: which code keeps its state.
enum AggregateKind: Hashable, Sendable {
    case count
    case integerSum, integerMean, floatSum, floatMean, variance, deviation
    case smallestInteger, largestInteger, smallestFloat, largestFloat, smallestBool, largestBool
    case smallestText, largestText
    /// By the bytes of a value: 1, 4 or 8.
    case first(width: Int), last(width: Int)
    /// Several of numbers that are the same: no function has it alone.
    case summary(NumberSummary)
    /// The state is an object, of which the table holds a reference.
    case object(AggregateObject.Kind)

    /// - Throws: `.definition` for a function that values of the type do not have.
    init(_ function: AggregateFunction, of type: ColumnType?) throws(StreamError) {
        switch (function, type) {
        case (.count, _): self = .count
        case (_, nil): throw Self.missingArgument(function)
        case (.sum, .int): self = .integerSum
        case (.sum, .float): self = .floatSum
        case (.mean, .int): self = .integerMean
        case (.mean, .float): self = .floatMean
        case (.variance, .int), (.variance, .float): self = .variance
        case (.standardDeviation, .int), (.standardDeviation, .float): self = .deviation
        case (.min, let type?): self = Self.smallest(type)
        case (.max, let type?): self = Self.largest(type)
        case (.first, let type?): self = .first(width: type.width)
        case (.last, let type?): self = .last(width: type.width)
        case (.lastFew(let count), _): self = .object(.lastFew(count))
        case (.distinct, _): self = .object(.distinct)
        case (.approximateDistinct, _): self = .object(.approximateDistinct)
        case (.top(let count), _): self = .object(.top(count))
        case (.quantile(let quantile), .int), (.quantile(let quantile), .float): self = .object(.quantile(quantile))
        case (.concatenation(let separator), .text): self = .object(.concatenation(separator: separator))
        case (_, let type?): throw Self.unfit(function, type)
        }
    }

    private static func smallest(_ type: ColumnType) -> AggregateKind {
        switch type {
        case .bool: .smallestBool
        case .int, .time: .smallestInteger
        case .float: .smallestFloat
        case .text: .smallestText
        }
    }

    private static func largest(_ type: ColumnType) -> AggregateKind {
        switch type {
        case .bool: .largestBool
        case .int, .time: .largestInteger
        case .float: .largestFloat
        case .text: .largestText
        }
    }

    private static func missingArgument(_ function: AggregateFunction) -> StreamError {
        StreamError(
            .definition, "\(function.name)() has no argument",
            remedy: "Name what it aggregates, as in \(function.name)(price).")
    }

    private static func unfit(_ function: AggregateFunction, _ type: ColumnType) -> StreamError {
        let wanted = if case .concatenation = function { "text" } else { "int or float" }
        return StreamError(
            .definition, "\(function.name)() of \(type.rawValue) values",
            remedy: "It takes \(wanted): CAST(… AS \(wanted == "text" ? "text" : "float")) converts.")
    }

    /// Words of the state.
    var words: Int {
        switch self {
        case .count, .object: 1
        case .integerSum, .integerMean, .floatSum, .floatMean, .variance, .deviation: 3
        case .smallestInteger, .largestInteger, .smallestFloat, .largestFloat, .smallestBool, .largestBool,
            .smallestText, .largestText:
            2
        case .first, .last: 4
        case .summary(let summary): summary.words
        }
    }

    /// What its values must be cast to before they are added; nil when they are as they should be.
    var input: ColumnType? {
        switch self {
        case .variance, .deviation, .object(.quantile): .float
        default: nil
        }
    }
}

extension AggregateFunction {
    /// How a definition writes it.
    package var name: String {
        switch self {
        case .count: "count"
        case .sum: "sum"
        case .mean: "mean"
        case .variance: "variance"
        case .standardDeviation: "stddev"
        case .min: "min"
        case .max: "max"
        case .first: "first"
        case .last, .lastFew: "last"
        case .distinct: "distinct"
        case .approximateDistinct: "approx_distinct"
        case .top: "top"
        case .quantile: "quantile"
        case .concatenation: "concat"
        }
    }

    /// What its results are, of values of a type; a list is nil.
    package func result(of type: ColumnType?) -> ColumnType? {
        switch self {
        case .count, .distinct, .approximateDistinct: .int
        case .mean, .variance, .standardDeviation, .quantile: .float
        case .sum, .min, .max, .first, .last: type
        case .concatenation: .text
        case .lastFew, .top: nil
        }
    }
}
