internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// The loops that take help, and the workers that give it.
///
/// Unchecked: `lock` guards every variable that is not atomic.
final class LoopQueue: @unchecked Sendable {
    private let workerCount: Int
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// A loop was opened, or the queue stops.
    private let opened = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// A loop lost its last helper.
    private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var loops: [ParallelLoop] = []
    private var sleeping = 0
    private var hasStarted = false
    private var isStopping = false
    /// Counts the loops opened; workers that do not sleep watch it.
    private let generation = Atomic(0)

    init(workerCount: Int) {
        self.workerCount = workerCount
        pthread_mutex_init(lock, nil)
        pthread_cond_init(opened, nil)
        pthread_cond_init(finished, nil)
    }

    deinit {
        pthread_cond_destroy(finished)
        pthread_cond_destroy(opened)
        pthread_mutex_destroy(lock)
        finished.deallocate()
        opened.deallocate()
        lock.deallocate()
    }

    /// Lets the workers end once they sleep or look for work.
    func stop() {
        pthread_mutex_lock(lock)
        isStopping = true
        pthread_cond_broadcast(opened)
        pthread_mutex_unlock(lock)
    }

    // MARK: callers

    /// Runs a loop with what help is idle.
    func run(_ loop: ParallelLoop) {
        open(loop)
        loop.run()
        close(loop)
    }

    private func open(_ loop: ParallelLoop) {
        pthread_mutex_lock(lock)
        if !hasStarted { start() }
        loops.append(loop)
        generation.add(1, ordering: .releasing)
        for _ in 0..<min(sleeping, loop.rangeCount - 1) { pthread_cond_signal(opened) }
        pthread_mutex_unlock(lock)
    }

    /// Waits for the loop's helpers, which have no range left to take.
    private func close(_ loop: ParallelLoop) {
        pthread_mutex_lock(lock)
        if let index = loops.firstIndex(where: { $0 === loop }) { loops.remove(at: index) }
        pthread_mutex_unlock(lock)
        if Spin.wait(microseconds: Spin.longestMicroseconds, until: { loop.helpers.load(ordering: .acquiring) == 0 }) {
            return
        }
        pthread_mutex_lock(lock)
        while loop.helpers.load(ordering: .relaxed) > 0 { pthread_cond_wait(finished, lock) }
        pthread_mutex_unlock(lock)
    }

    // MARK: workers

    private func start() {
        hasStarted = true
        for _ in 0..<workerCount { Worker.start { [self] in work() } }
    }

    private func work() {
        var spin = Spin()
        while let loop = take(&spin) {
            loop.help()
            pthread_mutex_lock(lock)
            if loop.helpers.subtract(1, ordering: .releasing).newValue == 0 { pthread_cond_broadcast(finished) }
            pthread_mutex_unlock(lock)
        }
    }

    /// The loop to help, when there is one; nil when the queue stops.
    private func take(_ spin: inout Spin) -> ParallelLoop? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while !isStopping {
            if let loop = neediest() { return loop }
            let seen = generation.load(ordering: .acquiring)
            pthread_mutex_unlock(lock)
            spin.wait { generation.load(ordering: .acquiring) != seen }
            pthread_mutex_lock(lock)
            if generation.load(ordering: .relaxed) == seen, !isStopping {
                sleeping += 1
                pthread_cond_wait(opened, lock)
                sleeping -= 1
            }
        }
        return nil
    }

    /// Of the loops with ranges left the one with fewest helpers, which gains one.
    private func neediest() -> ParallelLoop? {
        var best: ParallelLoop?
        var fewest = Int.max
        for loop in loops where loop.hasRanges {
            let helpers = loop.helpers.load(ordering: .relaxed)
            if helpers < fewest { (best, fewest) = (loop, helpers) }
        }
        best?.helpers.add(1, ordering: .relaxed)
        return best
    }
}
