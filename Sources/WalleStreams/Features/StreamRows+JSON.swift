extension StreamRows {
    /// A row as an object of JSON, in the order of its columns. Nulls are left out; times are microseconds since 1970 in UTC.
    ///
    /// - Parameters:
    ///   - columns: Of the stream.
    ///   - texts: The dictionary of its events.
    package func json(_ row: Int, _ columns: StreamColumns, _ texts: TextDictionary) -> String {
        var fields = zip(columns.keys, keys).map { ($0.name, $1.value(at: row, texts: texts)) }.compactMap(Self.field)
        let bounds = columns.bounds.count == 1 ? [results.ends[row]] : [results.starts[row], results.ends[row]]
        fields += zip(columns.bounds, bounds).compactMap { Self.field($0, .time($1)) }
        for (name, column) in zip(columns.aggregates, results.aggregates) {
            switch column {
            case .values(let column):
                if let field = Self.field(name, column.value(at: row, texts: texts)) { fields.append(field) }
            case .texts(let texts):
                if let field = Self.field(name, texts[row].map(EventValue.text) ?? .null) { fields.append(field) }
            case .lists(let lists): fields.append(Self.field(name, ResultJSON.text(lists[row])))
            case .counted(let counted): fields.append(Self.field(name, ResultJSON.text(counted[row])))
            }
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private static func field(_ name: String, _ value: EventValue) -> String? {
        guard value != .null else { return nil }
        return field(name, String(ResultJSON.text([value]).dropFirst().dropLast()))
    }

    private static func field(_ name: String, _ json: String) -> String {
        "\(ResultJSON.text([EventValue.text(name)]).dropFirst().dropLast()):\(json)"
    }
}
