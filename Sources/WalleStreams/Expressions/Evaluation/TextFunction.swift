/// A function of one text, computed once for each different text.
final class TextFunction {
    /// What a value becomes in a register.
    enum Value {
        case null
        case bool(Bool)
        case int(Int64)
        case float(Double)
        case text(String)
        /// The same text.
        case same
    }

    let result: ColumnType
    let memo = ResultMemo()
    private let compute: (UnsafeRawBufferPointer) -> Value

    init(_ result: ColumnType, _ compute: @escaping (UnsafeRawBufferPointer) -> Value) {
        self.result = result
        self.compute = compute
    }

    convenience init(ofString result: ColumnType, _ compute: @escaping (String) -> Value) {
        self.init(result) { compute(String(decoding: $0, as: UTF8.self)) }
    }

    /// The value for a text that is not remembered, which is then.
    func find(_ code: UInt32, slot: Int, in texts: TextDictionary) {
        let value: UInt64? =
            switch compute(texts.text(code)) {
            case .null: nil
            case .bool(let value): value ? 1 : 0
            case .int(let value): UInt64(bitPattern: value)
            case .float(let value): value.bitPattern
            case .text(let value): UInt64(texts.code(of: value))
            case .same: UInt64(code)
            }
        memo.set(UInt64(code), slot: slot, to: value)
    }
}

/// Two texts, one behind the other, remembered by the pair.
final class Concatenation {
    let memo = ResultMemo()
    private var bytes: [UInt8] = []

    /// Different pairs remembered.
    static let pairs = 1 << 14

    func find(_ left: UInt32, _ right: UInt32, key: UInt64, slot: Int, in texts: TextDictionary) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: texts.text(left))
        bytes.append(contentsOf: texts.text(right))
        let code = bytes.withUnsafeBytes { texts.code(of: $0) }
        memo.set(key, slot: slot, to: UInt64(code))
    }
}

/// Numbers and times as text, remembered by the value or by what of a time its text shows.
final class ValueWriter {
    let memo = ResultMemo()
    private let text: (UInt64) -> String
    private let zone: ZonedTime?
    private let constancy: Int64

    /// Different values remembered.
    static let values = 1 << 14

    init(_ text: @escaping (UInt64) -> String) {
        self.text = text
        (zone, constancy) = (nil, 1)
    }

    init(_ pattern: TimePattern, _ zone: ZonedTime) {
        let constancy = pattern.constancy
        text = { pattern.text(TimeFields(Int64(bitPattern: $0) &* constancy)) }
        self.zone = zone
        self.constancy = constancy
    }

    /// What decides on the text.
    @inline(__always) func key(_ value: UInt64) -> UInt64 {
        guard let zone else { return value }
        let time = Int64(bitPattern: value)
        return UInt64(bitPattern: floorDivision(time &+ zone.offset(at: time), constancy))
    }

    func find(_ key: UInt64, slot: Int, in texts: TextDictionary) {
        memo.set(key, slot: slot, to: UInt64(texts.code(of: text(key))))
    }
}
