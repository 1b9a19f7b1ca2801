/// Reads a window: a table with a field that says its kind, `{ hopping = "1h", slide = "10min" }`; false for none; or
/// `"source"` for that of the rows of a stream.
enum WindowReader {
    private static let kinds = ["tumbling", "hopping", "cumulating", "session", "over", "calendar", "visit"]

    /// - Throws: `.definition` that names the field, as in `window.slide`.
    static func read(_ node: DefinitionNode?) throws(StreamError) -> WindowKind {
        guard let node else {
            throw StreamError(
                .definition, field: "window", "there is none",
                remedy: "Write window = { tumbling = \"1h\" }, or window = false for all events of a group.")
        }
        switch node {
        case .bool(false): return .unbounded
        case .text("source"): return .upstream
        default: break
        }
        do throws(StreamError) {
            var table = try DefinitionTable(node)
            let found = table.fields.map(\.name).filter(kinds.contains)
            guard found.count == 1 else {
                throw StreamError(
                    .definition,
                    found.isEmpty ? "it does not say its kind" : "it is \(found.joined(separator: " and "))",
                    remedy: "Write one of \(kinds.joined(separator: ", ")), as in { tumbling = \"1h\" }.")
            }
            let (window, fields) = try window(found[0], &table)
            try table.finish([found[0]] + fields)
            return window
        } catch { throw error.at("window") }
    }

    private static func window(
        _ kind: String, _ table: inout DefinitionTable
    ) throws(StreamError) -> (WindowKind, fields: [String]) {
        if kind == "calendar" {
            return (.calendar(unit: try unit(&table), zone: try table.text("zone") ?? "UTC"), ["zone"])
        }
        let size = try required(kind, &table)
        switch kind {
        case "session": return (.session(gap: size), [])
        case "visit":
            let (enter, exit) = (try name("enter", &table), try name("exit", &table))
            return (.visit(timeout: size, enter: enter, exit: exit), ["enter", "exit"])
        case "over": return (.over(size: size), [])
        case "tumbling": return (.tumbling(size: size, offset: try offset(&table)), ["offset"])
        case "hopping":
            let slide = try required("slide", &table)
            return (.hopping(size: size, slide: slide, offset: try offset(&table)), ["slide", "offset"])
        default:
            let step = try required("step", &table)
            return (.cumulating(size: size, step: step, offset: try offset(&table)), ["step", "offset"])
        }
    }

    private static func required(_ name: String, _ table: inout DefinitionTable) throws(StreamError) -> Microseconds {
        guard let span = try table.span(name) else {
            throw StreamError(.definition, field: name, "there is none", remedy: "Write \(name) = \"10min\".")
        }
        return span
    }

    /// Of an event.
    private static func name(_ field: String, _ table: inout DefinitionTable) throws(StreamError) -> String {
        try table.requiredText(field, such: "\"page_\(field)\"")
    }

    private static func offset(_ table: inout DefinitionTable) throws(StreamError) -> Microseconds {
        try table.span("offset", allowsZero: true) ?? 0
    }

    private static func unit(_ table: inout DefinitionTable) throws(StreamError) -> TimeUnit {
        let text = try table.text("calendar") ?? ""
        guard let unit = TimeUnit(rawValue: text) else {
            let units = TimeUnit.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw StreamError(
                .definition, field: "calendar", "\"\(text)\" is no unit of the calendar",
                remedy: "Write one of \(units).")
        }
        return unit
    }
}
