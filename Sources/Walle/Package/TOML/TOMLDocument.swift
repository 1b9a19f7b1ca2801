package import WallePython

/// A TOML text as a tree of `Value`s that knows where each key stands.
package struct TOMLDocument: Sendable {
    /// The name of the file, for problems.
    package let file: String
    package let root: [String: Value]
    private let places: TOMLPlaces

    /// Reads a text.
    ///
    /// - Throws: The first syntax error, with its place.
    package init(_ text: String, file: String) throws(PackageError.Problem) {
        self.file = file
        let node: TOMLNode
        do {
            node = try TOMLReader.read(text)
        } catch {
            throw PackageError.Problem(
                .malformed, file: file, line: error.place.line, column: error.place.column, error.message,
                remedy: error.remedy)
        }
        guard case .dictionary(let root) = node.value else { preconditionFailure("the root of a TOML text is a table") }
        self.root = root
        places = node.places
    }

    /// Where a key, or the header that names it, stands first, or else the nearest table around it; nil for a key of
    /// the root that is nowhere. Elements of arrays go by their index from "0" on.
    package func place(of path: [String]) -> TextPlace? {
        var (found, place): (TOMLPlaces, TextPlace?) = (places, nil)
        for part in path {
            guard let child = found.children[part] else { break }
            (found, place) = (child, child.place)
        }
        return place
    }
}
