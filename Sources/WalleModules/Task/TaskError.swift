package import WalleBinding

/// Why `walle.task` refuses something.
package enum TaskError: PythonConvertibleError {
    case noTask
    case noResource(path: String, task: String)
    case outside(path: String, task: String)
    case unknownLevel(String)
    case sharedFull(String)
    case noStreams
    case query(String)
    case noEvents
    case events(String)

    package var pythonException: PythonExceptionType {
        switch self {
        case .noTask: .runtimeError
        case .noResource: .fileNotFoundError
        case .outside: .permissionError
        case .unknownLevel: .valueError
        case .sharedFull: .memoryError
        case .noStreams: .runtimeError
        case .query: .valueError
        case .noEvents: .runtimeError
        case .events: .valueError
        }
    }

    package var pythonMessage: String {
        switch self {
        case .noTask: "walle.task knows no task: the host set none for this interpreter"
        case .noResource(let path, let task):
            "task.resource(\"\(path)\"): no such file in the package of \(task) or in its resources folder"
        case .outside(let path, let task):
            "task.resource(\"\(path)\"): refused. It lies outside the package of \(task)."
        case .unknownLevel(let level): "\"\(level)\" is no log level: use debug, info, warning or error"
        case .noStreams: "task.query: there is no host whose streams could be asked"
        case .noEvents: "task.send: there is no host that takes events"
        case .events(let message): "task.send: \(message)"
        case .query(let message): "task.query: \(message)"
        case .sharedFull(let name):
            "task.share(\"\(name)\", ...): too much is shared already: share None under names that are not needed"
        }
    }
}
