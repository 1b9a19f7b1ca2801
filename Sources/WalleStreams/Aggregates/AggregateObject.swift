/// The state of an aggregate that needs more room the more values it sees. Every one has a bound.
class AggregateObject {
    enum Kind: Hashable, Sendable {
        case lastFew(Int)
        case distinct
        case approximateDistinct
        case top(Int)
        case quantile(Double)
        case concatenation(separator: String)

        func make() -> AggregateObject {
            switch self {
            case .lastFew(let count): LatestValues(most: count)
            case .concatenation: LatestValues(most: LatestValues.mostConcatenated)
            case .distinct: DistinctValues()
            case .approximateDistinct: DistinctSketch()
            case .top: ValueCounts()
            case .quantile: QuantileSketch()
            }
        }
    }

    /// Adds a value as its column stores it, widened with zeros.
    func add(_ value: UInt64, at moment: Moment) { preconditionFailure("an aggregate of its own") }
    /// Adds all that another has seen. The other stays as it is.
    func merge(_ other: AggregateObject) { preconditionFailure("an aggregate of its own") }
    /// Writes what it has seen.
    func write(to writer: inout BlockWriter) { preconditionFailure("an aggregate of its own") }
    /// Reads what another of its kind wrote, before it has seen anything.
    func read(from reader: inout BlockReader) throws(StreamError) { preconditionFailure("an aggregate of its own") }
    /// About how much memory it holds.
    var byteCount: Int { preconditionFailure("an aggregate of its own") }
}

/// References to objects in the words of a table: the table holds each once.
extension UnsafeMutablePointer<UInt64> {
    /// Nil before the first value.
    var object: AggregateObject? {
        UnsafeRawPointer(bitPattern: UInt(self[0])).map {
            Unmanaged<AggregateObject>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// The object, made if there is none.
    @inline(__always) func object(_ kind: AggregateObject.Kind) -> AggregateObject {
        if let object { return object }
        let object = kind.make()
        self[0] = UInt64(UInt(bitPattern: Unmanaged.passRetained(object).toOpaque()))
        return object
    }

    func releaseObject() {
        guard let pointer = UnsafeRawPointer(bitPattern: UInt(self[0])) else { return }
        Unmanaged<AggregateObject>.fromOpaque(pointer).release()
        self[0] = 0
    }
}

/// The last values by time, then by arrival: the oldest first.
final class LatestValues: AggregateObject {
    /// What `concat` keeps of a group at most.
    static let mostConcatenated = 10_000

    private struct Entry {
        var moment: Moment
        var value: UInt64
    }

    private let most: Int
    private var entries: [Entry] = []

    init(most: Int) { self.most = most }

    override func add(_ value: UInt64, at moment: Moment) {
        // Events come nearly in order: the place is near the end.
        var place = entries.count
        while place > 0, Later.prefers(entries[place - 1].moment, to: moment) { place -= 1 }
        if entries.count == most {
            guard place > 0 else { return }
            entries.removeFirst()
            place -= 1
        }
        entries.insert(Entry(moment: moment, value: value), at: place)
    }

    override func merge(_ other: AggregateObject) {
        for entry in unsafeDowncast(other, to: LatestValues.self).entries { add(entry.value, at: entry.moment) }
    }

    override func write(to writer: inout BlockWriter) {
        writer.write(entries.count)
        for entry in entries {
            writer.write(entry.moment)
            writer.write(entry.value)
        }
    }

    override func read(from reader: inout BlockReader) throws(StreamError) {
        for _ in 0..<(try reader.readCount(each: 24)) {
            entries.append(Entry(moment: try reader.readMoment(), value: try reader.read()))
        }
        guard entries.count <= most else { throw StateFormat.damaged("\(entries.count) last values") }
    }

    override var byteCount: Int { 64 + entries.capacity * MemoryLayout<Entry>.stride }

    var values: [UInt64] { entries.map(\.value) }
}

/// How often each value came.
final class ValueCounts: AggregateObject {
    private var counts: [UInt64: Int64] = [:]
    private var firsts: [UInt64: Moment] = [:]

    override func add(_ value: UInt64, at moment: Moment) { add(value, 1, at: moment) }

    override func merge(_ other: AggregateObject) {
        let other = unsafeDowncast(other, to: ValueCounts.self)
        for (value, count) in other.counts { add(value, count, at: other.firsts[value] ?? Moment(time: 0, offset: 0)) }
    }

    private func add(_ value: UInt64, _ count: Int64, at moment: Moment) {
        counts[value, default: 0] += count
        if firsts[value].map({ Earlier.prefers(moment, to: $0) }) ?? true { firsts[value] = moment }
    }

    override func write(to writer: inout BlockWriter) {
        writer.write(counts.count)
        for (value, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.write(value)
            writer.write(count)
            writer.write(firsts[value] ?? Moment(time: 0, offset: 0))
        }
    }

    override func read(from reader: inout BlockReader) throws(StreamError) {
        for _ in 0..<(try reader.readCount(each: 32)) {
            let value = try reader.read(UInt64.self)
            counts[value] = try reader.read()
            firsts[value] = try reader.readMoment()
        }
    }

    override var byteCount: Int { 64 + counts.capacity * 24 + firsts.capacity * 32 }

    /// The most frequent first; of equally frequent ones that which came first.
    func top(_ most: Int) -> [(value: UInt64, count: Int64)] {
        let ordered = counts.sorted {
            if $0.value != $1.value { return $0.value > $1.value }
            guard let left = firsts[$0.key], let right = firsts[$1.key] else { return $0.key < $1.key }
            return Earlier.prefers(left, to: right)
        }
        return ordered.prefix(most).map { ($0.key, $0.value) }
    }
}

extension BlockWriter {
    mutating func write(_ moment: Moment) {
        write(moment.time)
        write(moment.offset)
    }
}

extension BlockReader {
    mutating func readMoment() throws(StreamError) -> Moment { Moment(time: try read(), offset: try read()) }
}
