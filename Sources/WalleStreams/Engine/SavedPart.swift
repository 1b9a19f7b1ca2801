internal import GRDB

/// What the store holds of a part of an engine that gives no rows, and what was last saved of its state.
struct SavedPart {
    let record: StreamRecord
    var recorder = StateRecorder()

    /// Writes what changed, behind the texts of the source.
    func write(position: Int64, _ database: Database, _ state: (StateRecorder) -> Void) throws {
        try record.write(
            StreamRecord.Checkpoint(position: position, watermark: .min, changes: recorder.record(state)), database)
    }

    func commit() {
        record.commit()
        recorder.commit()
    }

    func rollBack() {
        record.rollBack()
        recorder.rollBack()
    }
}
