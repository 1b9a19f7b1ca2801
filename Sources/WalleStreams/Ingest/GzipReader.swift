internal import CZlib

/// Inflates gzip (RFC 1952) from pieces of any length, in pieces of a given length: several members one behind the other
/// are one input, as `gzip` has it, and zeros behind the last are padding. Lengths and checksums are checked.
package final class GzipReader {
    private enum State {
        case member
        /// Behind a member: another may begin.
        case between
        case padding
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.member
    /// Bytes of compressed input before what comes next: for messages.
    private var offset: Int64 = 0

    package init() throws(StreamError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // The largest window, and a header of gzip.
        let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if code != Z_OK {
            throw StreamError(
                .input, "zlib cannot begin (\(code))", remedy: "Give the process more memory, or another zlib.")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Inflates until the bytes end or the room is full, which bounds what one call makes of few bytes.
    ///
    /// - Returns: How many bytes it took and how many it made. Where both are zero it needs more bytes.
    /// - Throws: `StreamError.Code.input` when the bytes are no gzip or are damaged; nothing after it is readable.
    package func inflate(
        _ bytes: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> (taken: Int, made: Int) {
        var (taken, made) = (0, 0)
        while made < room.count {
            taken += try begin(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            guard state == .member else { break }
            let step = try inflateSome(
                UnsafeRawBufferPointer(rebasing: bytes[taken...]),
                UnsafeMutableRawBufferPointer(rebasing: room[made...]))
            taken += step.taken
            made += step.made
            if step.taken == 0 && step.made == 0 { break }
        }
        return (taken, made)
    }

    /// Whether the input may end here. Bytes that are all zero and no member are no gzip.
    package var isComplete: Bool { state != .member }

    /// Goes over what is between two members.
    private func begin(_ bytes: UnsafeRawBufferPointer) throws(StreamError) -> Int {
        guard state != .member else { return 0 }
        if state == .between, let first = bytes.first, first != 0 {
            state = .member
            inflateReset(stream)
            return 0
        }
        if !bytes.isEmpty { state = .padding }
        let zeros = bytes.firstIndex { $0 != 0 } ?? bytes.count
        offset += Int64(zeros)
        if zeros < bytes.count { throw damaged("there is something behind its end") }
        return zeros
    }

    private func inflateSome(
        _ bytes: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> (taken: Int, made: Int) {
        // zlib counts in 32 bits.
        let (given, space) = (min(bytes.count, 1 << 30), min(room.count, 1 << 30))
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(space)
        let code = CZlib.inflate(stream, Z_NO_FLUSH)
        let taken = given - Int(stream.pointee.avail_in)
        offset += Int64(taken)
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: state = .between
        case Z_MEM_ERROR: throw StreamError(.limit, "No memory to inflate", remedy: "Give the process more memory.")
        default: throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(code)")
        }
        return (taken, space - Int(stream.pointee.avail_out))
    }

    private func damaged(_ why: String) -> StreamError {
        StreamError(
            .input, "The gzip input cannot be read at byte \(offset): \(why)",
            remedy: "What came before it was read. Compress the file again, or fetch it again.")
    }
}
