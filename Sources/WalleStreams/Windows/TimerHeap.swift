/// When a session, or the history of a key, is to be looked at.
struct Timer {
    var deadline: Int64
    /// Its place in memory.
    var session: Int
    /// Of the session when the timer was set: it is void when another has the place.
    var generation: UInt32
    /// Decides between equal deadlines, so that a restored heap gives the same order: the place of an event in the stream.
    var offset: Int64

    @inline(__always) func isBefore(_ other: Timer) -> Bool {
        deadline < other.deadline || deadline == other.deadline && offset < other.offset
    }
}

/// Timers, the earliest first: a binary heap.
struct TimerHeap {
    private var timers: [Timer] = []

    var first: Timer? { timers.first }
    var count: Int { timers.count }
    var byteCount: Int { timers.capacity * MemoryLayout<Timer>.stride }

    mutating func push(_ timer: Timer) {
        var index = timers.count
        timers.append(timer)
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.isBefore(timers[parent]) else { break }
            timers[index] = timers[parent]
            index = parent
        }
        timers[index] = timer
    }

    mutating func removeFirst() {
        let last = timers.removeLast()
        guard !timers.isEmpty else { return }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1].isBefore(timers[child]) { child += 1 }
            guard timers[child].isBefore(last) else { break }
            timers[index] = timers[child]
            index = child
        }
        timers[index] = last
    }
}
