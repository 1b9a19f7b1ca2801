internal import CWallePython
package import WalleBinding
internal import WallePython
internal import WalleStreams
internal import WalleText

/// `walle._streams`: what `walle.streams` is built upon.
package enum StreamsModule {
    package static let module = PythonModule(
        "walle._streams", doc: "Event streams in Swift. Use `walle.streams`."
    ) {
        Function("expression", "text", doc: "An expression as the engine writes it.") { (text: String) in
            try StreamRaising.run { try ExpressionParser.parse(text).text }
        }
        Function("microseconds", "time", doc: "A time in microseconds since 1970 in UTC.") { (time: Borrowed) in
            try StreamRaising.run { () throws -> Int in
                guard let time = try StreamTime(time.pointer, unit: .microseconds) else { throw noTime }
                return Int(time.microseconds)
            }
        }
        Function("state_columns", "state", doc: "The columns of the source of a run that was saved: names with types.")
        {
            (state: [UInt8]) in
            try StreamRaising.run {
                try ProcessorImage(state, texts: TextDictionary()).columns.map { [$0.name, $0.type.rawValue] }
            }
        }
        Function("no_rows", "names", doc: "Rows of columns of these names, none of them.") { (names: [String]) in
            RowsObject(none: names)
        }
        Function("input_format", "name", doc: "What a file holds by the ending of its name, such as \"csv.gz\".") {
            (name: String) in
            try StreamRaising.run { try InputFormat(fileName: name).pythonName }
        }
        Function("join_rows", "parts", doc: "The rows of several calls of one run.") { (parts: [RowsObject]) in
            try RowsObject.joined(parts)
        }
        Function("join_batches", "parts", doc: "The events of several batches of one run.") { (parts: [BatchObject]) in
            try StreamRaising.run { try BatchObject.joined(parts) }
        }
        definition
        run
        input
        TableClasses.rows
        TableClasses.batch
        TextClasses.column
        TextClasses.categories
    }

    private static let noTime = StreamError(
        .definition, "this is no time",
        remedy:
            "Give microseconds since 1970 in UTC, an ISO text such as \"2026-11-21 22:05\", or a datetime with a zone.")

    private static let definition = Class(DefinitionObject.self, doc: "One stream or pattern that fits together.") {
        Function("__init__", "tree", "name") { (tree: DefinitionTree, name: String) in
            try StreamRaising.run { try DefinitionObject(tree.node, name: name) }
        }
        Function("sql", "self", "dialect") { (definition: DefinitionObject, dialect: String) in
            try StreamRaising.run { try definition.sql(dialect) }
        }
        Function("explain", "self") { (definition: DefinitionObject) in
            try StreamRaising.run { try definition.explain() }
        }
        Function("__eq__", "self", "other") { (definition: DefinitionObject, other: DefinitionObject) in
            definition.part == other.part
        }
        Function("__hash__", "self") { (definition: DefinitionObject) in definition.part.hashValue }
        Property("columns", doc: "The names of the columns of its rows.") { (definition: DefinitionObject) in
            definition.columnNames
        }
        Property("unknown", doc: "The columns that it reads and whose types are not known.") {
            (definition: DefinitionObject) in definition.unknown
        }
        Property("time", doc: "What the time of its rows is called.") { (definition: DefinitionObject) in
            definition.part.rowTime
        }
        Property("source_time", doc: "What the time of an event is called.") { (definition: DefinitionObject) in
            definition.source.schema.time
        }
        Property("functions", doc: "The derived values that come from functions.") { (definition: DefinitionObject) in
            definition.functions.keys.sorted()
        }
    }

    private static let run = Class(RunObject.self, doc: "A definition that takes events.") {
        Function("__init__", "definition", "time_unit", "future", "state") {
            (definition: DefinitionObject, unit: String, future: String?, state: [UInt8]?) in
            try StreamRaising.run { try RunObject(definition, try options(unit, future), state: state) }
        }
        Function("state", "self") { (run: RunObject) in try run.state() }
        Function("batch", "self", "events") { (run: RunObject, events: Borrowed) in
            try StreamRaising.run { try run.batch(events.pointer) }
        }
        Function("send", "self", "batch", "functions") { (run: RunObject, batch: BatchObject, functions: Borrowed) in
            try StreamRaising.run { try run.send(batch, functions: functions.pointer) }
        }
        Function("advance", "self", "time", "functions") { (run: RunObject, time: Int, functions: Borrowed) in
            try StreamRaising.run { try run.advance(to: Int64(time), functions: functions.pointer) }
        }
        Property("position") { (run: RunObject) in Int(run.position) }
        Property("counters") { (run: RunObject) in run.counters.mapValues { Int($0) } }
        Property("bytes") { (run: RunObject) in run.byteCount }
        Property("watermark") { (run: RunObject) in run.watermark.map { Int($0) } }
        Property("bad") { (run: RunObject) in
            Dictionary(uniqueKeysWithValues: run.bad.map { ($0.key.pythonName, Int($0.value)) })
        }
        Property("unfit") { (run: RunObject) in run.unfit.mapValues { Int($0) } }
    }

    private static let input = Class(InputObject.self, doc: "The bytes of one file on their way to a run.") {
        Function("__init__", "run", "name") { (run: RunObject, name: String) in
            try StreamRaising.run { try InputObject(run, name: name) }
        }
        Function("read", "self", "data") { (input: InputObject, data: Borrowed) in
            try StreamRaising.run { try input.read(data.pointer) }
        }
        Function("finish", "self") { (input: InputObject) in try StreamRaising.run { try input.finish() } }
    }

    private static func options(_ unit: String, _ future: String?) throws -> IngestOptions {
        var options = IngestOptions()
        guard let found = EventTimeUnit(rawValue: unit) else {
            let units = EventTimeUnit.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw StreamError(
                .definition, field: "time_unit", "\"\(unit)\" is no unit of time", remedy: "Write one of \(units).")
        }
        options.timeUnit = found
        do { options.futureBound = try future.map { try Quantity.microseconds($0) } } catch let error
            as Quantity.Failure
        {
            throw StreamError(.definition, field: "future", error.message, remedy: error.remedy)
        }
        // Python functions take many rows at once.
        options.batchRows = 65_536
        return options
    }
}

extension BadLine.Reason {
    /// As Python writes names: `missing_time`.
    fileprivate var pythonName: String {
        "\(self)".reduce(into: "") { name, letter in
            name +=
                letter.isUppercase && !name.hasSuffix("_") && name.last?.isUppercase != true
                ? "_\(letter.lowercased())" : letter.lowercased()
        }
    }
}

extension InputFormat {
    /// As `Run.send` takes it.
    fileprivate var pythonName: String { (records == .csv ? "csv" : "jsonl") + (isCompressed ? ".gz" : "") }
}
