extension StreamRows {
    /// A row as an object of JSON, in the order of its columns. Nulls are left out; times are microseconds since 1970 in UTC.
    ///
    /// - Parameters:
    ///   - columns: Of the stream.
    ///   - texts: The dictionary of its events.
    package func json(_ row: Int, _ columns: StreamColumns, _ texts: TextDictionary) -> String {
        let fields = zip(columns.names, values(row, columns, texts)).compactMap(Self.field)
        return "{\(fields.joined(separator: ","))}"
    }

    private static func field(_ name: String, _ value: RowValue) -> String? {
        let json: String
        switch value {
        case .value(.null): return nil
        case .value(let value): json = text(of: value)
        case .list(let values): json = ResultJSON.text(values)
        case .counted(let values): json = ResultJSON.text(values)
        }
        return "\(text(of: .text(name))):\(json)"
    }

    private static func text(of value: EventValue) -> String { String(ResultJSON.text([value]).dropFirst().dropLast()) }
}
