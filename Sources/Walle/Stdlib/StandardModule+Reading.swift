internal import WallePython

extension StandardModule {
    static let keys = [
        "status", "permission", "since", "until", "preload", "by", "functions", "refuses", "descriptors", "waits",
        "events",
        "patch", "why", "instead", "parts", "needs", "use",
    ]
    private static let permissions = ["ctypes", "files", "network", "processes", "threads"]

    init(_ name: String, _ reader: inout TableReader) {
        self.name = name
        status = Self.status(&reader)
        permission = Self.permission(&reader)
        since = Self.version("since", &reader)
        until = Self.version("until", &reader)
        preload = reader.bool("preload") ?? false
        functions = reader.strings("functions") ?? []
        refuses = reader.strings("refuses") ?? []
        descriptors = reader.strings("descriptors") ?? []
        waits = reader.strings("waits") ?? []
        events = reader.strings("events") ?? []
        patch = reader.string("patch")
        why = status == .replaced ? reader.string("by") : reader.string("why")
        instead = reader.string("instead")
        parts = reader.strings("parts") ?? []
        needs = reader.strings("needs") ?? []
        use = reader.string("use")
        requireReasons(&reader)
    }

    private func requireReasons(_ reader: inout TableReader) {
        if status == .refused, why == nil { reader.reportMissing("why", remedy: "Say why the module is refused.") }
        if status == .refused, instead == nil { reader.reportMissing("instead", remedy: "Say what to use instead.") }
        if status == .replaced, why == nil { reader.reportMissing("by", remedy: "Say what is replaced, and why.") }
        for need in needs where !Self.permissions.contains(need) {
            reader.report(
                .invalidValue, "needs", "has \"\(need)\"",
                remedy: "Permissions are \(Self.permissions.joined(separator: ", ")).")
        }
    }

    private static func status(_ reader: inout TableReader) -> Status {
        guard let text = reader.string("status") else {
            if reader.value("status") == nil { reader.reportMissing("status", remedy: "Write status = \"kept\".") }
            return .kept
        }
        guard let status = Status(rawValue: text) else {
            let known = Status.allCases.map(\.rawValue).joined(separator: ", ")
            reader.report(.invalidValue, "status", "is \"\(text)\"", remedy: "Write one of \(known).")
            return .kept
        }
        return status
    }

    private static func permission(_ reader: inout TableReader) -> String? {
        guard let text = reader.string("permission") else { return nil }
        if permissions.contains(text) { return text }
        reader.report(
            .invalidValue, "permission", "is \"\(text)\"",
            remedy: "Permissions are \(permissions.joined(separator: ", ")).")
        return nil
    }

    /// `3.14`
    private static func version(_ key: String, _ reader: inout TableReader) -> Version? {
        guard let text = reader.string(key) else { return nil }
        if let version = Version(text + ".0") { return version }
        reader.report(.invalidValue, key, "is \"\(text)\"", remedy: "Write a version of Python, such as \"3.14\".")
        return nil
    }
}
