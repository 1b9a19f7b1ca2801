internal import CWallePython
internal import Foundation

/// The numbers of the open files that a VM opened itself.
///
/// All VMs and the host share one table of open files, so a number alone says nothing: what was closed behind the script's
/// back, and opened anew by somebody else, has another identity.
struct OwnedDescriptors {
    private struct Identity: Equatable {
        var device: dev_t
        var file: ino_t

        init?(_ descriptor: Int32) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return nil }
            device = status.st_dev
            file = status.st_ino
        }
    }

    private var identities: [Int32: Identity] = [:]

    /// Numbers that were the VM's; some may be closed.
    var numbers: [Int32] { identities.keys.sorted() }

    mutating func add(_ descriptor: Int32) {
        identities[descriptor] = Identity(descriptor)
    }

    /// Whether the VM may use the number; nil when no file is open there.
    mutating func has(_ descriptor: Int32) -> Bool? {
        guard let identity = Identity(descriptor) else {
            identities[descriptor] = nil
            return nil
        }
        guard let known = identities[descriptor] else { return false }
        if known == identity { return true }
        identities[descriptor] = nil
        return false
    }
}

extension Interpreter {
    /// Whether the task may use an open file of the process by its number: it opened it, or nobody did.
    func mayUse(descriptor: Int) -> Bool {
        guard let number = Int32(exactly: descriptor), number >= 0 else { return true }
        guard let isOwned = descriptors.has(number) else { return true }
        return isOwned || isHeldByObject(number)
    }

    /// Files and sockets that C code opened are known by their objects.
    private func isHeldByObject(_ descriptor: Int32) -> Bool {
        guard let module = PyImport_ImportModule("walle._descriptors") else {
            PyErr_Clear()
            return false
        }
        let owned = Owned(taking: module)
        guard let find = try? Owned(PyObject_GetAttrString(owned.pointer, "find")),
            let number = try? Owned(PyLong_FromLong(Int(descriptor))),
            let found = try? Owned(PyObject_CallOneArg(find.pointer, number.pointer))
        else { return false }
        return PyObject_IsTrue(found.pointer) == 1
    }
}
