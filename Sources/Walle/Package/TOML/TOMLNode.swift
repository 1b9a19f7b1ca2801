internal import WallePython

/// A value of a TOML text while the text is read.
///
/// A class, as later lines add to the tables of earlier ones.
final class TOMLNode {
    /// What the node is, which decides what later lines may add to it.
    enum Kind {
        case scalar(Value)
        case array
        case inlineTable
        /// Named only within the path of a header; its own header may follow.
        case implicitTable
        /// Named by a header; the root is one.
        case headedTable
        /// Made by a dotted key of one section, whose other keys may add to it.
        case dottedTable(section: Int)
        /// Made by `[[…]]`; headers mean its last element.
        case arrayOfTables
    }

    /// Of the key, or the header, that names it first; an element of an array stands where it begins.
    let place: TextPlace
    private(set) var kind: Kind
    private var entries: [String: TOMLNode] = [:]
    private var elements: [TOMLNode] = []

    init(_ kind: Kind, at place: TextPlace) {
        self.kind = kind
        self.place = place
    }

    func append(_ element: TOMLNode) { elements.append(element) }

    /// The finished value.
    var value: Value {
        switch kind {
        case .scalar(let value): value
        case .array, .arrayOfTables: .array(elements.map(\.value))
        default: .dictionary(entries.mapValues(\.value))
        }
    }

    var places: TOMLPlaces {
        var children = entries.mapValues(\.places)
        for (index, element) in elements.enumerated() { children[String(index)] = element.places }
        return TOMLPlaces(place: place, children: children)
    }
}

/// Where a value stands, and what is inside it; elements of arrays go by their index from "0" on.
struct TOMLPlaces: Sendable {
    let place: TextPlace
    let children: [String: TOMLPlaces]
}

// MARK: what may be added

/// Each method that throws tells what stands already where something else is added.
extension TOMLNode {
    struct Taken: Error {
        var place: TextPlace
        /// How many parts of the path lead there.
        var depth: Int
    }

    /// The table of a header `[path]`.
    func table(_ path: [String], at place: TextPlace) throws(Taken) -> TOMLNode {
        let parent = try parent(path, at: place)
        guard let node = parent.entries[path[path.count - 1]] else {
            return parent.adding(TOMLNode(.headedTable, at: place), path)
        }
        guard case .implicitTable = node.kind else { throw Taken(place: node.place, depth: path.count) }
        node.kind = .headedTable
        return node
    }

    /// The new element of a header `[[path]]`.
    func element(_ path: [String], at place: TextPlace) throws(Taken) -> TOMLNode {
        let parent = try parent(path, at: place)
        let node =
            parent.entries[path[path.count - 1]] ?? parent.adding(TOMLNode(.arrayOfTables, at: place), path)
        guard case .arrayOfTables = node.kind else { throw Taken(place: node.place, depth: path.count) }
        let element = TOMLNode(.headedTable, at: place)
        node.append(element)
        return element
    }

    /// Makes the table that a dotted key of this one leads to.
    ///
    /// - Parameter section: A number that the keys below one header, or in one inline table, have in common.
    func dotted(_ path: [String], section: Int, at place: TextPlace) throws(Taken) -> TOMLNode {
        var node = self
        for (index, key) in path.dropLast().enumerated() {
            let next = node.entries[key] ?? node.adding(TOMLNode(.dottedTable(section: section), at: place), [key])
            switch next.kind {
            case .dottedTable(section): break
            case .implicitTable: next.kind = .dottedTable(section: section)
            default: throw Taken(place: next.place, depth: index + 1)
            }
            node = next
        }
        if let taken = node.entries[path[path.count - 1]] { throw Taken(place: taken.place, depth: path.count) }
        return node
    }

    /// Adds a value under the last part of a path, which is free.
    @discardableResult func adding(_ node: TOMLNode, _ path: [String]) -> TOMLNode {
        entries[path[path.count - 1]] = node
        return node
    }

    /// The table around the last part of a header's path; those that are not there yet are made.
    private func parent(_ path: [String], at place: TextPlace) throws(Taken) -> TOMLNode {
        var node = self
        for (index, key) in path.dropLast().enumerated() {
            let next = node.entries[key] ?? node.adding(TOMLNode(.implicitTable, at: place), [key])
            switch next.kind {
            case .scalar, .array, .inlineTable: throw Taken(place: next.place, depth: index + 1)
            case .arrayOfTables: node = next.elements[next.elements.count - 1]
            case .implicitTable, .headedTable, .dottedTable: node = next
            }
        }
        return node
    }
}
