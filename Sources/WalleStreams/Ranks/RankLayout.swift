internal import WalleMemory

/// How a row that may stand first lies in memory, and which of two stands before the other.
///
/// A row is words of 64 bits: its place in the stream, its time, which of its values are null, then of each term of the
/// order a word, then its values. Words of terms compare as the terms do, unless they are texts.
struct RankLayout {
    /// Terms that decide who stands first, then those that decide between equals.
    let deciding: Int
    let terms: Int
    /// A bit for each term that is a text, and for each that goes down.
    private let texts: UInt64
    private let descending: UInt64
    let termTypes: [ColumnType]
    let valueTypes: [ColumnType]
    let stride: Int
    let dictionary: TextDictionary

    static let arrival = 0
    static let time = 1
    static let nulls = 2
    static let header = 3
    var firstValue: Int { Self.header + terms }

    /// - Parameters:
    ///   - order: Of each term its type and whether the largest stands first.
    ///   - tieBreak: Of each term behind them its type.
    init(
        _ order: [(type: ColumnType, descending: Bool)], tieBreak: [ColumnType], values: [ColumnType],
        texts dictionary: TextDictionary
    ) {
        termTypes = order.map(\.type) + tieBreak
        deciding = order.count
        terms = termTypes.count
        precondition(terms <= 64 && values.count <= 64, "terms and values are numbered by the bits of a word")
        texts = termTypes.enumerated().reduce(0) { $1.element == .text ? $0 | 1 << UInt64($1.offset) : $0 }
        descending = order.enumerated().reduce(0) { $1.element.descending ? $0 | 1 << UInt64($1.offset) : $0 }
        valueTypes = values
        stride = Self.header + terms + values.count
        self.dictionary = dictionary
    }

    typealias Row = UnsafePointer<UInt64>

    // MARK: comparing

    /// Negative when the left row stands before the right one, zero when they are equal, by the first terms.
    @inline(__always) private func compare(_ left: Row, _ right: Row, _ count: Int) -> Int {
        for term in 0..<count {
            let (one, other) = (left[Self.header &+ term], right[Self.header &+ term])
            if one == other { continue }
            if texts >> UInt64(term) & 1 == 0 { return one < other ? -1 : 1 }
            return compareTexts(one, other, term)
        }
        return 0
    }

    private func compareTexts(_ left: UInt64, _ right: UInt64, _ term: Int) -> Int {
        // Null stands last.
        guard left != .max, right != .max else { return left == .max ? 1 : -1 }
        let precedes = dictionary.text(UInt32(left)).lexicographicallyPrecedes(dictionary.text(UInt32(right)))
        return precedes == (descending >> UInt64(term) & 1 == 0) ? -1 : 1
    }

    /// Of rows that nothing else tells apart the one that came first stands first.
    @inline(__always) func precedes(_ left: Row, _ right: Row) -> Bool {
        let order = compare(left, right, terms)
        return order != 0 ? order < 0 : left.int(Self.arrival) < right.int(Self.arrival)
    }

    /// Whether two rows are equal by what decides.
    @inline(__always) func ties(_ left: Row, _ right: Row) -> Bool { compare(left, right, deciding) == 0 }

    /// Whether two rows are the same, whenever they came.
    func same(_ left: Row, _ right: Row) -> Bool { (Self.time..<stride).allSatisfy { left[$0] == right[$0] } }

    // MARK: making

    /// The word of a term's value, smaller for one that stands before.
    @inline(__always) func word(_ bits: UInt64, _ term: Int) -> UInt64 {
        let sign: UInt64 = 1 << 63
        let word: UInt64
        switch termTypes[term] {
        case .text: return bits
        case .bool: word = bits
        case .int, .time: word = bits ^ sign
        case .float: word = bits & sign != 0 ? ~bits : bits | sign
        }
        return descending >> UInt64(term) & 1 != 0 ? ~word : word
    }

    /// Makes the row of an event.
    ///
    /// - Returns: False for one that lacks a value of the order, and has no place.
    @inline(__always)
    func fill(_ row: UnsafeMutablePointer<UInt64>, _ source: RankSource, _ index: Int) -> Bool {
        row.set(Self.arrival, source.offset &+ Int64(index))
        row.set(Self.time, source.times[index])
        for term in 0..<terms {
            let column = source.columns[term]
            if column.isNull(index) {
                if term < deciding { return false }
                row[Self.header &+ term] = .max
            } else {
                row[Self.header &+ term] = word(column.bits(index), term)
            }
        }
        return true
    }

