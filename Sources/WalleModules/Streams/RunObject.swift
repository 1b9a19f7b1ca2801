internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// A definition that takes events: its state, its texts and its counters.
///
/// Python reaches it under the GIL of the interpreter that made it, which guards all of it; a call that comes while
/// another runs, from a user's function or another thread, is refused.
final class RunObject: PythonObject, @unchecked Sendable {
    static let pythonName = "Run"

    let definition: DefinitionObject
    let texts = TextDictionary()
    let options: IngestOptions
    private let interpreter: Interpreter
    private let processor: any EventProcessor
    private let calls: FunctionCalls
    private var isBusy = false
    /// Bytes of state that the interpreter is charged for.
    private var chargedBytes = 0
    /// Events taken, and rows given.
    private(set) var position: Int64 = 0
    private var rowCount: Int64 = 0
    /// Events left out, and values without room, by reason; values of another type by name.
    private(set) var bad: [BadLine.Reason: Int64] = [:]
    private(set) var unfit: [String: Int64] = [:]

    /// - Parameter state: What `state` of another gave; nil: it begins.
    /// - Throws: `StreamError` for a definition that does not fit, or not the state; for a damaged state.
    init(_ definition: DefinitionObject, _ options: IngestOptions, state: [UInt8]?) throws {
        self.definition = definition
        self.options = options
        interpreter = try Interpreter.attached()
        let calls = FunctionCalls(definition.functions, options)
        self.calls = calls
        let image = try state.map { [texts] in try ProcessorImage($0, texts: texts) }
        processor = try definition.processor(texts: texts) { name, arguments, count, texts throws(StreamError) in
            try calls.column(name, arguments, count, texts)
        }
        if let image { try take(image) }
    }

    deinit { interpreter.charge(bytes: -chargedBytes) }

    // MARK: state

    /// All that it knows, for another run of the same definition.
    func state() throws -> [UInt8] {
        try exclusive()
        defer { isBusy = false }
        var counters = ["rows": rowCount]
        for (reason, count) in bad { counters["bad.\(reason)"] = count }
        for (name, count) in unfit { counters["unfit.\(name)"] = count }
        return ProcessorImage.bytes(of: processor, texts: texts, position: position, counters: counters)
    }

    private func take(_ image: ProcessorImage) throws {
        do { try image.restore(processor) } catch { throw definition.toldAtLast(error) }
        position = image.position
        rowCount = image.counters["rows"] ?? 0
        for reason in BadLine.Reason.allCases { bad[reason] = image.counters["bad.\(reason)"] }
        for name in definition.source.schema.names { unfit[name] = image.counters["unfit.\(name)"] }
        charge()
    }

    /// What came, what became of it, and what was lost, by name.
    var counters: [String: Int64] {
        var counters = processor.lossCounters
        counters["events"] = position
        counters["rows"] = rowCount
        counters["bad"] = bad.values.reduce(0, +)
        counters["unfit"] = unfit.values.reduce(0, +)
        return counters
    }

    /// Bytes of state and of texts.
    var byteCount: Int { processor.byteCount + texts.byteCount }
    var watermark: Int64? { processor.watermark == .min ? nil : processor.watermark }

    /// The events that a script gives, in columns.
    func batch(_ events: PythonPointer) throws -> BatchObject {
        if let batch = try? BatchObject(python: PythonReference(events)) {
            return batch
        }
        try exclusive()
        defer { isBusy = false }
        var reader = BatchReader(definition.source.schema, texts, options)
        defer {
            bad.merge(reader.bad) { $0 + $1 }
            unfit.merge(reader.unfit) { $0 + $1 }
        }
        return BatchObject(try reader.batch(events, offset: position))
    }

    /// Takes events and gives the rows that end with them.
    ///
    /// - Throws: What a function raised, and `StreamError` for what it gave: nothing of the batch is taken then.
    func send(_ batch: BatchObject, functions: PythonPointer) throws -> RowsObject {
        guard batch.batch.texts === texts else { throw RunError.otherBatch }
        return try run(functions) {
            var events = batch.batch
            events.offset = position
            let rows = events.count == 0 ? [] : try processor.process(events)
            position += Int64(events.count)
            return rows
        }
    }

    func advance(to time: Int64, functions: PythonPointer) throws -> RowsObject {
        try run(functions) { try processor.advance(to: time) }
    }

    /// Adds what a reader of files left out.
    func note(bad: [BadLine.Reason: Int64], unfit: [String: Int64]) {
        self.bad.merge(bad) { $0 + $1 }
        self.unfit.merge(unfit) { $0 + $1 }
    }

    // MARK: taking turns

    private func run(_ functions: PythonPointer, _ body: () throws -> [StreamRows]) throws -> RowsObject {
        try exclusive()
        defer { isBusy = false }
        let rows: [StreamRows]
        do { rows = try calls.with(functions, body) } catch let error as StreamError { throw definition.told(error) }
        charge()
        rowCount += rows.reduce(0) { $0 + Int64($1.count) }
        return RowsObject(rows, processor.columns, texts)
    }

    /// The state is part of the task's memory.
    private func charge() {
        let bytes = byteCount
        interpreter.charge(bytes: bytes - chargedBytes)
        chargedBytes = bytes
    }

    /// Nobody else runs it, and its state is within the memory of the task.
    private func exclusive() throws {
        guard !isBusy else { throw RunError.busy }
        guard Interpreter.current === interpreter else { throw RunError.elsewhere }
        try interpreter.admit(bytes: 0)
        isBusy = true
    }
}

/// What a run refuses.
enum RunError: PythonConvertibleError {
    case busy, elsewhere, otherBatch, noRows

    var pythonException: PythonExceptionType {
        self == .otherBatch || self == .noRows ? .valueError : .runtimeError
    }

    var pythonMessage: String {
        switch self {
        case .busy: "this run is taking events already: a function of a batch, or another thread, called it again"
        case .elsewhere: "this run belongs to another interpreter"
        case .otherBatch: "the batch was made by another run: its texts have other codes"
        case .noRows: "there is nothing to join"
        }
    }
}
