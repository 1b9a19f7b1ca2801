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

    /// Where the script was, innermost last, with paths inside of the package; nil when that is not known.
    package var placeText: String? { traceback == nil ? nil : String(place.dropFirst()) }

    /// What happened and where, without the task.
    package var explanation: String { "\(sentence)\(place)" }
}
