internal import CWalleStop
internal import Foundation
internal import Synchronization

/// Hands work to a VM's thread.
///
/// The thread spins for a bounded time before it sleeps, and only when spinning paid lately: a wake-up through the
/// kernel costs 5–10 µs, more than a small run.
final class Mailbox<Element: Sendable>: @unchecked Sendable {
    // `elements` and `isClosed` are guarded by `mutex`; `count` mirrors the number of elements for the spinning thread.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private var head = 0
    private var isClosed = false
    private var isWaiting = false
    private let count = Atomic<Int>(0)
    // Only the receiving thread touches it.
    private var spin = Spin()

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// False when the mailbox is closed: the element was not taken.
    @discardableResult
    func send(_ element: Element) -> Bool {
        pthread_mutex_lock(mutex)
        let isTaken = !isClosed
        let isAwaited = isTaken && isWaiting
        if isTaken {
            elements.append(element)
            count.add(1, ordering: .releasing)
        }
        pthread_mutex_unlock(mutex)
        // Not before: the thread would wake only to wait for the lock.
        if isAwaited { pthread_cond_signal(condition) }
        return isTaken
    }

    /// After this nothing is taken; what was sent before is still received.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        count.add(1, ordering: .releasing)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// The next element; nil when the mailbox is closed and empty. One receiving thread.
    func receive() -> Element? {
        if count.load(ordering: .acquiring) == 0 { spin.wait(for: count) }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var start: UInt64?
        while head == elements.count && !isClosed {
            if start == nil { start = UInt64(walle_monotonic_ns()) }
            isWaiting = true
            pthread_cond_wait(condition, mutex)
            isWaiting = false
        }
        if let start { spin.slept(nanoseconds: UInt64(walle_monotonic_ns()) - start) }
        guard head < elements.count else { return nil }
        return takeFirst()
    }

    private func takeFirst() -> Element {
        let element = elements[head]
        head += 1
        count.subtract(1, ordering: .relaxed)
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        }
        return element
    }
}

/// Decides how long to spin.
private struct Spin {
    private static let longest: UInt64 = 50_000
    /// Spinning threads of the process: never more than half of the cores, so that spinning cannot starve work.
    private static let spinners = Atomic<Int>(0)
    private static let most = max(1, ProcessInfo.processInfo.activeProcessorCount / 2)

    private var budget: UInt64 = 0

    mutating func wait(for count: borrowing Atomic<Int>) {
        guard budget > 0 else { return }
        guard Self.spinners.add(1, ordering: .relaxed).newValue <= Self.most else {
            Self.spinners.subtract(1, ordering: .relaxed)
            return
        }
        defer { Self.spinners.subtract(1, ordering: .relaxed) }
        let end = UInt64(walle_monotonic_ns()) + budget
        repeat {
            for _ in 0..<64 where count.load(ordering: .acquiring) == 0 { walle_pause() }
            if count.load(ordering: .acquiring) != 0 { return }
        } while UInt64(walle_monotonic_ns()) < end
        budget /= 2
    }

    /// A short sleep could have been spun away; a long one not.
    mutating func slept(nanoseconds: UInt64) {
        budget = nanoseconds < Self.longest * 2 ? Self.longest : budget / 2
    }
}
