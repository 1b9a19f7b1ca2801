internal import CWalleObjects
internal import CWallePython
internal import WallePython

#if canImport(Glibc)
    internal import Glibc
#endif

/// The C side's description of a class, never freed before its interpreters.
final class ClassRecord: @unchecked Sendable {
    /// Never changed once Python has seen it.
    let pointer: UnsafeMutablePointer<walle_class>

    init(
        name: String, doc: String = "", properties: [PyGetSetDef] = [],
        next: (@convention(c) (UnsafeMutableRawPointer?) -> PythonPointer?)? = nil
    ) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: walle_class())
        pointer.pointee.name = UnsafePointer(strdup(name))
        pointer.pointee.doc = doc.isEmpty ? nil : UnsafePointer(strdup(doc))
        pointer.pointee.next = next
        pointer.pointee.is_compared_by_identity = true
        guard !properties.isEmpty else { return }
        let table = UnsafeMutablePointer<PyGetSetDef>.allocate(capacity: properties.count + 1)
        for (index, property) in (properties + [PyGetSetDef()]).enumerated() {
            (table + index).initialize(to: property)
        }
        pointer.pointee.properties = table
    }

    deinit {
        free(UnsafeMutableRawPointer(mutating: pointer.pointee.name))
        free(UnsafeMutableRawPointer(mutating: pointer.pointee.doc))
        if let table = pointer.pointee.properties {
            var property = table
            while let name = property.pointee.name {
                free(UnsafeMutableRawPointer(mutating: name))
                free(UnsafeMutableRawPointer(mutating: property.pointee.doc))
                property += 1
            }
            table.deallocate()
        }
        pointer.deallocate()
    }
}

/// A class as CPython reaches it: shared by all interpreters, and immutable.
package final class BoundClass: @unchecked Sendable {
    let declaration: Class
    private let moduleName: String
    private let record: ClassRecord
    private let constructor: BoundFunction?
    private let buffer: BoundBuffer?
    var name: String { declaration.name }
    var key: UnsafeRawPointer { Instances.key(of: declaration.instance) }

    init(_ declaration: Class, module: String) {
        self.declaration = declaration
        moduleName = module
        var (constructor, buffer): (BoundFunction?, BoundBuffer?)
        var properties: [PyGetSetDef] = []
        for member in declaration.members {
            switch member {
            case .function(let function) where function.signature.name == "__init__": constructor = function.bound
            case .property(let property): properties.append(property.definition)
            case .buffer(let declared): buffer = declared
            case .function, .constant: break
            }
        }
        self.constructor = constructor
        self.buffer = buffer
        record = ClassRecord(
            name: "\(module).\(declaration.name)", doc: Self.docstring(declaration, constructor), properties: properties
        )
        connect()
    }

    private static func docstring(_ declaration: Class, _ constructor: BoundFunction?) -> String {
        guard let constructor else { return declaration.doc }
        let parameters = constructor.signature.list(typed: false).joined(separator: ", ")
        return "\(declaration.name)(\(parameters))\n--\n\n\(declaration.doc)"
    }

    private func connect() {
        let class_ = record.pointer
        class_.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        class_.pointee.is_compared_by_identity = !has("__eq__")
        if constructor != nil { class_.pointee.construct = Self.construct }
        guard buffer != nil else { return }
        class_.pointee.get_buffer = { context, instance, view, flags in
            let buffer = Unmanaged<BoundClass>.fromOpaque(context!).takeUnretainedValue().buffer!
            return buffer.fill(view!.assumingMemoryBound(to: Py_buffer.self), of: instance!, flags: flags)
        }
        class_.pointee.release_buffer = { context, _, view in
            Unmanaged<BoundClass>.fromOpaque(context!).takeUnretainedValue().buffer!
                .release(view!.assumingMemoryBound(to: Py_buffer.self))
        }
    }

    private func has(_ name: String) -> Bool { declaration.members.contains { $0.name == name } }

    private static let construct: walle_call = { type, arguments, flags, names in
        let bound = Unmanaged<BoundClass>.fromOpaque(walle_class_context(type).unsafelyUnwrapped)
        return bound._withUnsafeGuaranteedRef {
            $0.constructor.unsafelyUnwrapped.call(arguments, walle_VectorcallCount(flags), names)
        }
    }

    /// Makes the class in an interpreter, which keeps it. Borrowed.
    func make(in interpreter: Interpreter, module: PythonPointer) throws(PythonFailure) -> PythonPointer {
        guard let type = walle_class_make(interpreter.objects, record.pointer, module, key) else { throw .pending }
        for member in declaration.members {
            switch member {
            case .function(let function) where function.signature.name != "__init__":
                let method = try Owned(make(function.bound, interpreter))
                try check(walle_class_set(type, member.name, method.pointer))
            case .constant(let constant):
                let value = try constant.object(in: "\(moduleName).\(name)")
                try check(walle_class_set(type, member.name, value.pointer))
            case .function, .property, .buffer: break
            }
        }
        if has("__eq__") && !has("__hash__") { try check(walle_class_set(type, "__hash__", walle_None())) }
        walle_class_seal(type)
        return type
    }

    private func make(_ function: BoundFunction, _ interpreter: Interpreter) -> PythonPointer? {
        let signature = function.signature
        return walle_method_new(
            interpreter.objects, BoundFunction.methodEntry, Unmanaged.passUnretained(function).toOpaque(),
            signature.name,
            signature.title, moduleName, signature.doc, signature.methodText)
    }
}
