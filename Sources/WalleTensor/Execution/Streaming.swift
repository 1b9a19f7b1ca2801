/// Results that are written past the caches.
package enum Streaming {
    /// Bytes of a result from which on no cache keeps it: reading what is only written would be a third of the traffic.
    package static let leastBytes = 24 << 20
}
