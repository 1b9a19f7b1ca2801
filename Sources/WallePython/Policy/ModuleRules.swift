internal import Foundation
internal import Synchronization

/// What `Stdlib/python.toml` says of the modules a task may import, set once before the first interpreter is made.
package struct ModuleRules: Sendable {
    /// Module → why it is refused and what to use instead.
    package var refusals: [String: String]
    /// Module → its functions that act on the whole process and are replaced by ones that refuse.
    package var processWide: [String: [String]]
    /// Modules the main interpreter must hold, because their static data ends with their last user.
    package var preload: [String]

    package init(refusals: [String: String] = [:], processWide: [String: [String]] = [:], preload: [String] = []) {
        self.refusals = refusals
        self.processWide = processWide
        self.preload = preload
    }

    private static let present = Mutex(ModuleRules())

    package static func set(_ rules: ModuleRules) {
        present.withLock { $0 = rules }
    }

    static var preloads: [String] { present.withLock(\.preload) }

    static func refusal(of module: String) -> String? {
        present.withLock { $0.refusals[module] }
    }

    static func processWideFunctions(of module: String) -> [String] {
        present.withLock { $0.processWide[module] } ?? []
    }
}
