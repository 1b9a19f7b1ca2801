internal import CZlib
internal import WalleMemory

extension LogColumnWriter {
    /// Bytes from which on it is worth while to compress them: names repeat from event to event.
    private static let leastCompressed = 64

    /// Writes the free attributes of rows, in their order: how many bytes each row has, then all of them, deflated where
    /// that makes them fewer.
    mutating func append(_ free: FreeAttributes?, _ rows: UnsafeBufferPointer<UInt32>) {
        guard let free = free?.taking(rows) else { return bytes.append(Nulls.all.rawValue) }
        bytes.append(Nulls.none.rawValue)
        let lengths = (0..<rows.count).map { Int64(free.bytes($0).count) }
        lengths.withUnsafeBufferPointer { lengths in
            guard let base = lengths.baseAddress else { return }
            bytes.append(packed: base, lengths.count)
        }
        let count = Int(lengths.reduce(0, +))
        let all = UnsafeRawBufferPointer(rebasing: free.bytes.bytes[..<count])
        let deflated = count < Self.leastCompressed ? nil : Self.deflated(all)
        bytes.append(varint: UInt64(deflated?.count ?? 0))
        if let deflated { deflated.withUnsafeBytes { bytes.append($0) } } else { bytes.append(all) }
    }

    /// Nil when it would not be shorter.
    private static func deflated(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        let result = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, filled in
            var length = uLongf(bytes.count)
            let from = bytes.bindMemory(to: UInt8.self).baseAddress
            let code = compress2(buffer.baseAddress, &length, from, uLong(bytes.count), Z_BEST_SPEED)
            filled = code == Z_OK ? Int(length) : 0
        }
        return result.isEmpty ? nil : result
    }
}

extension PackedReader {
    /// Bytes of the free attributes of a segment at most.
    private static let mostFreeBytes = 1 << 30

    /// Reads what a writer appended of the free attributes of rows.
    mutating func readFreeAttributes(_ count: Int) throws(StreamError) -> FreeAttributes? {
        guard try readByte() == LogColumnWriter.Nulls.none.rawValue else { return nil }
        var lengths = [Int64](repeating: 0, count: count)
        try readNumbers(into: &lengths)
        var ends: [Int] = []
        ends.reserveCapacity(count)
        for length in lengths {
            let isSound = (0...Int64(Self.mostFreeBytes)).contains(length)
            try StateFormat.check(isSound, "free attributes of \(length) bytes")
            ends.append((ends.last ?? 0) + Int(length))
        }
        let total = ends.last ?? 0
        try StateFormat.check(total <= Self.mostFreeBytes, "free attributes of \(total) bytes")
        let deflatedCount = try readCount(Self.mostFreeBytes)
        let source = try take(deflatedCount == 0 ? total : deflatedCount)
        let bytes = SharedStorage(zeroed: total + Self.padding)
        if deflatedCount == 0 {
            bytes.bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: total))
        } else {
            var length = uLongf(total)
            let from = source.assumingMemoryBound(to: UInt8.self)
            let code = uncompress(
                bytes.bytes.bindMemory(to: UInt8.self).baseAddress, &length, from, uLong(deflatedCount))
            try StateFormat.check(code == Z_OK && Int(length) == total, "free attributes that do not inflate")
        }
        let storage = ends.withUnsafeBytes { SharedStorage(copying: $0) }
        return FreeAttributes(ends: storage, bytes: bytes)
    }
}
