internal import CWallePython
internal import Foundation

/// What Python says when a script fails: type, message and where.
public struct PythonTraceback: Sendable, Hashable, Codable {
    /// One line of the call stack, outermost first.
    public struct Frame: Sendable, Hashable, Codable {
        public var file: String
        public var line: Int
        public var function: String
        /// The source line, when its file can be read.
        public var source: String?
    }

    /// The exception's type, with its module unless that is `builtins`.
    public var type: String
    public var message: String
    public var frames: [Frame]
    /// The exception this one was raised from or while handling.
    public var causes: [PythonTraceback]

    package init(type: String, message: String, frames: [Frame] = [], causes: [PythonTraceback] = []) {
        self.type = type
        self.message = message
        self.frames = frames
        self.causes = causes
    }
}

extension PythonTraceback: CustomStringConvertible {
    /// The last lines first names file and line, as in `main.py:9 in run`.
    public var description: String {
        var lines = causes.flatMap { [$0.description, "  and then:"] }
        for frame in frames {
            lines.append("  \(frame.file):\(frame.line) in \(frame.function)")
            if let source = frame.source { lines.append("    \(source)") }
        }
        lines.append(message.isEmpty ? type : "\(type): \(message)")
        return lines.joined(separator: "\n")
    }
}

extension PythonTraceback {
    private enum Bound {
        static let frames = 64
        static let causes = 8
        static let messageBytes = 16 << 10
    }

    /// Takes the exception out of the current thread state.
    ///
    /// - Parameter callingPython: whether `str()` of the exception, which may be the script's code, may be called.
    static func take(callingPython: Bool) -> PythonTraceback {
        guard let exception = PyErr_GetRaisedException() else {
            return PythonTraceback(type: "SystemError", message: "a call failed without an exception")
        }
        let owned = Owned(taking: exception)
        let traceback = describe(owned.pointer, callingPython: callingPython, depth: 0)
        PyErr_Clear()
        return traceback
    }

    static func takeOrDescribe(_ failure: PythonFailure) -> PythonTraceback {
        switch failure {
        case .pending: take(callingPython: true)
        case .mismatch(let expected, let got, let path):
            PythonTraceback(type: "TypeError", message: "\(path): expected \(expected), got \(got)")
        }
    }

    private static func describe(_ exception: PythonPointer, callingPython: Bool, depth: Int) -> PythonTraceback {
        var result = PythonTraceback(
            type: typeName(of: exception),
            message: callingPython ? message(of: exception) : "",
            frames: frames(of: exception))
        if let syntax = syntaxFrame(exception) { result.frames.append(syntax) }
        if depth < Bound.causes, let cause = PyException_GetCause(exception) ?? PyException_GetContext(exception) {
            let owned = Owned(taking: cause)
            result.causes = [describe(owned.pointer, callingPython: callingPython, depth: depth + 1)]
        }
        return result
    }

    private static func typeName(of exception: PythonPointer) -> String {
        guard let name = PyType_GetFullyQualifiedName(walle_Type(exception)) else {
            PyErr_Clear()
            return String(cString: walle_TypeName(exception))
        }
        let owned = Owned(taking: name)
        return String(python: owned.pointer)
    }

    private static func message(of exception: PythonPointer) -> String {
        guard let text = PyObject_Str(exception) else {
            PyErr_Clear()
            return "(its message could not be made)"
        }
        let owned = Owned(taking: text)
        let message = String(python: owned.pointer)
        guard message.utf8.count > Bound.messageBytes else { return message }
        return String(message.prefix(Bound.messageBytes)) + "…"
    }

    private static func frames(of exception: PythonPointer) -> [Frame] {
        var frames: [Frame] = []
        var next = PyException_GetTraceback(exception)
        while let traceback = next {
            let owned = Owned(taking: traceback)
            if let frame = frame(of: owned.pointer) { frames.append(frame) }
            // Recursion without end: the first and the last frames tell most.
            if frames.count > Bound.frames { frames.remove(at: Bound.frames / 2) }
            next = attribute("tb_next", of: owned.pointer)
            if let end = next, walle_IsNone(end) != 0 {
                Py_DecRef(end)
                next = nil
            }
        }
        // Only now: a recursion without end has a thousand frames, and few of them stay.
        return frames.filter { !isOurs($0.file) }.map(\.withSource)
    }

