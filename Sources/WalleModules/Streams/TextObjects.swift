internal import CWallePython
internal import WalleBinding
internal import WalleStreams

/// The texts of a run by their codes, decoded when they are asked for.
///
/// Python reaches it under its GIL, which guards the dictionary with everything else of the run.
final class CategoriesObject: PythonObject, @unchecked Sendable {
    static let pythonName = "Categories"

    let texts: TextDictionary

    init(_ texts: TextDictionary) { self.texts = texts }
}

/// A column of texts, as functions of batches get it.
///
/// Python reaches it under its GIL, which guards the dictionary with everything else of the run.
final class TextColumnObject: PythonObject, @unchecked Sendable {
    static let pythonName = "TextColumn"

    let column: Column
    let texts: TextDictionary

    init(_ column: Column, _ texts: TextDictionary) {
        self.column = column
        self.texts = texts
    }
}

/// No such row, text or column.
enum AccessError: PythonConvertibleError {
    case index
    case column(String, [String])
    case noText(String)

    var pythonException: PythonExceptionType {
        switch self {
        case .index: .indexError
        case .column: .keyError
        case .noText: .typeError
        }
    }

    var pythonMessage: String {
        switch self {
        case .index: "index out of range"
        case .column(let name, let names):
            "no column is named \"\(name)\": there are \(names.joined(separator: ", "))"
        case .noText(let name): "\"\(name)\" is no column of texts: only these have codes"
        }
    }
}

/// Counts from the end where it is negative.
func place(_ index: Int, of count: Int) throws -> Int {
    let place = index < 0 ? index + count : index
    guard (0..<count).contains(place) else { throw AccessError.index }
    return place
}

/// The classes for texts.
enum TextClasses {
    static let categories = Class(
        CategoriesObject.self, doc: "The texts of a run by their codes: `categories[code]` is a str."
    ) {
        Function("__len__", "self") { (categories: CategoriesObject) in categories.texts.count }
        Function("__getitem__", "self", "code") { (categories: CategoriesObject, code: Int) in
            categories.texts.string(UInt32(try place(code, of: categories.texts.count)))
        }
        Function("__repr__", "self") { (categories: CategoriesObject) in "<\(categories.texts.count) categories>" }
    }

    static let column = Class(
        TextColumnObject.self,
        doc: """
            Texts of a batch: a code a row, and what the codes mean.

            `column[row]` is a str, or None for a null; `column.codes` is an array in the engine's own memory. A function
            that looks at each different text once computes by code and picks with `codes`.
            """
    ) {
        Function("__len__", "self") { (column: TextColumnObject) in column.column.count }
        Function("__getitem__", "self", "row") { (column: TextColumnObject, row: Int) in
            Made<TextOrNone> { try column.column.object(try place(row, of: column.column.count), column.texts) }
        }
        Function("to_list", "self", doc: "The texts, None for a null.") { (column: TextColumnObject) in
            Made<TextList> { try NewObject.list(column.column.count) { try column.column.object($0, column.texts) } }
        }
        Property("codes", doc: "An array of uint32, a code a row; 0 for a null.") { (column: TextColumnObject) in
            Made<Array1D> { try column.column.array() }
        }
        Property("nulls", doc: "An array of bools, or None when there is no null.") { (column: TextColumnObject) in
            Made<NullArray> { try column.column.nullArray() }
        }
        Property("categories", doc: "What the codes mean.") { (column: TextColumnObject) in
            CategoriesObject(column.texts)
        }
    }
}
