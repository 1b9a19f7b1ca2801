internal import WalleStreams

/// What windows are compared with: one open-addressing array with a row of the same state for every key, linear probing,
/// a power of two of rows, and nothing else. It has no windows, no watermark, gives no rows and never grows.
final class BareTable {
    /// Key, events, values, their sum and its rounding error, the least and the greatest value: a line of the cache.
    private static let words = 8
    private let base: UnsafeMutablePointer<UInt64>
    private let mask: Int

    /// - Parameter keys: As many as will come: the table is at most two thirds full.
    init(keys: Int) {
        var rows = 16
        while rows * 2 < keys * 3 { rows *= 2 }
        mask = rows - 1
        base = UnsafeMutableRawPointer.allocate(byteCount: rows * Self.words * 8, alignment: Self.words * 8)
            .bindMemory(to: UInt64.self, capacity: rows * Self.words)
        base.initialize(repeating: 0, count: rows * Self.words)
    }

    deinit { base.deallocate() }

    /// Adds the values of the second aggregate's column to the states of the keys.
    func add(_ batch: WindowBatch) {
        guard let values = batch.values[1]?.floats else { return }
        batch.keys.withUnsafeBufferPointer { keys in
            for index in 0..<keys.count { add(values[index], to: base + row(keys[index])) }
        }
    }

    @inline(__always) private func row(_ key: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: fold(key ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93)) & mask
        while true {
            let row = index &* Self.words
            if base[row &+ 1] == 0 {
                base[row] = key
                return row
            }
            if base[row] == key { return row }
            index = (index &+ 1) & mask
        }
    }

    @inline(__always) private func add(_ value: Double, to row: UnsafeMutablePointer<UInt64>) {
        let isFirst = row[1] == 0
        (row[1], row[2]) = (row[1] &+ 1, row[2] &+ 1)
        let sum = Double(bitPattern: row[3])
        let next = sum + value
        let part = next - sum
        row[3] = next.bitPattern
        row[4] = (Double(bitPattern: row[4]) + ((sum - (next - part)) + (value - part))).bitPattern
        if isFirst || value < Double(bitPattern: row[5]) { row[5] = value.bitPattern }
        if isFirst || value > Double(bitPattern: row[6]) { row[6] = value.bitPattern }
    }

    /// Of all keys, for a check: events, and the sum of their values.
    var totals: (events: Int, sum: Double) {
        (0...mask).reduce((0, 0)) { total, index in
            let row = base + index * Self.words
            return (total.0 + Int(row[1]), total.1 + Double(bitPattern: row[3]) + Double(bitPattern: row[4]))
        }
    }
}