    /// Frames of `walle`'s own plumbing say nothing to a task's author.
    private static func isOurs(_ file: String) -> Bool {
        file.hasSuffix("/walle/_vm.py") || file.hasPrefix("<frozen importlib")
    }

    private static func frame(of traceback: PythonPointer) -> Frame? {
        guard let frame = attribute("tb_frame", of: traceback) else { return nil }
        let ownedFrame = Owned(taking: frame)
        guard let code = attribute("f_code", of: ownedFrame.pointer) else { return nil }
        let ownedCode = Owned(taking: code)
        let file = text("co_filename", of: ownedCode.pointer) ?? "?"
        let line = integer("tb_lineno", of: traceback) ?? 0
        let function = text("co_qualname", of: ownedCode.pointer) ?? "?"
        return Frame(file: file, line: line, function: function, source: nil)
    }

    private static func syntaxFrame(_ exception: PythonPointer) -> Frame? {
        guard PyErr_GivenExceptionMatches(exception, walle_SyntaxError()) != 0 else { return nil }
        guard let file = text("filename", of: exception), let line = integer("lineno", of: exception) else {
            return nil
        }
        let source = text("text", of: exception)?.trimmingCharacters(in: .whitespacesAndNewlines)
        return Frame(file: file, line: line, function: "(syntax)", source: source)
    }

    private static func attribute(_ name: String, of object: PythonPointer) -> PythonPointer? {
        let value = PyObject_GetAttrString(object, name)
        if value == nil { PyErr_Clear() }
        return value
    }

    private static func text(_ name: String, of object: PythonPointer) -> String? {
        guard let value = attribute(name, of: object) else { return nil }
        let owned = Owned(taking: value)
        return walle_IsString(owned.pointer) != 0 ? String(python: owned.pointer) : nil
    }

    private static func integer(_ name: String, of object: PythonPointer) -> Int? {
        guard let value = attribute(name, of: object) else { return nil }
        let owned = Owned(taking: value)
        guard walle_IsLong(owned.pointer) != 0 else { return nil }
        return PyLong_AsLong(owned.pointer)
    }
}

extension PythonTraceback.Frame {
    /// The frame with the text of its line.
    fileprivate var withSource: PythonTraceback.Frame {
        var frame = self
        frame.source = SourceLines.line(line, of: file)
        return frame
    }
}

/// Lines of source files for tracebacks, read when something went wrong.
enum SourceLines {
    private static let largestFile = 4 << 20

    static func line(_ number: Int, of file: String) -> String? {
        guard number > 0, file.hasPrefix("/"),
            let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int, size < largestFile,
            let text = try? String(contentsOfFile: file, encoding: .utf8)
        else { return nil }
        let lines = text.split(separator: "\n", maxSplits: number, omittingEmptySubsequences: false)
        guard lines.count >= number else { return nil }
        return lines[number - 1].trimmingCharacters(in: .whitespaces)
    }
}

extension String {
    /// The text of a `str` object; lone surrogates become U+FFFD.
    package init(python object: PythonPointer) {
        var size = 0
        if let bytes = PyUnicode_AsUTF8AndSize(object, &size) {
            let buffer = UnsafeRawBufferPointer(start: bytes, count: size)
            self = String(decoding: buffer, as: UTF8.self)
            return
        }
        PyErr_Clear()
        guard let encoded = PyUnicode_AsEncodedString(object, "utf-8", "replace") else {
            PyErr_Clear()
            self = ""
            return
        }
        let owned = Owned(taking: encoded)
        let buffer = UnsafeRawBufferPointer(start: PyBytes_AsString(owned.pointer), count: PyBytes_Size(owned.pointer))
        self = String(decoding: buffer, as: UTF8.self)
    }
}
