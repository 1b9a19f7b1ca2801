internal import WalleText
internal import Walle
internal import WallePython

/// A line that `walle host` reads: a run that is asked for.
struct RequestLine: Sendable {
    /// Given back with each answer; null when there was none.
    var id: Value = .none
    var task: String
    var input: Value
    var options = RunOptions()
    /// Whether the values of a generator are written as they come.
    var isStream = false

    /// What is wrong with a line, with the id as far as it could be read.
    struct Problem: Error {
        var id: Value
        var message: String
    }

    private static let keys: Set<String> = ["id", "task", "input", "deadline", "priority", "trace", "route", "stream"]

    init(_ line: String) throws(Problem) {
        let value: Value
        do { value = try JSONText.value(of: line) } catch {
            throw Problem(id: .none, message: "this is not JSON: \(error)")
        }
        guard case .dictionary(let members) = value else {
            throw Problem(id: .none, message: "a line is an object: {\"task\": …, \"input\": …}")
        }
        let id = members["id"] ?? .none
        if let key = members.keys.sorted().first(where: { !Self.keys.contains($0) }) {
            throw Problem(
                id: id, message: "\"\(key)\" is unknown; known here: \(Self.keys.sorted().joined(separator: ", "))")
        }
        guard let task = members["task"]?.text else { throw Problem(id: id, message: "\"task\" is missing or no text") }
        self.id = id
        self.task = task
        input = members["input"] ?? .none
        options.deadline = try Self.deadline(members["deadline"], id)
        options.priority = try Self.priority(members["priority"], id)
        options.traceID = members["trace"]?.text
        options.routeKey = members["route"]?.text
        isStream = members["stream"] == .bool(true)
    }

    private static func deadline(_ value: Value?, _ id: Value) throws(Problem) -> Duration? {
        guard let value, value != .none else { return nil }
        do throws(Quantity.Failure) {
            return try Quantity.duration(value.text ?? value.description)
        } catch {
            throw Problem(id: id, message: "\"deadline\": \(error.message). \(error.remedy)")
        }
    }

    private static func priority(_ value: Value?, _ id: Value) throws(Problem) -> RunOptions.Priority {
        switch value {
        case nil, .some(.none), .some("normal"): return .normal
        case .some("low"): return .low
        case .some("high"): return .high
        default: throw Problem(id: id, message: "\"priority\" is \"low\", \"normal\" or \"high\"")
        }
    }
}
