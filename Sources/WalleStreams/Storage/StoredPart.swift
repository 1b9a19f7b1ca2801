internal import GRDB

/// Something with a part in a checkpoint, which is one transaction of the store: a source's texts, a stream, a log.
protocol StoredPart: AnyObject {
    /// Writes what is new. When the transaction fails, at once or later, `rollBack` follows, and the next one calls it again.
    func write(_ database: Database) throws
    /// What was written is committed.
    func commit()
    /// What was written, if anything was, is not.
    func rollBack()
}

extension StreamStore {
    /// Writes parts in one transaction, in their order: all, or nothing when it throws.
    ///
    /// - Throws: `.storage`; all parts keep what is new then.
    func commit(_ parts: [any StoredPart]) throws(StreamError) {
        do throws(StreamError) {
            try write { database in for part in parts { try part.write(database) } }
        } catch {
            for part in parts { part.rollBack() }
            throw error
        }
        for part in parts { part.commit() }
    }
}
