internal import Foundation
internal import WallePython
package import WalleStreams

extension DefinitionNode {
    /// What a TOML text says, with the fields of each table in the order in which they stand.
    ///
    /// - Throws: `.definition` for a value that definitions have no use for, such as a date.
    package init(_ document: TOMLDocument) throws(StreamError) {
        self = try Self.node(.dictionary(document.root), at: [], in: document)
    }

    static func node(
        _ value: Value, at path: [String], in document: TOMLDocument
    ) throws(StreamError) -> DefinitionNode {
        switch value {
        case .string(let text): return .text(text)
        case .integer(let value): return .int(Int64(value))
        case .double(let value): return .float(value)
        case .bool(let value): return .bool(value)
        case .array(let elements):
            var nodes: [DefinitionNode] = []
            for (index, element) in elements.enumerated() {
                nodes.append(try node(element, at: path + [String(index)], in: document))
            }
            return .array(nodes)
        case .dictionary(let entries): return try table(entries, at: path, in: document)
        default:
            throw StreamError(
                .definition, field: path.joined(separator: "."), "a value of a kind that no field has",
                remedy: "Write a text, a number, true, false, an array or a table.")
        }
    }

    private static func table(
        _ entries: [String: Value], at path: [String], in document: TOMLDocument
    ) throws(StreamError) -> DefinitionNode {
        let places = entries.keys.map { (name: $0, place: document.place(of: path + [$0])) }
        let ordered = places.sorted { left, right in
            let (left, right) = (
                (left.place?.line ?? 0, left.place?.column ?? 0), (right.place?.line ?? 0, right.place?.column ?? 0)
            )
            return left < right
        }
        var fields: [Field] = []
        for (name, _) in ordered {
            fields.append(Field(name, try node(entries[name] ?? .none, at: path + [name], in: document)))
        }
        return .table(fields)
    }
}

extension DefinitionReader {
    /// Reads the definitions of a TOML text.
    ///
    /// - Parameter file: The name of the file, for what is wrong with it.
    /// - Throws: The first problem, with the place of the field.
    package static func read(toml text: String, file: String) throws(PackageError.Problem) -> StreamDefinitions {
        let document = try TOMLDocument(text, file: file)
        do {
            return try read(DefinitionNode(document))
        } catch {
            let place = document.place(of: error.field?.components(separatedBy: ".") ?? [])
            throw PackageError.Problem(
                .invalidValue, file: file, line: place?.line, column: place?.column,
                (error.field.map { "\($0): " } ?? "") + error.message, remedy: error.remedy)
        }
    }
}
