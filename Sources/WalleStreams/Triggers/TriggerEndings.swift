/// The conditions that end with one step, by the rarest of their other steps, their *guard*: while the events of a key have not
/// taken that, nothing of these conditions is looked at.
struct TriggerEndings: ~Copyable {
    struct Member: BitwiseCopyable {
        var slot: Int32
        /// Its steps but the last are in `steps` from here on.
        var first: Int32
        var count: Int32
        var within: Int64
    }

    let guards: UnsafeMutableBufferPointer<UInt32>
    /// The members of guard n are those from number n of this to the next.
    private let bounds: UnsafeMutableBufferPointer<Int32>
    private let members: UnsafeMutableBufferPointer<Member>
    private let steps: UnsafeMutableBufferPointer<UInt32>
    /// From a guard to its index.
    private let places: KeyTable

    /// A condition to be laid out.
    struct Ending {
        var slot: Int
        /// All steps but the last.
        var steps: ArraySlice<UInt32>
        var within: Int64
    }

    /// - Parameter frequencies: How often events have taken each step.
    init(_ endings: [Ending], frequencies: UnsafeMutablePointer<TriggerSteps.Hot>) {
        let byGuard = Dictionary(grouping: endings) { ending in
            // Of steps that are as rare as each other, a later one: behind it there is less to look at.
            ending.steps.reversed().min { frequencies[Int($0)].frequency < frequencies[Int($1)].frequency } ?? 0
        }
        guards = .allocate(capacity: byGuard.count)
        bounds = .allocate(capacity: byGuard.count + 1)
        members = .allocate(capacity: endings.count)
        steps = .allocate(capacity: endings.reduce(0) { $0 + $1.steps.count })
        var places = KeyTable()
        var (memberCount, stepCount) = (0, 0)
        for (index, (key, group)) in byGuard.sorted(by: { $0.key < $1.key }).enumerated() {
            guards.initializeElement(at: index, to: key)
            bounds.initializeElement(at: index, to: Int32(memberCount))
            places.insert(Int64(key), Int32(index))
            for ending in group {
                members.initializeElement(
                    at: memberCount,
                    to: Member(
                        slot: Int32(ending.slot), first: Int32(stepCount), count: Int32(ending.steps.count),
                        within: ending.within))
                for (offset, step) in ending.steps.enumerated() {
                    steps.initializeElement(at: stepCount + offset, to: step)
                }
                memberCount += 1
                stepCount += ending.steps.count
            }
        }
        bounds.initializeElement(at: byGuard.count, to: Int32(memberCount))
        self.places = places
    }

    deinit {
        guards.deallocate()
        bounds.deallocate()
        members.deallocate()
        steps.deallocate()
    }

    /// The index of a step among the guards; −1 when it is none.
    @inline(__always) func place(of step: UInt32) -> Int { Int(places.value(of: Int64(step))) }

    @inline(__always) func members(of place: Int) -> UnsafeMutableBufferPointer<Member> {
        UnsafeMutableBufferPointer(rebasing: members[Int(bounds[place])..<Int(bounds[place + 1])])
    }

    /// Looks back from the newest event for the last of the ways through the steps of a member that lead to it.
    ///
    /// - Returns: Which event that begins with, counted over all; −1 when there is no way.
    @inline(__always) func lastStart(_ member: Member, in log: KeyLog, now: Int64) -> Int64 {
        let steps = steps.baseAddress.unsafelyUnwrapped + Int(member.first)
        var (index, bound) = (Int(member.count) - 1, Int64.max)
        while index >= 0 {
            var number = log.newest(of: steps[index])
            while number >= 0, log[number].sequence >= bound { number = log.older(than: number, steps[index]) }
            guard number >= 0, now &- log[number].time <= member.within else { return -1 }
            bound = log[number].sequence
            index -= 1
        }
        return bound
    }
}
