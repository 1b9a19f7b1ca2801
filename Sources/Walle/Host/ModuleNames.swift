internal import WalleBinding
internal import WallePython

/// The names of the modules that an app gives to its tasks.
enum ModuleNames {
    /// Why the host cannot have these modules; nil when it can.
    ///
    /// A module that hides another would be found out by whatever imports the other, far from here.
    static func problem(with modules: [PythonModule]) -> String? {
        var names: Set<String> = []
        for module in modules {
            guard names.insert(module.name).inserted else { return "two modules are named \(module.name)" }
            if let owner = owner(of: module.name) { return "the module \(module.name) would hide \(owner)" }
        }
        return classes(of: modules)
    }

    /// Whose the first part of a name is, in words.
    private static func owner(of name: String) -> String? {
        let first = String(name.prefix { $0 != "." })
        if first == "walle" || first == "_walle" { return "what Walle gives to tasks" }
        guard let runtime = try? PythonRuntime.shared(), runtime.standardModules.contains(first) else { return nil }
        return "Python's own \(first)"
    }

    /// A Swift class is one class for Python.
    private static func classes(of modules: [PythonModule]) -> String? {
        var owners: [ObjectIdentifier: String] = [:]
        for module in modules {
            for (type, name) in module.classes {
                if let other = owners.updateValue(module.name, forKey: type) {
                    return "the modules \(other) and \(module.name) both declare a class for \(name)"
                }
            }
        }
        return nil
    }
}
