/// Which names of events or pages are meant.
package enum NameTest: Hashable, Sendable {
    /// Every name, and none.
    case any
    case exactly(String)
    /// The parts of a name between stars, each of which stands for any text: `view*` is `["view", ""]`.
    case wildcard([String])

    /// What it is called in results and messages.
    package var name: String {
        switch self {
        case .any: "any"
        case .exactly(let name): name
        case .wildcard(let parts): parts.joined(separator: "*")
        }
    }

    /// Nil is no name: only `any` accepts it.
    package func accepts(_ name: UnsafeRawBufferPointer?) -> Bool {
        switch self {
        case .any: return true
        case .exactly(let text):
            guard let name else { return false }
            return name.elementsEqual(text.utf8)
        case .wildcard(let parts): return name.map { Self.fits($0, parts) } ?? false
        }
    }

    /// The first part at the beginning, the last at the end, each of the others at its first place behind the one before:
    /// an earlier place never leaves less room for the rest.
    private static func fits(_ name: UnsafeRawBufferPointer, _ parts: [String]) -> Bool {
        let (first, last) = (Array(parts[0].utf8), Array(parts[parts.count - 1].utf8))
        guard name.count >= first.count + last.count, name.starts(with: first),
            name.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = name[first.count..<(name.count - last.count)]
        for part in parts.dropFirst().dropLast() {
            guard let end = firstEnd(of: Array(part.utf8), in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func firstEnd(of part: [UInt8], in text: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard text.count >= part.count else { return nil }
        for start in text.startIndex...(text.endIndex - part.count) where text[start...].starts(with: part) {
            return start + part.count
        }
        return nil
    }
}
