internal import Foundation

/// Encodes rows of the item page-view feature as 32 numbers of 32 bits, 128 bytes, for a model.
///
/// | numbers | what |
/// |---|---|
/// | 0 | seconds from the enter to the last event |
/// | 1 | decay by time: halves with every hour since the last event |
/// | 2, 3, 4 | exposures, seconds of them, different items exposed |
/// | 5, 6, 7, 8, 9 | scrolls, seconds of them, pixels, mean and greatest speed in pixels a second |
/// | 10 … 19 | clicks of each kind, in the order of `ItemPageView.actions` |
/// | 20 … 29 | seconds of each kind |
/// | 30 | why a recommendation was deleted last: its place among `ItemPageView.reasons` from 1 on, by their number; 0 for none |
/// | 31 | 1 when the visit ended with an exit, else 0 |
///
/// All but 1, 30 and 31 are ln(1 + x), so that the many do not drown the few.
package struct ItemPageViewEncoder {
    /// Microseconds in which the decay halves.
    package static let halfLife: Microseconds = 3600 * TimeText.microsecondsASecond

    private let texts: TextDictionary
    /// Of each number whose value is one of an aggregate: where it goes, the aggregate, and what it is divided by.
    private let plain: [(number: Int, aggregate: Int, unit: Double)]
    private let (lastAt, reason, exits): (Int, Int, Int)

    /// - Parameter texts: The dictionary of the events.
    package init(texts: TextDictionary) {
        self.texts = texts
        let names = ItemPageView.definition().aggregates.map(\.name)
        func place(_ name: String) -> Int {
            guard let place = names.firstIndex(of: name) else { preconditionFailure("an aggregate of the feature") }
            return place
        }
        var plain = [
            (2, place("exposures"), 1), (3, place("exposure_ms"), 1000), (4, place("exposed_items"), 1),
            (5, place("scrolls"), 1), (6, place("scroll_ms"), 1000), (7, place("scroll_px"), 1),
            (8, place("scroll_speed"), 1), (9, place("scroll_speed_max"), 1.0),
        ]
        for (index, action) in ItemPageView.actions.enumerated() {
            plain.append((10 + index, place(action), 1))
            plain.append((20 + index, place("\(action)_ms"), 1000))
        }
        self.plain = plain
        (lastAt, reason, exits) = (place("last_at"), place("delete_reason"), place("exits"))
    }

    /// The vector of a row.
    ///
    /// - Parameters:
    ///   - rows: Of a stream of `ItemPageView.definition`.
    ///   - now: When the vector is used, in microseconds since 1970 in UTC.
    package func vector(_ rows: StreamRows, row: Int, at now: Int64) -> SIMD32<Float> {
        var vector = SIMD32<Float>()
        let last = whole(rows, lastAt, row)
        vector[0] = Self.scaled(Double(last &- rows.results.starts[row]) / 1e6)
        vector[1] = Float(exp2(-Double(max(0, now &- last)) / Double(Self.halfLife)))
        for part in plain { vector[part.number] = Self.scaled(value(rows, part.aggregate, row) / part.unit) }
        vector[30] = reasonCode(rows, row)
        vector[31] = whole(rows, exits, row) > 0 ? 1 : 0
        return vector
    }

    private static func scaled(_ value: Double) -> Float { Float(log1p(max(0, value))) }

    private func column(_ rows: StreamRows, _ aggregate: Int) -> Column {
        guard case .values(let column) = rows.results.aggregates[aggregate] else {
            preconditionFailure("rows of the feature")
        }
        return column
    }

    private func whole(_ rows: StreamRows, _ aggregate: Int, _ row: Int) -> Int64 {
        column(rows, aggregate).ints[row]
    }

    /// A number, of which null is zero.
    private func value(_ rows: StreamRows, _ aggregate: Int, _ row: Int) -> Double {
        let column = column(rows, aggregate)
        return column.type == .float ? column.floats[row] : Double(column.ints[row])
    }

    private func reasonCode(_ rows: StreamRows, _ row: Int) -> Float {
        guard case .text(let reason) = column(rows, reason).value(at: row, texts: texts) else { return 0 }
        guard let place = ItemPageView.reasons.firstIndex(of: reason) else { return 0 }
        return Float(place + 1) / Float(ItemPageView.reasons.count)
    }
}
