#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#endif

/// Memory that a thread keeps for packing, so that products do not allocate. It grows to the largest product's need,
/// which `BlockSizes` bounds, and is freed when the thread ends.
///
/// Only one user a thread: what it gives is valid until the next call on the same thread.
enum Scratch {
    /// A multiple of a cache line.
    static let alignmentBytes = 64

    static func rounded(_ count: Int) -> Int { (count + alignmentBytes - 1) / alignmentBytes * alignmentBytes }

    static func bytes(_ count: Int) -> UnsafeMutableRawPointer {
        if let held = pthread_getspecific(key) {
            let capacity = held.load(as: Int.self)
            if capacity >= count { return held + alignmentBytes }
            free(held)
        }
        var memory: UnsafeMutableRawPointer?
        let status = posix_memalign(&memory, 4096, count + alignmentBytes)
        guard status == 0, let memory else { fatalError("no memory for packing \(count) bytes") }
        memory.storeBytes(of: count, as: Int.self)
        pthread_setspecific(key, memory)
        return memory + alignmentBytes
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key) { free($0) }
        precondition(status == 0, "no thread-specific key left")
        return key
    }()
}
