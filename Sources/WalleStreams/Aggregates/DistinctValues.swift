/// Different values, all of them.
///
/// Few are a list that is searched from its beginning; more are a table with open addressing, at most half full, where
/// zero is a free place.
final class DistinctValues: AggregateObject {
    @exclusivity(unchecked) private var words: UnsafeMutablePointer<UInt64>
    private var capacity: Int
    @exclusivity(unchecked) private(set) var count = 0
    /// The value zero, which the table has no place for.
    private var hasZero = false

    /// Values of a list: a cache line.
    private static let mostListed = 8

    override init() {
        capacity = 2
        words = .allocate(capacity: capacity)
    }

    deinit { words.deallocate() }

    override func add(_ value: UInt64, at _: Moment) { insert(value) }

    private func insert(_ value: UInt64) {
        if value == 0 {
            if !hasZero { count += 1 }
            hasZero = true
            return
        }
        let listed = hasZero ? count &- 1 : count
        if capacity <= Self.mostListed {
            for index in 0..<listed where words[index] == value { return }
            if listed < capacity {
                words[listed] = value
                count += 1
                return
            }
            grow(listed)
            return insert(value)
        }
        let place = place(of: value)
        if words[place] == value { return }
        words[place] = value
        count += 1
        if listed &* 2 >= capacity { grow(capacity) }
    }

    @inline(__always) private func place(of value: UInt64) -> Int {
        var place = Int(truncatingIfNeeded: fold(value ^ 0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93)) & (capacity - 1)
        while words[place] != 0, words[place] != value { place = (place &+ 1) & (capacity &- 1) }
        return place
    }

    /// - Parameter used: Words that may hold values.
    private func grow(_ used: Int) {
        let old = words
        capacity *= capacity * 2 > Self.mostListed ? 4 : 2
        words = .allocate(capacity: capacity)
        if capacity > Self.mostListed { words.initialize(repeating: 0, count: capacity) }
        for index in 0..<used where old[index] != 0 {
            words[capacity > Self.mostListed ? place(of: old[index]) : index] = old[index]
        }
        old.deallocate()
    }

    private var values: [UInt64] {
        let used = capacity > Self.mostListed ? capacity : (hasZero ? count - 1 : count)
        return (hasZero ? [0] : []) + (0..<used).map { words[$0] }.filter { $0 != 0 }
    }

    override func merge(_ other: AggregateObject) {
        for value in unsafeDowncast(other, to: DistinctValues.self).values { insert(value) }
    }

    override func write(to writer: inout BlockWriter) { writer.write(counted: values.sorted()) }

    override func read(from reader: inout BlockReader) throws(StreamError) {
        for value in try reader.readWords() { insert(value) }
    }

    override var byteCount: Int { 64 + capacity * 8 }
}
