import Foundation
import WallePython

/// Python's `tomllib`, which shares no code with our reader.
///
/// Both sides write values in one canonical form: a letter for the type and digits that lose nothing, with keys in order.
enum TOMLOracle {
    /// The canonical form of each text's value; nil for a text that is refused.
    static func read(_ texts: [String]) throws -> [String?] {
        let input = FileManager.default.temporaryDirectory.appending(path: "walle-toml-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: input) }
        try Data(texts.map { hex($0) }.joined(separator: "\n").utf8).write(to: input)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Fixtures.folder + "/toml/oracle.py", input.path]
        process.standardOutput = output
        try process.run()
        let lines = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return lines.split(separator: "\n").map { $0 == "refused" ? nil : String($0) }
    }

    static func canonical(_ value: Value) -> String {
        switch value {
        case .bool(let flag): "b\(flag)"
        case .integer(let number): "i\(number)"
        case .double(let number): number.isNaN ? "dnan" : "d\(String(number.bitPattern, radix: 16))"
        case .string(let text): "s\(hex(text))"
        case .date(let date): "t\(String(date.timeIntervalSinceReferenceDate.bitPattern, radix: 16))"
        case .array(let elements): "[\(elements.map(canonical).joined(separator: ","))]"
        case .dictionary(let table):
            "{\(table.map { "\(hex($0.key))=\(canonical($0.value))" }.sorted().joined(separator: ","))}"
        default: "?"
        }
    }

    private static func hex(_ text: String) -> String {
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
