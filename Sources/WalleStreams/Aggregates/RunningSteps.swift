/// What single events do, one after the other, to the groups that they belong to, in memory that is used again.
struct RunningSteps: ~Copyable {
    /// What is done at an event.
    struct Flags: OptionSet {
        let rawValue: UInt8

        /// The group's result before it is told.
        static let before = Flags(rawValue: 1)
        /// The group's result after it is told.
        static let after = Flags(rawValue: 2)
        /// Its values are taken back instead of added.
        static let removes = Flags(rawValue: 4)
    }

    private var capacity = 0
    private(set) var count = 0
    /// Positions in the batch.
    private(set) var rows: UnsafeMutablePointer<UInt32>
    /// Words of memory at which the events' groups begin.
    private(set) var places: UnsafeMutablePointer<Int>
    private(set) var flags: UnsafeMutablePointer<Flags>

    init() { (rows, places, flags) = (.allocate(capacity: 0), .allocate(capacity: 0), .allocate(capacity: 0)) }

    deinit { deallocate() }

    private func deallocate() {
        rows.deallocate()
        places.deallocate()
        flags.deallocate()
    }

    /// Makes room for so many steps. There must be none.
    mutating func reserve(_ steps: Int) {
        assert(count == 0, "no step waits")
        guard steps > capacity else { return }
        deallocate()
        capacity = steps
        (rows, places, flags) = (
            .allocate(capacity: steps), .allocate(capacity: steps), .allocate(capacity: steps)
        )
    }

    /// Room must have been reserved.
    @inline(__always) mutating func append(_ row: UInt32, _ place: Int, _ flags: Flags) {
        assert(count < capacity, "room was reserved")
        (rows[count], places[count], self.flags[count]) = (row, place, flags)
        count &+= 1
    }

    mutating func removeAll() { count = 0 }
}
