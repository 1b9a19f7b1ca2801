/// One line of a report: a figure of ours, the same of a peer, and what was to be reached.
struct Measurement: Codable, Sendable {
    var name: String
    /// Nil when it could not be had.
    var value: Double?
    var unit: String
    /// What it is compared with; nil when there is nothing of the kind.
    var peer: String?
    /// Nil when the peer never gets there.
    var peerValue: Double?
    /// `value` divided by `peerValue`.
    var ratio: Double?
    /// As in `≤ 20`; nil when the figure is only reported.
    var target: String?
    var met: Bool?
    /// Counts, quantiles and settings.
    var note: String?

    init(
        _ name: String, _ value: Double?, _ unit: String, peer: Peer? = nil, target: Target? = nil, note: String? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.peer = peer?.name
        peerValue = peer?.value
        if let value, let other = peer?.value, other != 0 { ratio = value / other }
        self.target = target?.description
        met = target.map { target in value.map(target.isMet) ?? false }
        self.note = note
    }

    /// Another implementation and its figure.
    struct Peer: Sendable {
        var name: String
        var value: Double?

        init(_ name: String, _ value: Double?) {
            self.name = name
            self.value = value
        }
    }

    enum Target: Sendable, CustomStringConvertible {
        case atMost(Double)
        case atLeast(Double)

        func isMet(_ value: Double) -> Bool {
            switch self {
            case .atMost(let limit): value <= limit
            case .atLeast(let limit): value >= limit
            }
        }

        var description: String {
            switch self {
            case .atMost(let limit): "≤ \(Figure.text(limit))"
            case .atLeast(let limit): "≥ \(Figure.text(limit))"
            }
        }
    }
}
