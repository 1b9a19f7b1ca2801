internal import CWallePython
internal import CWalleStop
internal import Foundation

/// What the replacements of `os`, `socket` and the like need of the host.
extension HostModule {
    static let descriptorDefinitions: [Definition] = [
        Definition("descriptor_functions", "The functions of a module that take any open file of the process.") {
            _, name in
            HostModule.list(ModuleRules.descriptorFunctions(of: String(python: name!)))
        },
        Definition("own", "Note that the task opened a descriptor; gives it back.") { _, descriptor in
            let number = PyLong_AsLong(descriptor)
            if PyErr_Occurred() != nil { return nil }
            if let number = Int32(exactly: number) { Interpreter.current?.descriptors.add(number) }
            Py_IncRef(descriptor)
            return descriptor
        },
        Definition("owns", "Whether the task opened a descriptor; None when no file is open there.") { _, descriptor in
            let number = PyLong_AsLong(descriptor)
            if PyErr_Occurred() != nil { return nil }
            guard let number = Int32(exactly: number), let owns = Interpreter.current?.descriptors.has(number) else {
                return walle_None()
            }
            return owns ? walle_True() : walle_False()
        },
        Definition("owned", "The descriptors that the task opened; some may be closed.") { _, _ in
            let numbers = Interpreter.current?.descriptors.numbers ?? []
            guard let list = PyList_New(numbers.count) else { return nil }
            for (index, number) in numbers.enumerated() {
                walle_ListSetItem(list, index, PyLong_FromLong(Int(number))!)
            }
            return list
        },
        Definition("wait", "Wait for (descriptor, events of poll, seconds or None): the events, or 0.") { _, request in
            HostModule.wait(request!)
        },
        Definition("exclusively", "Call a function while no other interpreter does.") { _, function in
            guard let interpreter = Interpreter.current else { return PyObject_CallNoArgs(function) }
            interpreter.released { HostModule.shared.lock() }
            defer { HostModule.shared.unlock() }
            return PyObject_CallNoArgs(function)
        },
        Definition("umask", "The process's mask for new files, unchanged.") { _, _ in
            PyLong_FromLong(HostModule.umask)
        },
        Definition("kill", "Send (child process, signal); only for children of the task.") { _, request in
            HostModule.kill(request!)
        },
    ]

    /// Guards C functions that share one buffer in the whole process.
    private static let shared = PlainLock()

    private static func wait(_ request: PythonPointer) -> PythonPointer? {
        guard let interpreter = Interpreter.current else { return PyLong_FromLong(0) }
        guard walle_IsTuple(request) != 0, PyTuple_Size(request) == 3 else {
            walle_SetError(walle_TypeError(), "wait() takes a descriptor, events and seconds")
            return nil
        }
        let descriptor = PyLong_AsLong(walle_TupleItem(request, 0))
        let events = PyLong_AsLong(walle_TupleItem(request, 1))
        let timeout = walle_TupleItem(request, 2)
        let seconds = timeout == walle_None() ? -1 : PyFloat_AsDouble(timeout)
        if PyErr_Occurred() != nil { return nil }
        let nanoseconds = timeout == walle_None() ? -1 : Int64(min(max(0, seconds) * 1e9, 9e17))
        let result = walle_stop_wait(
            interpreter.stop, Int32(clamping: descriptor), Int16(clamping: events), nanoseconds)
        return result < 0 ? nil : PyLong_FromLong(Int(result))
    }

    /// Asking the system call would change it for a moment, for everybody.
    private static var umask: Int {
        guard let file = FileHandle(forReadingAtPath: "/proc/self/status") else { return 0o22 }
        let lines = String(decoding: file.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
        let digits = lines.first { $0.hasPrefix("Umask:") }?.dropFirst(6).trimmingCharacters(in: .whitespaces)
        return digits.flatMap { Int($0, radix: 8) } ?? 0o22
    }

    private static func kill(_ request: PythonPointer) -> PythonPointer? {
        guard walle_IsTuple(request) != 0, PyTuple_Size(request) == 2 else {
            walle_SetError(walle_TypeError(), "kill() takes a process and a signal")
            return nil
        }
        let process = PyLong_AsLong(walle_TupleItem(request, 0))
        let signal = PyLong_AsLong(walle_TupleItem(request, 1))
        if PyErr_Occurred() != nil { return nil }
        let failed = process <= 1 || Foundation.kill(pid_t(clamping: process), Int32(clamping: signal)) != 0
        return PyLong_FromLong(failed ? Int(errno) : 0)
    }
}
