internal import CWalleKernels

/// Threads that help callers with loops: one pool a process.
///
/// A caller always does its own loop and takes what help is idle; it waits only for workers that hold a range of that
/// very loop. So callers on many threads share the workers, and loops may nest. Workers start with the first loop that
/// is long enough; after each loop they look for another for some microseconds, then sleep, which costs nothing.
///
/// ```swift
/// ThreadPool.shared.parallel(over: rows, grain: 64) { range in … }
/// ```
package final class ThreadPool: Sendable {
    /// As many threads as the variable `WALLE_THREADS` says, or as the process may run on.
    package static let shared = ThreadPool(threadCount: Int(walle_thread_setting()))

    /// Threads that run a loop at most, the caller's included.
    package let threadCount: Int

    private let queue: LoopQueue

    /// - Parameter threadCount: the caller's included; 1 to 256, beyond which it is cut off.
    package init(threadCount: Int) {
        self.threadCount = threadCount.clamped(to: 1...256)
        queue = LoopQueue(workerCount: self.threadCount - 1)
    }

    deinit { queue.stop() }

    /// Calls `body` for consecutive ranges that cover `0..<count`, on this thread and on idle workers, at the same time.
    ///
    /// Returns when no thread is in `body` any more; what it wrote is then visible to the caller, and
    /// the floating-point exceptions of all threads are raised on the caller's. When the caller's work is interrupted, that
    /// of the workers is.
    ///
    /// - Parameters:
    ///   - grain: iterations of a range, the last apart. A loop of one range asks no other thread: give as many as take
    ///     about 50 µs.
    ///   - cancellation: looked at before each range.
    /// - Returns: false if `cancellation` left ranges out.
    @discardableResult
    package func parallel(
        over count: Int, grain: Int, cancellation: Cancellation? = nil, _ body: (Range<Int>) -> Void
    ) -> Bool {
        precondition(count >= 0 && grain > 0, "a loop over \(count) by \(grain)")
        return withoutActuallyEscaping(body) { body in
            let loop = ParallelLoop(count: count, grain: grain, cancellation: cancellation, body: body)
            if count <= grain || threadCount == 1 {
                loop.run()
            } else {
                queue.run(loop)
            }
            loop.end()
            return loop.isComplete
        }
    }
}
