/// Values as another type.
extension SQLExpressionPrinter {
    mutating func cast(_ operand: CheckedExpression, to type: ColumnType) -> String {
        switch (operand.type, type) {
        case (.int, .float), (.int, .text): return plainCast(operand, type)
        case (.int, .bool): return "(\(self.operand(operand)) <> 0)"
        case (.float, .bool): return "(\(self.operand(operand)) <> \(literal(.float(0), .float)))"
        case (.float, .int): return whole(operand)
        case (.bool, .int):
            return choice(
                operand, dialect == .sqlite ? "1" : "CAST(1 AS BIGINT)", dialect == .sqlite ? "0" : "CAST(0 AS BIGINT)")
        case (.bool, .float): return choice(operand, literal(.float(1), .float), literal(.float(0), .float))
        case (.bool, .text): return choice(operand, "'true'", "'false'")
        case (.float, .text): return floatText(operand)
        case (.time, .int): return microseconds(operand)
        case (.int, .time): return time(ofMicroseconds: operand)
        case (.time, .text): return timeText(operand)
        case (.text, .bool): return truth(ofText: operand)
        case (.text, .int): return number(ofText: operand, .int, "[+-]?[0-9]+")
        case (.text, .float):
            return number(ofText: operand, .float, #"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"#)
        case (.text, .time): return time(ofText: operand)
        default: return text(operand)
        }
    }

    private mutating func plainCast(_ operand: CheckedExpression, _ type: ColumnType) -> String {
        "CAST(\(text(operand)) AS \(dialect.type(type)))"
    }

    private mutating func choice(_ condition: CheckedExpression, _ yes: String, _ no: String) -> String {
        let condition = self.operand(condition)
        return "CASE WHEN \(condition) THEN \(yes) WHEN NOT \(condition) THEN \(no) END"
    }

    /// Towards zero; null beyond 64 bits and for NaN.
    private mutating func whole(_ operand: CheckedExpression) -> String {
        if dialect == .duckdb { return "TRY_CAST(trunc(\(text(operand))) AS BIGINT)" }
        let (value, exponent) = (self.operand(operand), dialect == .sqlite ? ".0" : "e0")
        return "CASE WHEN \(value) >= -9223372036854775808\(exponent) AND \(value) < 9223372036854775808\(exponent) "
            + "THEN CAST(\(value) AS \(dialect.type(.int))) END"
    }

    private mutating func floatText(_ operand: CheckedExpression) -> String {
        if dialect == .duckdb { return plainCast(operand, .text) }
        return refuse("a float as text", remedy: "\(dialect.title) writes floats with other digits: cast to int.")
    }

    private mutating func timeText(_ operand: CheckedExpression) -> String {
        if dialect == .duckdb { return plainCast(operand, .text) }
        return refuse("a time as text", remedy: "Write format_time(time, 'yyyy-MM-dd HH:mm:ss').")
    }

    /// Microseconds since 1970 of a time.
    mutating func microseconds(_ operand: CheckedExpression) -> String {
        switch dialect {
        case .sqlite: return self.operand(operand)
        case .duckdb: return "epoch_us(\(text(operand)))"
        case .flink: return flinkMicroseconds(operand)
        }
    }

    private mutating func time(ofMicroseconds operand: CheckedExpression) -> String {
        switch dialect {
        case .sqlite: return self.operand(operand)
        case .duckdb: return "make_timestamp(\(text(operand)))"
        case .flink: return refuse("an int as time", remedy: "Give the source a column of type time.")
        }
    }

    private mutating func truth(ofText operand: CheckedExpression) -> String {
        "CASE lower(\(text(operand))) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    }

    /// Only what has the form: each dialect reads other things as numbers too.
    private mutating func number(ofText operand: CheckedExpression, _ type: ColumnType, _ form: String) -> String {
        let value = text(operand)
        switch dialect {
        case .sqlite:
            return refuse(
                "a text as \(type.rawValue)", remedy: "SQLite takes any text for a number: give the source the type.")
        case .duckdb:
            let matches = "regexp_full_match(\(value), \(dialect.text(form)))"
            let cast = "TRY_CAST(\(value) AS \(dialect.type(type)))"
            if type == .int { return "CASE WHEN \(matches) THEN \(cast) END" }
            return "CASE WHEN \(matches) AND isfinite(\(cast)) THEN \(cast) END"
        case .flink:
            let matches = "REGEXP(\(value), \(dialect.text("^(?:\(form))$")))"
            let cast = "TRY_CAST(\(value) AS \(dialect.type(type)))"
            if type == .int { return "CASE WHEN \(matches) THEN \(cast) END" }
            return "CASE WHEN \(matches) AND ABS(\(cast)) <= 1.7976931348623157e308 THEN \(cast) END"
        }
    }

    private mutating func time(ofText operand: CheckedExpression) -> String {
        guard dialect == .duckdb else {
            return refuse("a text as time", remedy: "Give the source a column of type time.")
        }
        let value = text(operand)
        let day = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
        let clock = #"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"#
        return "CASE WHEN regexp_full_match(\(value), '\(day)(\(clock)Z?)?') THEN TRY_CAST(\(value) AS TIMESTAMP) "
            + "WHEN regexp_full_match(\(value), '\(day)\(clock)[+-][0-9]{2}(:?[0-9]{2})?') "
            + "THEN TRY_CAST(\(value) AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END"
    }
}
