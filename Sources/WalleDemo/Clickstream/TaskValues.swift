// What the tasks take and give, as their docstrings in Tasks/*/main.py say.

/// Events of one partition, for the tasks that learn: `next-action` and `anomaly`.
struct PartitionBatch: Encodable, Sendable {
    var partition: Int
    var events: [ClickEvent]
}

/// All events of some users: for `session-stats`.
struct UserBatch: Encodable, Sendable {
    var events: [ClickEvent]
}

/// All events of some users, and whether a picture is wanted: for `purchase`.
struct PurchaseBatch: Encodable, Sendable {
    var events: [ClickEvent]
    var plot: Bool
}

/// All events of some users, and what makes a cohort: for `funnel`.
struct FunnelBatch: Encodable, Sendable {
    var by: String
    var events: [ClickEvent]
}

/// How `runaway` and `hungry` shall behave.
struct Behaviour: Encodable, Sendable {
    var mode: String
}

struct Predictions: Decodable, Sendable {
    var version: String
    /// For each event the action that was expected before it was seen.
    var predicted: [String?]
    var hits: Int
    /// For each user of the batch up to three actions expected now.
    var next: [String: [String]]
}

struct Anomalies: Decodable, Sendable {
    struct Alarm: Decodable, Sendable {
        var user: String
        var event: String
        var score: Double
    }
    var scores: [Double]
    var alarms: [Alarm]
}

struct SessionStatistics: Decodable, Sendable {
    struct Summary: Decodable, Sendable {
        var mean: Double
        var p50: Double
        var p90: Double
    }
    var users: Int
    var sessions: Int
    var bounceRate: Double?
    var goalRate: Double?
    var duration: Summary?

    enum CodingKeys: String, CodingKey {
        case users, sessions
        case bounceRate = "bounce_rate"
        case goalRate = "goal_rate"
        case duration = "duration_seconds"
    }
}

struct PurchaseModel: Decodable, Sendable {
    var sessions: Int
    /// In nats, of sessions that the model had not seen.
    var loss: Double
    var auc: Double?
    /// What each event adds to the log odds.
    var weights: [String: Double]
    /// An SVG.
    var plot: String?
}

struct FunnelReport: Decodable, Sendable {
    struct Cohort: Decodable, Sendable {
        var users: Int
        /// How many got to each step.
        var reached: [Int]
    }
    var steps: [String]
    var by: String
    var total: Cohort
    var cohorts: [String: Cohort]
}

struct Finished: Decodable, Sendable {
    var mode: String
}
