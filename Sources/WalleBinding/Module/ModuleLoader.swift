internal import CWallePython
internal import WallePython

/// Makes one interpreter's objects for the modules that are declared in Swift.
final class ModuleLoader: ModuleSource {
    private let modules: [String: PythonModule]
    /// Names that only stand before other modules' names.
    private let packages: Set<String>
    /// The type of the functions' `self` in this interpreter, kept by it.
    private var holderType: PythonPointer?

    init(_ modules: [PythonModule]) {
        self.modules = Dictionary(modules.map { ($0.name, $0) }) { _, last in last }
        packages = Set(modules.flatMap { Self.parents(of: $0.name) })
    }

    private static func parents(of name: String) -> [String] {
        let parts = name.split(separator: ".")
        return (1..<max(1, parts.count)).map { parts[..<$0].joined(separator: ".") }
    }

    func kind(of name: String) -> ModuleKind? {
        if packages.contains(name) { return .package }
        return modules[name] == nil ? nil : .module
    }

    func make(_ name: String, in interpreter: Interpreter) throws(PythonFailure) -> Owned {
        let object = try Owned(PyModule_New(name))
        guard let module = modules[name] else { return object }
        if !module.doc.isEmpty { try check(PyModule_SetDocString(object.pointer, module.doc)) }
        let title = try Owned(name.python())
        for member in module.members {
            let value =
                switch member {
                case .function(let function): try self.object(of: function, module: title.pointer, interpreter)
                case .constant(let constant): try constant.object(in: name)
                case .type(let type): Owned(borrowing: try type.make(in: interpreter, module: object.pointer))
                }
            try check(PyModule_AddObjectRef(object.pointer, member.name, value.pointer))
        }
        do {
            try module.fill?(interpreter, object.pointer)
        } catch {
            Raising.raise(error, by: name)
            throw .pending
        }
        return object
    }

    private func object(
        of function: Function, module: PythonPointer, _ interpreter: Interpreter
    ) throws(PythonFailure) -> Owned {
        let type = try type(in: interpreter)
        let held = Unmanaged.passUnretained(function.bound).toOpaque()
        let holder = try Owned(walle_NewHolder(type, PyUnicode_AsUTF8(module), held))
        return try Owned(PyCFunction_NewEx(function.bound.definition, holder.pointer, module))
    }

    private func type(in interpreter: Interpreter) throws(PythonFailure) -> PythonPointer {
        if let holderType { return holderType }
        let type = try interpreter.keep(walle_MakeHolderType())
        holderType = type
        return type
    }

    /// The module that declares a class for a Swift class; nil when none does.
    func moduleName(declaring type: AnyClass) -> String? {
        modules.values.first { module in
            module.members.contains { member in
                if case .type(let declared) = member { declared.declaration.instance == type } else { false }
            }
        }?.name
    }
}

extension Constant {
    /// A new object; `owner` is the module or class that has it.
    func object(in owner: String) throws(PythonFailure) -> Owned {
        do {
            return Owned(taking: try make().pointer)
        } catch {
            Raising.raise(error, by: "\(owner).\(name)")
            throw .pending
        }
    }
}

extension Interpreter {
    /// Gives these modules to the scripts of this interpreter, in place of those given before. They are made when they
    /// are imported.
    package func offer(_ modules: [PythonModule]) {
        let loader = ModuleLoader(modules)
        // Functions of modules that are loaded already stay valid.
        bindings.append(loader)
        self.modules = loader
    }
}
