// Texts in blocks of state.
extension TextDictionary {
    /// Writes the texts from a code on.
    func write(from first: Int, to writer: inout BlockWriter) {
        let (bytes, ends) = texts(from: first)
        writer.write(counted: ends.map { UInt64($0) })
        writer.write(counted: bytes)
    }

    /// Adds texts that were written. Those before them are there already.
    ///
    /// - Throws: `.storage` when one of them is there too.
    func read(from reader: inout BlockReader) throws(StreamError) {
        let ends = try reader.readWords()
        let bytes = try reader.readBytes()
        var start = 0
        for end in ends {
            guard let end = Int(exactly: end), start <= end, end <= bytes.count else {
                throw StateFormat.damaged("texts end where they should not")
            }
            let (text, before) = (bytes[bytes.startIndex + start..<bytes.startIndex + end], count)
            guard text.withUnsafeBytes({ Int(code(of: $0)) }) == before else {
                throw StateFormat.damaged("a text is there twice")
            }
            start = end
        }
    }
}
