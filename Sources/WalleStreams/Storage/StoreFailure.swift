internal import GRDB

/// Tells what SQLite says in words of a stream, with what to do.
enum StoreFailure {
    static func error(_ error: any Error, _ path: String) -> StreamError {
        if let error = error as? StreamError { return error }
        guard let error = error as? DatabaseError else {
            return StreamError(.storage, "\(path): \(error)", remedy: "See that the file can be read and written.")
        }
        let (what, remedy) = words(error)
        return StreamError(.storage, "\(path): \(what)", remedy: remedy)
    }

    private static func words(_ error: DatabaseError) -> (what: String, remedy: String) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            ("the database is locked", "End what else writes to it: what is new is kept in memory until then.")
        case .SQLITE_FULL:
            (
                "the disk is full, or the file as large as it may be",
                "Make room, raise the limit of the file or shorten the retention: what is new waits in memory."
            )
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            (
                "the file is damaged, or no database (\(error.message ?? ""))",
                "Put back a copy, or move the file away: the stream then begins anew from its source."
            )
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            (
                "the file cannot be opened for writing (\(error.message ?? ""))",
                "See that its folder exists and may be written."
            )
        case .SQLITE_IOERR:
            ("the disk fails (\(error.message ?? ""))", "See to the disk: what is new is kept in memory until then.")
        case .SQLITE_INTERRUPT: ("the query was stopped", "Ask for less, or give the run more time.")
        case .SQLITE_TOOBIG:
            (
                "a value is larger than the database takes",
                "Aggregate fewer values, by a shorter window or a list with a limit."
            )
        default:
            (error.message ?? "\(error)", "Correct the statement, or see that no other program changed the tables.")
        }
    }
}
