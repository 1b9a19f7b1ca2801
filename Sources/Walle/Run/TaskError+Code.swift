internal import WallePython

extension TaskError {
    /// The kind as one word for programs that read JSON: `limit.time`, `script`, `queueFull`.
    package var code: String {
        switch kind {
        case .limit(let limit): "limit.\(limit.rawValue)"
        case .script: "script"
        case .stopped(let reason): "stopped.\(reason.rawValue)"
        case .cancelled: "cancelled"
        case .queueFull: "queueFull"
        case .notFound: "notFound"
        case .refused: "refused"
        case .mismatch: "mismatch"
        case .package: "package"
        case .example: "example"
        }
    }

    /// What happened, without task, run and place.
    package var message: String { sentence }

    /// What happened and where, without the task.
    package var explanation: String { "\(sentence)\(place)" }
}
