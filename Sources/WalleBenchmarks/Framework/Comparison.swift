internal import Foundation

/// The time of one operation beside that of a peer in its various settings.
struct Comparison: Codable, Sendable {
    var name: String
    var family: String
    /// Whether it makes its result (`new`), writes to a given one (`out`), changes an operand or gives a view.
    var form: String
    var dtype: String
    var size: String
    /// Of one execution; nil when ours does not have it.
    var nanoseconds: Double?
    /// The peer's, by setting.
    var peers: [String: Double]
    /// Why there is no figure of ours, or why it counts for nothing.
    var problem: String?
    /// How many times as fast as the peer at its better setting ours is.
    var speed: Double?

    init(
        _ name: String, family: String, form: String, dtype: String, size: String, nanoseconds: Double?,
        peers: [String: Double], problem: String?
    ) {
        (self.name, self.family, self.form, self.dtype, self.size) = (name, family, form, dtype, size)
        (self.nanoseconds, self.peers, self.problem) = (nanoseconds, peers, problem)
        if let nanoseconds, let peer = peerNanoseconds, problem == nil { speed = peer / nanoseconds }
    }

    var peerNanoseconds: Double? { peers.values.min() }

    var title: String { form == "new" || form == "view" ? name : "\(name) (\(form))" }
}

extension Sequence<Comparison> {
    /// The geometric mean of the ratios; nil when there are none.
    var meanSpeed: Double? {
        let speeds = compactMap(\.speed)
        guard !speeds.isEmpty else { return nil }
        return exp(speeds.reduce(0) { $0 + log($1) } / Double(speeds.count))
    }
}
