internal import CWallePython
internal import WalleBinding
internal import WalleStreams

/// What has a table of columns for Python.
protocol TableObject: PythonObject {
    var table: ColumnTable { get }
    /// What its rows are.
    static var unit: String { get }
}

/// Rows that a stream gave, in columns.
///
/// The columns never change; the dictionary of their texts is guarded by the GIL of the interpreter that has its run.
final class RowsObject: TableObject, @unchecked Sendable {
    static let pythonName = "Rows"
    static let unit = "rows"

    let table: ColumnTable
    /// What each row does to earlier ones of its key and window, and how often that gave one before.
    let changes: [WindowResults.Change]
    let revisions: [UInt32]

    init(_ parts: [StreamRows], _ columns: StreamColumns, _ texts: TextDictionary) {
        let count = parts.reduce(0) { $0 + $1.count }
        let results = parts.map(\.results)
        var all: [ResultColumn] = columns.keys.indices.map { index in
            let type = columns.keys[index].type
            return Self.joined(parts.map { .values($0.keys[index]) }, count, empty: type)
        }
        let bounds = [results.flatMap(\.starts), results.flatMap(\.ends)].prefix(columns.bounds.count)
        all += bounds.map { .values(Column(times: $0)) }
        all += columns.aggregates.indices.map { index in
            Self.joined(results.map { $0.aggregates[index] }, count, empty: .float)
        }
        table = ColumnTable(names: columns.names, columns: all, count: count, texts: texts)
        changes = results.flatMap { $0.changes ?? [WindowResults.Change](repeating: $0.change, count: $0.count) }
        revisions = results.flatMap(\.revisions)
    }

    /// No rows, of columns whose types are not known.
    init(none names: [String]) {
        let column = ResultColumn.values(Column(uninitialized: .float, count: 0))
        table = ColumnTable(names: names, columns: names.map { _ in column }, count: 0, texts: TextDictionary())
        (changes, revisions) = ([], [])
    }

    private init(_ parts: [RowsObject]) {
        let tables = parts.map(\.table)
        let count = tables.reduce(0) { $0 + $1.count }
        let columns = tables[0].columns.indices.map { index in
            ResultColumn.joined(tables.map { $0.columns[index] }, count: count)
        }
        table = ColumnTable(names: tables[0].names, columns: columns, count: count, texts: tables[0].texts)
        changes = parts.flatMap(\.changes)
        revisions = parts.flatMap(\.revisions)
    }

    /// The rows of several calls of one run, one behind the other.
    static func joined(_ parts: [RowsObject]) throws -> RowsObject {
        guard let first = parts.first else { throw RunError.noRows }
        guard parts.allSatisfy({ $0.table.texts === first.table.texts }) else { throw RunError.otherBatch }
        // What gave no rows does not know of what type its columns would be.
        let filled = parts.filter { $0.table.count > 0 }
        return filled.count > 1 ? RowsObject(filled) : filled.first ?? first
    }

    private static func joined(_ columns: [ResultColumn], _ count: Int, empty type: ColumnType) -> ResultColumn {
        columns.isEmpty ? .values(Column(uninitialized: type, count: 0)) : .joined(columns, count: count)
    }
}

/// Events in columns, before a run takes them.
///
/// The columns never change; the dictionary of their texts is guarded by the GIL of the interpreter that has its run.
final class BatchObject: TableObject, @unchecked Sendable {
    static let pythonName = "Batch"
    static let unit = "events"

    let batch: EventBatch
    let table: ColumnTable

    init(_ batch: EventBatch) {
        self.batch = batch
        let names = batch.schema.names
        table = ColumnTable(
            names: names, columns: names.compactMap { batch.column($0).map(ResultColumn.values) }, count: batch.count,
            texts: batch.texts)
    }

    /// The events of several, one behind the other.
    static func joined(_ batches: [BatchObject]) throws -> BatchObject {
        guard let first = batches.first else { throw RunError.noRows }
        guard batches.allSatisfy({ $0.batch.texts === first.batch.texts }) else { throw RunError.otherBatch }
        return batches.count == 1 ? first : BatchObject(try EventBatch.joined(batches.map(\.batch)))
    }
}

extension Column {
    fileprivate init(times: [Int64]) {
        self.init(uninitialized: .time, count: times.count)
        for (row, time) in times.enumerated() { ints[row] = time }
    }
}

/// The classes of what has columns.
enum TableClasses {
    static let rows = Class(
        RowsObject.self,
        doc: """
            Rows that a stream gave, in columns.

            `rows["views"]` is an array in the engine's own memory where the column has numbers, truths or times
            (microseconds since 1970 in UTC), and a list where it has texts or lists. A null is 0 in an array: `nulls` tells
            them. `rows[0]` is a dict, and so is what a loop gives.
            """
    ) {
        members(of: RowsObject.self)
        Property("changes", doc: "Of each row \"insert\", \"update\" or \"retract\": what it does to earlier ones.") {
            (rows: RowsObject) in rows.changes.map(\.text)
        }
        Property("revisions", doc: "How often the key and window of each row gave one before.") { (rows: RowsObject) in
            Made<Array1D> { try Column.array(rows.revisions) }
        }
    }

    static let batch = Class(
        BatchObject.self,
        doc: """
            Events in columns, as a run of a stream takes them: made by `Run.batch()`.

            `batch["price"]` is an array in the engine's own memory where the column has numbers, truths or times, and a list
            where it has texts. A null is 0 in an array: `nulls` tells them. `batch[0]` is a dict.
            """
    ) {
        members(of: BatchObject.self)
    }

    /// What both can.
    @ClassBuilder private static func members<Object: TableObject>(of type: Object.Type) -> ClassMembers {
        Function("__len__", "self") { (object: Object) in object.table.count }
        Function("__iter__", "self") { (object: Object) in object.table.iterator }
        Function("__getitem__", "self", "key") { (object: Object, key: Borrowed) in
            Made<Anything> { try object.table.item(key.pointer) }
        }
        Function("nulls", "self", "name", doc: "Which \(Object.unit) are null, an array of bools; None when none is.") {
            (object: Object, name: String) in Made<NullArray> { try object.table.column(name).nullArray() }
        }
        Function("codes", "self", "name", doc: "The codes of a column of texts: see `categories`.") {
            (object: Object, name: String) in Made<Array1D> { try object.table.codes(name) }
        }
        Function("to_dicts", "self", doc: "All \(Object.unit) as dicts, None for a null.") { (object: Object) in
            Made<RowDicts> { try object.table.rows() }
        }
        Function("__repr__", "self") { (object: Object) in
            "<\(object.table.count) \(Object.unit) of \(object.table.names.joined(separator: ", "))>"
        }
        Property("names", doc: "The names of the columns.") { (object: Object) in object.table.names }
        Property("categories", doc: "What the codes of texts mean.") { (object: Object) in
            CategoriesObject(object.table.texts)
        }
    }
}

extension WindowResults.Change {
    fileprivate var text: String {
        switch self {
        case .insertion: "insert"
        case .update: "update"
        case .retraction: "retract"
        }
    }
}
