package import WallePython
internal import WalleStdlib

extension StandardModules {
    /// What the fence needs of it. Parts get what their module says.
    package var rules: ModuleRules {
        var rules = ModuleRules()
        for module in modules.values {
            for name in [module.name] + module.parts { module.add(name, to: &rules) }
            rules.events.formUnion(module.events)
            if module.preload { rules.preload.append(module.name) }
        }
        rules.preload.sort()
        return rules
    }
}

extension StandardModule {
    fileprivate func add(_ name: String, to rules: inout ModuleRules) {
        if !refuses.isEmpty { rules.processWide[name] = refuses }
        if !descriptors.isEmpty { rules.descriptors[name] = descriptors }
        if let patch { rules.patches[name] = Stdlib.folder + "/" + patch }
        guard let refusal else { return }
        rules.refusals[name] = refusal
        rules.lifts[name] = permission
    }

    /// What follows `import …: ` in the message; nil when it is not refused.
    package var refusal: String? {
        guard status == .refused, let why, let instead else { return nil }
        let reason = why.prefix(1).uppercased() + why.dropFirst()
        let lift = permission.map { " Or permit it: permissions.\($0) = true in task.toml." } ?? ""
        return "\(reason). Use \(instead).\(lift)"
    }
}
