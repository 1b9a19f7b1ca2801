/// The conditions that end with one step, by the rarest two of their other steps, their *guards*: while the events of a key
/// have not taken both, nothing else of a condition is looked at.
struct TriggerEndings: ~Copyable {
    /// The hashes of the guards, the rarest first, by which the filter of a log is asked.
    struct Guards: BitwiseCopyable {
        var first: UInt32
        var second: UInt32
    }

    struct Member: BitwiseCopyable {
        var slot: Int32
        /// Its steps but the last are in `steps` from here on.
        var first: Int32
        var count: Int32
        var within: Int64
        /// Events up to this one came before the condition was added.
        var added: Int64
    }

    /// Of each member, by the rarest guard.
    let guards: UnsafePointer<Guards>
    let count: Int
    private let members: UnsafeMutableBufferPointer<Member>
    private let steps: UnsafeMutableBufferPointer<UInt32>
    /// The members whose rarest guard has number n are those from number n of this to the next.
    private let bounds: UnsafeMutableBufferPointer<Int32>
    /// From a step to its number as the rarest guard.
    private let places: KeyTable

    /// A condition to be laid out.
    struct Ending {
        var slot: Int
        /// All steps but the last.
        var steps: ArraySlice<UInt32>
        var within: Int64
        var added: Int64
    }

    /// - Parameter frequencies: How often events have taken each step.
    /// - Parameter guards: Memory for as many, which somebody else releases.
    init(
        _ endings: [Ending], frequencies: UnsafeMutablePointer<TriggerSteps.Hot>, guards: UnsafeMutablePointer<Guards>
    ) {
        let guarded = endings.map { ending in
            // Of steps that are as rare as each other, a later one: behind it there is less to look at.
            let rarest = ending.steps.reversed().sorted {
                frequencies[Int($0)].frequency < frequencies[Int($1)].frequency
            }
            return (first: rarest[0], second: rarest[min(1, rarest.count - 1)], ending)
        }.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
        self.guards = UnsafePointer(guards)
        count = guarded.count
        members = .allocate(capacity: guarded.count)
        steps = .allocate(capacity: endings.reduce(0) { $0 + $1.steps.count })
        var places = KeyTable()
        var (bounds, stepCount) = ([Int32](), 0)
        for (index, (first, second, ending)) in guarded.enumerated() {
            if index == 0 || guarded[index - 1].first != first {
                places.insert(Int64(first), Int32(bounds.count))
                bounds.append(Int32(index))
            }
            (guards + index).initialize(to: Guards(first: KeyLog.hash(first), second: KeyLog.hash(second)))
            members.initializeElement(
                at: index,
                to: Member(
                    slot: Int32(ending.slot), first: Int32(stepCount), count: Int32(ending.steps.count),
                    within: ending.within, added: ending.added))
            for step in ending.steps {
                steps.initializeElement(at: stepCount, to: step)
                stepCount += 1
            }
        }
        bounds.append(Int32(guarded.count))
        self.bounds = .allocate(capacity: bounds.count)
        _ = self.bounds.initialize(from: bounds)
        self.places = places
    }

    deinit {
        bounds.deallocate()
        members.deallocate()
        steps.deallocate()
    }

    /// The members whose rarest guard is a step.
    @inline(__always) func members(guardedBy step: UInt32) -> Range<Int> {
        let place = Int(places.value(of: Int64(step)))
        return place < 0 ? 0..<0 : Int(bounds[place])..<Int(bounds[place + 1])
    }

    /// The condition of a member.
    @inline(__always) func slot(_ member: Int) -> Int { Int(members[member].slot) }

    /// Looks back from the newest event for the last of the ways through the steps of a member that lead to it.
    ///
    /// - Returns: Which event that begins with, counted over all; −1 when there is no way since the condition was added.
    func lastStart(_ member: Int, in log: KeyLog, now: Int64) -> Int64 {
        let member = members[member]
        let steps = steps.baseAddress.unsafelyUnwrapped + Int(member.first)
        // What the filter tells of all steps costs less than to look for the first.
        for index in 0..<Int(member.count) where log.mayHave(hash: KeyLog.hash(steps[index])) == 0 { return -1 }
        var (index, bound) = (Int(member.count) - 1, Int64.max)
        while index >= 0 {
            var number = log.newest(of: steps[index])
            while number >= 0, log[number].sequence >= bound {
                number = log.older(than: number, steps[index])
            }
            guard number >= 0, now &- log[number].time <= member.within else { return -1 }
            bound = log[number].sequence
            index -= 1
        }
        return bound > member.added ? bound : -1
    }
}
