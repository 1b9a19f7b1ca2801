internal import CWallePython
internal import WalleBinding
internal import WallePython
internal import WalleStreams

/// Reads the bytes of one input, JSON lines or CSV, perhaps compressed, into batches for a run.
///
/// Python reaches it under its GIL, which guards it with the texts of its run.
final class InputObject: PythonObject, @unchecked Sendable {
    static let pythonName = "Input"

    private let run: RunObject
    private let input: EventInput
    /// What the run knows of already.
    private var counted = BadCounts()

    /// - Parameter name: The name of a file, whose ending says what is in it.
    init(_ run: RunObject, name: String) throws {
        self.run = run
        input = try EventInput(
            try InputFormat(fileName: name), schema: run.definition.source.schema, texts: run.texts,
            options: run.options)
    }

    /// The batches that are full with these bytes.
    func read(_ bytes: PythonPointer) throws -> [BatchObject] {
        var view = Py_buffer()
        guard PyObject_GetBuffer(bytes, &view, PyBUF_SIMPLE) == 0 else { throw PendingException() }
        defer { PyBuffer_Release(&view) }
        var batches: [BatchObject] = []
        try input.read(UnsafeRawBufferPointer(start: view.buf, count: view.len)) { batches.append(BatchObject($0)) }
        count()
        return batches
    }

    /// The last batches, when there are no more bytes.
    func finish() throws -> [BatchObject] {
        var batches: [BatchObject] = []
        try input.finish { batches.append(BatchObject($0)) }
        count()
        return batches
    }

    /// Tells the run what was left out since the last time.
    private func count() {
        let now = BadCounts(input, run.definition.source.schema)
        run.note(
            bad: now.bad.merging(counted.bad) { $0 - $1 }.filter { $0.value > 0 },
            unfit: now.unfit.merging(counted.unfit) { $0 - $1 }.filter { $0.value > 0 })
        counted = now
        // The script has the counts; the lines are nobody's.
        _ = input.takeBadLines()
    }

    private struct BadCounts {
        var bad: [BadLine.Reason: Int64] = [:]
        var unfit: [String: Int64] = [:]

        init() {}

        init(_ input: EventInput, _ schema: EventSchema) {
            let lines = input.badLines
            for reason in BadLine.Reason.allCases where reason != .otherType && lines[reason] > 0 {
                bad[reason] = lines[reason]
            }
            for name in schema.names where input.unfitCount(name) > 0 { unfit[name] = input.unfitCount(name) }
        }
    }
}
