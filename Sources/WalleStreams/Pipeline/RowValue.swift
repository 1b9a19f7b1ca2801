/// A value of a row that a stream gave: one value, or a list of an aggregate that has several.
package enum RowValue: Hashable, Sendable {
    case value(EventValue)
    case list([EventValue])
    case counted([ResultColumn.Counted])
}

extension StreamRows {
    /// The values of a row in the order of the columns' names. The bounds of windows are times.
    package func values(_ row: Int, _ columns: StreamColumns, _ texts: TextDictionary) -> [RowValue] {
        let bounds = [results.starts[row], results.ends[row]].prefix(columns.bounds.count)
        return keys.map { .value($0.value(at: row, texts: texts)) } + bounds.map { .value(.time($0)) }
            + results.aggregates.map { $0.value(row, texts) }
    }
}

extension ResultColumn {
    fileprivate func value(_ row: Int, _ texts: TextDictionary) -> RowValue {
        switch self {
        case .values(let column): .value(column.value(at: row, texts: texts))
        case .texts(let values): .value(values[row].map(EventValue.text) ?? .null)
        case .lists(let lists): .list(lists[row])
        case .counted(let counted): .counted(counted[row])
        }
    }
}
