internal import CWalleKernels

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// A thread of the pool.
enum Worker {
    /// Starts a detached thread without signals, which are for the threads that wait for them. None starts where the
    /// system has none left: then callers do more themselves.
    static func start(_ run: @escaping @Sendable () -> Void) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        startThread(Unmanaged.passRetained(WorkerBody(run)))
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private static func startThread(_ body: Unmanaged<WorkerBody>) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(
            &thread, &attributes,
            { (argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? in
                guard let argument else { return nil }
                walle_thread_name("walle-worker")
                Unmanaged<WorkerBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        if status != 0 { body.release() }
    }
}

private final class WorkerBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
