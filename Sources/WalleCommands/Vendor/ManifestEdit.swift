/// Adds a folder to `path` in `[python]` of a `task.toml`, leaving all else as its author wrote it.
enum ManifestEdit {
    /// - Returns: The new text; nil when it cannot be done without understanding more of the file.
    static func addingImportFolder(_ folder: String, to text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let table = lines.firstIndex(where: { header($0) == "python" }) else {
            let separator = text.isEmpty || text.hasSuffix("\n\n") ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
            return text + separator + "[python]\npath = [\"\(folder)\"]\n"
        }
        let end = lines[(table + 1)...].firstIndex { header($0) != nil } ?? lines.endIndex
        guard let line = lines[(table + 1)..<end].firstIndex(where: { key($0) == "path" }) else {
            lines.insert("path = [\"\(folder)\"]", at: table + 1)
            return lines.joined(separator: "\n")
        }
        guard let open = lines[line].firstIndex(of: "[") else { return nil }
        let rest = lines[line][lines[line].index(after: open)...].drop { $0 == " " }
        let isEmpty = rest.first == "]"
        // First in the list: what comes after may be on other lines.
        let isAlone = isEmpty || rest.isEmpty
        lines[line].insert(
            contentsOf: "\"\(folder)\"" + (isAlone && isEmpty ? "" : ", "), at: lines[line].index(after: open))
        return lines.joined(separator: "\n")
    }

    /// `python` of `[python]  # …`; nil for a line that begins no table.
    private static func header(_ line: String) -> String? {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        guard trimmed.hasPrefix("["), let end = trimmed.firstIndex(of: "]") else { return nil }
        // An array over several lines can begin its lines with a bracket, too; a header has a bare name.
        let name = trimmed[trimmed.index(after: trimmed.startIndex)..<end]
        let bare = name.filter { $0 != " " && $0 != "[" }
        return bare.allSatisfy { $0.isLetter || $0.isNumber || "-_.\"'".contains($0) } && !bare.isEmpty ? bare : nil
    }

    private static func key(_ line: String) -> String? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        return line[..<equals].filter { $0 != " " && $0 != "\t" && $0 != "\"" }
    }
}