    /// Fills in the values.
    @inline(__always)
    func fillValues(_ row: UnsafeMutablePointer<UInt64>, _ source: RankSource, _ index: Int) {
        var nulls: UInt64 = 0
        for value in 0..<valueTypes.count {
            let column = source.columns[terms &+ value]
            if column.isNull(index) { nulls |= 1 << UInt64(value) }
            row[firstValue &+ value] = column.bits(index)
        }
        row[Self.nulls] = nulls
    }

    // MARK: giving

    /// A column a value, of rows that lie one behind the other.
    func columns(_ rows: RankRows) -> [ResultColumn] {
        valueTypes.enumerated().map { value, type in
            var column = ColumnBuilder(type, capacity: rows.count)
            for index in 0..<rows.count {
                let row = rows.base + index &* stride
                if row[Self.nulls] >> UInt64(value) & 1 != 0 {
                    column.appendNull()
                } else {
                    column.append(bits: row[firstValue &+ value])
                }
            }
            return .values(column.finish())
        }
    }

    /// Whether texts that a row names are there: of one that was saved.
    func isSound(_ row: Row) -> Bool {
        let count = UInt64(dictionary.count)
        let terms = termTypes.indices.allSatisfy {
            termTypes[$0] != .text || row[Self.header + $0] < count || ($0 >= deciding && row[Self.header + $0] == .max)
        }
        return terms
            && valueTypes.indices.allSatisfy {
                valueTypes[$0] != .text || row[firstValue + $0] < count || row[Self.nulls] >> UInt64($0) & 1 != 0
            }
    }
}

/// The values of a batch's events: of the terms, then of the columns.
struct RankSource {
    var columns: UnsafePointer<RankColumn>
    var times: UnsafePointer<Int64>
    /// The place in the stream of row 0.
    var offset: Int64
}

/// A column as memory alone, so that no references are counted for a row.
struct RankColumn {
    private let values: UnsafeRawPointer
    private let nulls: UnsafePointer<UInt64>?
    private let type: ColumnType

    init(_ column: Column) {
        values = UnsafeRawPointer(column.values.bytes.baseAddress.unsafelyUnwrapped)
        nulls = column.nulls.map { UnsafePointer($0.words) }
        type = column.type
    }

    @inline(__always) func isNull(_ row: Int) -> Bool {
        guard let nulls else { return false }
        return nulls[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    /// As `Column.bits`.
    @inline(__always) func bits(_ row: Int) -> UInt64 {
        switch type {
        case .bool: return UInt64(values.load(fromByteOffset: row, as: UInt8.self))
        case .text: return UInt64(values.load(fromByteOffset: row &* 4, as: UInt32.self))
        case .int, .time: return values.load(fromByteOffset: row &* 8, as: UInt64.self)
        case .float:
            let value = values.load(fromByteOffset: row &* 8, as: Double.self)
            return value.isNaN ? Double.nan.bitPattern : (value + 0).bitPattern
        }
    }

    /// Hands the columns, which hold the memory, to `body` as memory.
    static func with<Result>(_ columns: [Column?], _ body: (UnsafePointer<RankColumn>) -> Result) -> Result {
        withExtendedLifetime(columns) {
            columns.compactMap { $0.map(RankColumn.init) }.withUnsafeBufferPointer {
                body($0.baseAddress.unsafelyUnwrapped)
            }
        }
    }
}

/// Rows that are told, one behind the other.
struct RankRows {
    let stride: Int
    private(set) var base: UnsafeMutablePointer<UInt64>
    private(set) var count = 0
    private var capacity = 64

    init(_ layout: RankLayout) {
        stride = layout.stride
        base = .allocate(capacity: capacity * stride)
    }

    func free() { base.deallocate() }

    @inline(__always) mutating func append(_ row: UnsafePointer<UInt64>) {
        if count == capacity { grow() }
        (base + count &* stride).update(from: row, count: stride)
        count &+= 1
    }

    private mutating func grow() {
        let old = base
        base = .allocate(capacity: capacity * 2 * stride)
        base.update(from: old, count: count * stride)
        old.deallocate()
        capacity *= 2
    }
}
