// What groups give when their window ends.
extension AggregateLayout {
    typealias Rows = UnsafeBufferPointer<UnsafeMutablePointer<UInt64>>

    /// A column an aggregate with the values of groups, by where their rows begin.
    func results(of rows: Rows) -> [ResultColumn] { slots.map { results($0, rows) } }

    private func results(_ slot: Slot, _ rows: Rows) -> ResultColumn {
        let states = States(rows: rows, word: slot.word)
        return switch slot.kind {
        case .count: .values(states.column(CountState.self, .int))
        case .integerSum: .values(states.column(IntegerSumState.self, .int))
        case .integerMean: .values(states.column(IntegerMeanState.self, .float))
        case .floatSum: .values(states.column(FloatSumState.self, .float))
        case .floatMean: .values(states.column(FloatMeanState.self, .float))
        case .variance: .values(states.column(VarianceState.self, .float))
        case .deviation: .values(states.column(DeviationState.self, .float))
        case .smallestInteger, .largestInteger, .smallestFloat, .largestFloat, .smallestBool, .largestBool,
            .smallestText, .largestText:
            .values(states.column(slot.type ?? .int, word: 1))
        case .first, .last: .values(states.column(slot.type ?? .int, word: 3))
        case .object(let kind): results(kind, slot.type, states)
        }
    }

    private func results(_ kind: AggregateObject.Kind, _ type: ColumnType?, _ states: States) -> ResultColumn {
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

    private func value(_ bits: UInt64, _ type: ColumnType?) -> EventValue {
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

    func column<State: AggregateState>(_: State.Type, _ type: ColumnType) -> Column {
        var column = ColumnBuilder(type, capacity: rows.count)
        for row in rows {
            switch State.result(row + word) {
            case let value as Int64: column.append(int: value)
            case let value as Double: column.append(float: value)
            default: column.appendNull()
            }
        }
        return column.finish()
    }

    /// A word behind one that counts the values, as its type stores it.
    func column(_ type: ColumnType, word value: Int) -> Column {
        var column = ColumnBuilder(type, capacity: rows.count)
        for row in rows {
            let bits = row[word + value]
            if row[word] == 0 { column.appendNull() } else { column.append(bits: bits) }
        }
        return column.finish()
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
