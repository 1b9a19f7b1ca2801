/// How the bytes of an input are to be read: said by the name of its file.
package struct InputFormat: Sendable, Hashable {
    package enum Records: String, Sendable, Hashable, CaseIterable {
        case jsonLines
        case csv
    }

    package var records: Records
    package var isCompressed: Bool

    package init(_ records: Records, isCompressed: Bool = false) {
        self.records = records
        self.isCompressed = isCompressed
    }

    /// The endings of names, in small letters.
    private static let endings: KeyValuePairs<String, Records> = [
        ".jsonl": .jsonLines, ".ndjson": .jsonLines, ".json": .jsonLines, ".csv": .csv,
    ]

    /// The format of a file by the ending of its name: `.jsonl`, `.ndjson`, `.json` or `.csv`, each perhaps with `.gz`.
    package init(fileName: String) throws(StreamError) {
        var name = fileName.lowercased()
        isCompressed = name.hasSuffix(".gz")
        if isCompressed { name.removeLast(3) }
        guard let records = Self.endings.first(where: { name.hasSuffix($0.key) })?.value else {
            throw StreamError(
                .input, field: "input", "\"\(fileName)\" does not say by its ending what it is",
                remedy: "Name it .jsonl or .csv, or .jsonl.gz or .csv.gz when it is compressed.")
        }
        self.records = records
    }
}
