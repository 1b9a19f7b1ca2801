internal import Foundation
internal import WallePython
internal import WalleStdlib

/// What `Stdlib/python.toml` says of the standard library: which modules a task gets, which are replaced in part, which
/// are refused. The head of that file explains each key.
package struct StandardModules: Sendable {
    /// By name; modules that belong to another are among its `parts`.
    package let modules: [String: StandardModule]

    /// Reads the text of a `python.toml`.
    ///
    /// - Throws: Everything that is wrong with it, at once.
    package init(_ text: String, file: String = "python.toml") throws(PackageError) {
        let document: TOMLDocument
        do {
            document = try TOMLDocument(text, file: file)
        } catch {
            throw PackageError(folder: "", problems: [error])
        }
        var root = TableReader(document, at: [], known: ["modules"])
        var problems: [PackageError.Problem] = []
        var modules: [String: StandardModule] = [:]
        for name in (root.table("modules") ?? [:]).keys {
            var reader = TableReader(document, at: ["modules", name], known: StandardModule.keys)
            modules[name] = StandardModule(name, &reader)
            reader.refuseUnknown()
            problems += reader.problems
        }
        root.refuseUnknown()
        problems += root.problems
        guard problems.isEmpty else { throw PackageError(folder: "", problems: problems) }
        self.modules = modules
    }

    /// Reads the file that lies beside the Python modules of Walle.
    package static func load(folder: String = Stdlib.folder) throws(PackageError) -> StandardModules {
        let text: String
        do {
            let folder = try PackageFolder(folder, bounds: PackageBounds())
            text = try folder.text(of: "python.toml", upTo: mostBytes)
        } catch {
            throw PackageError(folder: folder, problems: [error])
        }
        return try StandardModules(text)
    }

    /// The file as it was at the first use, read once.
    package static let shared = Result { () throws(PackageError) in try load() }

    /// It has an exercise for every module of CPython, in 200 kB.
    private static let mostBytes = 4_000_000

    /// Gives the rules to the fence, once a process; must come before the first interpreter.
    package static let installed = Result { () throws(PackageError) in
        ModuleRules.set(try shared.get().rules)
    }

    /// Gives the rules to the fence, or traps: without its rules, a task could do what it must not.
    package static func install() {
        do throws(PackageError) {
            try installed.get()
        } catch {
            preconditionFailure("Walle's own file is wrong: install it anew.\n\(error)")
        }
    }
}

/// One module of the standard library.
package struct StandardModule: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable, CaseIterable {
        /// CPython's own.
        case kept
        /// CPython's own, but for some names.
        case replaced
        /// Its import raises an error.
        case refused
    }

    package let name: String
    package let status: Status
    /// The permission that lifts a refusal.
    package let permission: String?
    /// The first and the last version of Python that has it.
    package let since: Version?
    package let until: Version?
    /// Whether the main interpreter must hold it.
    package let preload: Bool
    package let functions: [String]
    package let refuses: [String]
    package let descriptors: [String]
    package let waits: [String]
    package let events: [String]
    /// The file that makes the replacements, relative to `Stdlib`.
    package let patch: String?
    /// Why it is refused, or replaced.
    package let why: String?
    package let instead: String?
    package let parts: [String]
    /// Permissions that `use` needs.
    package let needs: [String]
    /// Python that exercises it.
    package let use: String?
}
