internal import WalleBinding

/// Why `walle.task` refuses something.
enum TaskError: PythonConvertibleError {
    case noTask
    case noResource(path: String, task: String)
    case outside(path: String, task: String)
    case unknownLevel(String)

    var pythonException: PythonExceptionType {
        switch self {
        case .noTask: .runtimeError
        case .noResource: .fileNotFoundError
        case .outside: .permissionError
        case .unknownLevel: .valueError
        }
    }

    var pythonMessage: String {
        switch self {
        case .noTask: "walle.task knows no task: the host set none for this interpreter"
        case .noResource(let path, let task):
            "task.resource(\"\(path)\"): no such file in the package of \(task) or in its resources folder"
        case .outside(let path, let task):
            "task.resource(\"\(path)\"): refused. It lies outside the package of \(task)."
        case .unknownLevel(let level): "\"\(level)\" is no log level: use debug, info, warning or error"
        }
    }
}
