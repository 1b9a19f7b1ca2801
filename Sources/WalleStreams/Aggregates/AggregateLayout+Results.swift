// What groups give when their window ends.
extension AggregateLayout {
    typealias Rows = UnsafeBufferPointer<UnsafeMutablePointer<UInt64>>

    /// A column an aggregate with the values of groups, by where their rows begin.
    func results(of rows: Rows) -> [ResultColumn] { results.map { column($0, rows) } }

    private func column(_ result: Result, _ rows: Rows) -> ResultColumn {
        let states = States(rows: rows, word: result.word)
        return switch result.kind {
        case .count: .values(states.integers(CountState.result))
        case .integerSum: .values(states.integers(IntegerSumState.result))
        case .integerMean: .values(states.floats(IntegerSumState.mean))
        case .floatSum: .values(states.floats(FloatSumState.result))
        case .floatMean: .values(states.floats(FloatSumState.mean))
        case .variance: .values(states.floats(VarianceState.result))
        case .deviation: .values(states.floats(VarianceState.deviation))
        case .smallestInteger, .largestInteger, .smallestFloat, .largestFloat, .smallestBool, .largestBool,
            .smallestText, .largestText:
            .values(states.column(result.type ?? .int, word: result.value))
        case .first, .last: .values(states.column(result.type ?? .int, word: 3))
        case .object(let kind): column(kind, result.type, states)
        case .summary: preconditionFailure("no function is a summary")
        }
    }

    private func column(_ kind: AggregateObject.Kind, _ type: ColumnType?, _ states: States) -> ResultColumn {
        switch kind {
        case .distinct: .values(states.counts { (object: DistinctValues) in Int64(object.count) })
        case .approximateDistinct: .values(states.counts { (object: DistinctSketch) in object.count })
        case .quantile(let quantile): .values(states.quantiles(quantile))
        case .lastFew:
            .lists(states.map { (object: LatestValues?) in object?.values.map { value($0, type) } ?? [] })
        case .top(let most):
            .counted(
                states.map { (object: ValueCounts?) in
                    object?.top(most).map { .init(value: value($0.value, type), count: $0.count) } ?? []
                })
        case .concatenation(let separator):
            .texts(
                states.map { (object: LatestValues?) in
                    object?.values.map { texts.string(UInt32($0)) }.joined(separator: separator)
                })
        }
    }

    func value(_ bits: UInt64, _ type: ColumnType?) -> EventValue {
        switch type {
        case .bool: .bool(bits != 0)
        case .int: .int(Int64(bitPattern: bits))
        case .float: .float(Double(bitPattern: bits))
        case .text: .text(texts.string(UInt32(bits)))
        case .time: .time(Int64(bitPattern: bits))
        case nil: .null
        }
    }
}

/// The states of one aggregate in many groups.
private struct States {
    var rows: AggregateLayout.Rows
    /// Of the state in a row.
    var word: Int

    @inline(__always) func integers(_ result: (UnsafePointer<UInt64>) -> Int64?) -> Column {
        column(.int) { column, row in
            if let value = result(row + word) { column.append(int: value) } else { column.appendNull() }
        }
    }

    @inline(__always) func floats(_ result: (UnsafePointer<UInt64>) -> Double?) -> Column {
        column(.float) { column, row in
            if let value = result(row + word) { column.append(float: value) } else { column.appendNull() }
        }
    }

    @inline(__always)
    private func column(_ type: ColumnType, _ append: (inout ColumnBuilder, UnsafePointer<UInt64>) -> Void) -> Column {
        var column = ColumnBuilder(type, capacity: rows.count)
        for row in rows { append(&column, UnsafePointer(row)) }
        return column.finish()
    }

    /// A word behind one that counts the values, as its type stores it.
    func column(_ type: ColumnType, word value: Int) -> Column {
        column(type) { column, row in
            if row[word] == 0 { column.appendNull() } else { column.append(bits: row[word + value]) }
        }
    }

    func map<Object: AggregateObject, Result>(_ result: (Object?) -> Result) -> [Result] {
        rows.map { row in result((row + word).object.map { unsafeDowncast($0, to: Object.self) }) }
    }

    func counts<Object: AggregateObject>(_ count: (Object) -> Int64) -> Column {
        var column = ColumnBuilder(.int, capacity: rows.count)
        for value in map({ (object: Object?) in object.map(count) ?? 0 }) { column.append(int: value) }
        return column.finish()
    }

    func quantiles(_ quantile: Double) -> Column {
        var column = ColumnBuilder(.float, capacity: rows.count)
        for value in map({ (object: QuantileSketch?) in object?.quantile(quantile) }) {
            if let value { column.append(float: value) } else { column.appendNull() }
        }
        return column.finish()
    }
}
