internal import WallePython

/// Reads TOML 1.0 (<https://toml.io/en/v1.0.0>) by recursive descent.
///
/// It refuses what a `Value` or its users cannot hold: integers beyond 64 bits, the character U+0000, the year 0, what
/// is larger than `TOMLBounds`, and two keys of one table that Unicode holds to be the same text (`é` as one character
/// or as two).
struct TOMLReader {
    private var scanner: TOMLScanner
    /// Counts headers and inline tables.
    private var section = 0

    /// Reads a text.
    ///
    /// - Returns: The root table.
    static func read(_ text: String) throws(TOMLFailure) -> TOMLNode {
        var reader = TOMLReader(scanner: try TOMLScanner(text))
        return try reader.document()
    }

    private init(scanner: TOMLScanner) { self.scanner = scanner }

    private mutating func document() throws(TOMLFailure) -> TOMLNode {
        let root = TOMLNode(.headedTable, at: scanner.here)
        var (header, table, number): ([String], TOMLNode, Int) = ([], root, section)
        while true {
            try scanner.skipToToken()
            guard scanner.next != nil else { return root }
            if scanner.isNext("[") {
                (header, table) = try self.header(root)
                number = section
            } else {
                try keyAndValue(of: table, header, section: number)
            }
            try scanner.endLine()
        }
    }

    private mutating func header(_ root: TOMLNode) throws(TOMLFailure) -> ([String], TOMLNode) {
        let place = scanner.here
        scanner.advance()
        let isArray = scanner.take("[")
        let path = try scanner.keyPath(missing: "the table's name is missing")
        guard scanner.take("]"), !isArray || scanner.take("]") else { throw scanner.failure("`]` is missing") }
        section += 1
        do {
            return (path, try isArray ? root.element(path, at: place) : root.table(path, at: place))
        } catch {
            throw Self.twice(path, error, 0, at: place)
        }
    }

    /// - Parameter header: The path of the table.
    private mutating func keyAndValue(
        of table: TOMLNode, _ header: [String], section: Int
    ) throws(TOMLFailure) {
        let place = scanner.here
        let path = try scanner.keyPath(missing: "a key is missing")
        guard scanner.take("=") else { throw scanner.failure("`=` is missing") }
        let parent: TOMLNode
        do {
            parent = try table.dotted(path, section: section, at: place)
        } catch {
            throw Self.twice(header + path, error, header.count, at: place)
        }
        scanner.skipBlanks()
        parent.adding(try value(header + path, at: place), path)
    }

    /// - Parameter header: How many parts of the path the table's header has.
    private static func twice(
        _ path: [String], _ taken: TOMLNode.Taken, _ header: Int, at place: TextPlace
    ) -> TOMLFailure {
        let name = path.prefix(header + taken.depth).joined(separator: ".")
        return TOMLFailure(
            place: place, message: "\(name) is there already, at line \(taken.place.line)",
            remedy: "Write each key once, and all keys of a table in one place.")
    }

    // MARK: values

    /// - Parameters:
    ///   - path: The keys, and the arrays, around the value and of it.
    ///   - place: Where its key stands.
    private mutating func value(_ path: [String], at place: TextPlace) throws(TOMLFailure) -> TOMLNode {
        guard path.count <= TOMLBounds.depth else {
            throw scanner.failure("values are nested deeper than \(TOMLBounds.depth)")
        }
        switch scanner.next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return TOMLNode(.scalar(.string(try scanner.string(isKey: false))), at: place)
        case UInt8(ascii: "["): return try array(path, at: place)
        case UInt8(ascii: "{"): return try inlineTable(path, at: place)
        default: return TOMLNode(.scalar(try scalar()), at: place)
        }
    }

    private mutating func array(_ path: [String], at place: TextPlace) throws(TOMLFailure) -> TOMLNode {
        let array = TOMLNode(.array, at: place)
        scanner.advance()
        while true {
            try scanner.skipToToken()
            if scanner.take("]") { return array }
            array.append(try value(path + [""], at: scanner.here))
            try scanner.skipToToken()
            if scanner.take("]") { return array }
            guard scanner.take(",") else { throw scanner.failure("`,` or `]` is missing") }
        }
    }

    private mutating func inlineTable(_ path: [String], at place: TextPlace) throws(TOMLFailure) -> TOMLNode {
        let table = TOMLNode(.inlineTable, at: place)
        section += 1
        let section = section
        scanner.advance()
        scanner.skipBlanks()
        if scanner.take("}") { return table }
        while true {
            scanner.skipBlanks()
            try keyAndValue(of: table, path, section: section)
            scanner.skipBlanks()
            if scanner.take("}") { return table }
            guard scanner.take(",") else { throw scanner.failure("`,` or `}` is missing") }
        }
    }

    /// A number, a date or a word. A date and its time may have a space between.
    private mutating func scalar() throws(TOMLFailure) -> Value {
        let place = scanner.here
        let bytes = scanner.take { scanner, count in
            guard let byte = scanner.next else { return false }
            let isDateEnd =
                count == 10 && byte == UInt8(ascii: " ") && scanner.peek(1).map(TOMLScanner.isDigit) == true
            return isDateEnd || TOMLScanner.isBare(byte) || "+.:".utf8.contains(byte)
        }
        guard !bytes.isEmpty else { throw scanner.failure("a value is missing") }
        do {
            return try TOMLScalar.value(bytes)
        } catch {
            throw Self.failure(error, String(decoding: bytes.prefix(40), as: UTF8.self), at: place)
        }
    }

    private static func failure(_ failure: TOMLScalar.Failure, _ text: String, at place: TextPlace) -> TOMLFailure {
        switch failure {
        case .form: TOMLFailure(place: place, message: "\(text) is no value; a text stands in quotes")
        case .integerRange:
            TOMLFailure(
                place: place, message: "\(text) does not fit in 64 bits",
                remedy: "Write a number from \(Int.min) to \(Int.max), or a text.")
        case .noSuchDate:
            TOMLFailure(
                place: place, message: "\(text) is no date or time",
                remedy: "Write them as 2024-02-29, 07:32:00 or 2024-02-29T07:32:00Z, or as a text in quotes.")
        }
    }
}
