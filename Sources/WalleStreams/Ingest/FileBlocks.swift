#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The bytes of a file, a block at a time. It belongs to one thread at a time.
package final class FileBlocks {
    private let path: String
    private let field: String
    private let file: Int32
    private let room: UnsafeMutableRawBufferPointer

    /// - Parameter field: What errors name.
    /// - Throws: `StreamError.Code.input` when the file cannot be opened.
    package init(_ path: String, blockBytes: Int = 256 << 10, field: String = "input") throws(StreamError) {
        (self.path, self.field) = (path, field)
        room = .allocate(byteCount: blockBytes, alignment: 16)
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable }
    }

    deinit {
        if file >= 0 { close(file) }
        room.deallocate()
    }

    /// The next bytes, valid until the next call; nil at the end.
    ///
    /// - Throws: `StreamError.Code.input` when they cannot be read.
    package func next() throws(StreamError) -> UnsafeRawBufferPointer? {
        while true {
            let count = read(file, room.baseAddress, room.count)
            if count == 0 { return nil }
            if count > 0 { return UnsafeRawBufferPointer(rebasing: room[..<count]) }
            // Reads again when a signal came.
            if errno != EINTR { throw unreadable }
        }
    }

    private var unreadable: StreamError {
        StreamError(
            .input, field: field, "\"\(path)\" cannot be read: \(String(cString: strerror(errno)))",
            remedy: "Give a file that is there and may be read.")
    }
}
