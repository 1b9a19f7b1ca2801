internal import Foundation
internal import WallePython

/// A value as short JSON for one line of a message, whatever its size.
struct Preview {
    private var text = ""
    private var isFull = false
    private let limit: Int

    /// Two of them fit one below the other in a terminal, with a label before.
    private static let width = 60

    private init(limit: Int) { self.limit = limit }

    /// The value, cut where it gets long.
    static func text(of value: Value) -> String {
        var preview = Preview(limit: width)
        preview.write(value)
        return preview.text
    }

    /// The value around one place: what lies beside the way to it is left out as `…`, but in arrays that are short.
    static func text(of value: Value?, around path: ArraySlice<ValueStep>) -> String {
        guard let value else { return "nothing" }
        let rest = path.dropFirst()
        switch (value, path.first) {
        case (.dictionary(let members), .key(let key)?):
            guard let member = members[key] else { return members.isEmpty ? "{}" : "{…}" }
            return
                "{\(JSONText.text(of: .string(key))): \(text(of: member, around: rest))\(members.count > 1 ? ", …" : "")}"
        case (.array(let elements), .index(let index)?):
            var whole = Preview(limit: width)
            whole.write(value)
            if !whole.isFull { return whole.text }
            guard elements.indices.contains(index) else { return "[… \(elements.count) elements]" }
            let (before, after) = (index > 0 ? "…, " : "", index < elements.count - 1 ? ", …" : "")
            return "[\(before)\(text(of: elements[index], around: rest))\(after)]"
        default: return text(of: value)
        }
    }

    private mutating func append(_ piece: String) {
        if isFull { return }
        text += piece
        guard text.count > limit else { return }
        text = text.prefix(limit - 1) + "…"
        isFull = true
    }

    private mutating func write(_ value: Value) {
        if isFull { return }
        switch value {
        case .array(let elements):
            append("[")
            for (index, element) in elements.enumerated() where !isFull {
                if index > 0 { append(", ") }
                write(element)
            }
            append("]")
        case .dictionary(let members):
            append("{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() where !isFull {
                append((index > 0 ? ", " : "") + JSONText.text(of: .string(member.key)) + ": ")
                write(member.value)
            }
            append("}")
        case .string(let text): append(JSONText.text(of: .string(String(text.prefix(limit)))))
        case .bytes(let data): append(JSONText.text(of: .bytes(data.prefix(limit))))
        default: append(JSONText.text(of: value))
        }
    }
}
