internal import Foundation
internal import Synchronization

/// What `Stdlib/python.toml` says of the modules a task may import, set once before the first interpreter is made.
package struct ModuleRules: Sendable {
    /// Module → why it is refused and what to use instead. Holds for every module below it, too.
    package var refusals: [String: String] = [:]
    /// Refused module → the permission of `task.toml` that lifts the refusal.
    package var lifts: [String: String] = [:]
    /// Module → its functions that act on the whole process and are replaced by ones that refuse.
    package var processWide: [String: [String]] = [:]
    /// Module → its functions that take the number of any open file of the process, and must refuse foreign ones.
    package var descriptors: [String: [String]] = [:]
    /// Module → the Python file whose `install(module)` makes its replacements after the import; an absolute path.
    package var patches: [String: String] = [:]
    /// Audit events that every task is refused.
    package var events: Set<String> = []
    /// Modules the main interpreter must hold, because their static data ends with their last user.
    package var preload: [String] = []

    package init() {}

    private static let present = Mutex(ModuleRules())

    package static func set(_ rules: ModuleRules) {
        present.withLock { $0 = rules }
    }

    static var preloads: [String] { present.withLock(\.preload) }

    static func refusal(of module: String, policy: Policy?) -> String? {
        present.withLock { $0.refusal(of: module, policy: policy) }
    }

    private func refusal(of module: String, policy: Policy?) -> String? {
        var name = module[...]
        while true {
            let found = String(name)
            if let why = refusals[found] {
                return lifts[found].map { policy?.has($0) == true } == true ? nil : why
            }
            guard let dot = name.lastIndex(of: ".") else { return nil }
            name = name[..<dot]
        }
    }

    static func processWideFunctions(of module: String) -> [String] {
        present.withLock { $0.processWide[module] } ?? []
    }

    static func descriptorFunctions(of module: String) -> [String] {
        present.withLock { $0.descriptors[module] } ?? []
    }

    static func patch(of module: String) -> String? {
        present.withLock { $0.patches[module] }
    }

    static func isRefused(event: String) -> Bool {
        present.withLock { $0.events.contains(event) }
    }
}

extension Policy {
    /// Whether a permission is given, by its name in `task.toml`.
    fileprivate func has(_ permission: String) -> Bool {
        switch permission {
        case "ctypes": ctypes
        case "processes": processes
        case "threads": threads > 0
        case "network": network != .none
        default: false
        }
    }
}
