/// Counting events and adding their numbers to one summary in one pass over the rows, so that the state of a group is
/// fetched once and not once an aggregate; and while the groups are looked for, where there is nothing else to do.
struct NumberPass {
    private let column: Column
    private let summary: NumberSummary
    /// The word of a group's row at which the summary begins; that of the count of all events, −1 when there is none.
    private let word: Int
    private let count: Int
    /// What the pass adds to.
    private let slot: Int
    private let countSlot: Int

    /// Of the first summary that takes every row; nil where there is none.
    init?(_ slots: [AggregateLayout.Slot], _ input: AggregateInput) {
        for (index, place) in slots.enumerated() {
            guard case .summary(let summary) = place.kind, Self.isWhole(index, input),
                let column = input.values[index]
            else { continue }
            let countSlot = slots.indices.first { slots[$0].kind == .count && Self.isWhole($0, input) }
            (self.column, self.summary, word, slot) = (column, summary, place.word, index)
            (count, self.countSlot) = (countSlot.map { slots[$0].word } ?? -1, countSlot ?? -1)
            return
        }
        return nil
    }

    /// Whether an aggregate takes all rows.
    private static func isWhole(_ place: Int, _ input: AggregateInput) -> Bool {
        input.filters[place] == nil && input.values[place]?.nulls == nil
    }

    /// Whether the pass adds to an aggregate.
    @inline(__always) func has(_ place: Int) -> Bool { place == slot || place == countSlot }

    /// Adds rows whose groups are known.
    func add(_ places: RowPlaces, to memory: UnsafeMutablePointer<UInt64>) {
        if summary.isFloat { floats.add(places, to: memory) } else { integers.add(places, to: memory) }
    }

    /// Looks for the groups of rows and adds to them at once: while the next is looked for, the last is added to. Room must
    /// have been reserved in the table.
    func add(_ rows: UnsafePointer<UInt32>, _ count: Int, _ keys: UnsafePointer<UInt64>, to table: GroupTable) {
        if summary.isFloat {
            table.count(rows, count, keys, NumberVisitor(numbers: floats, rows: rows, base: table.base))
        } else {
            table.count(rows, count, keys, NumberVisitor(numbers: integers, rows: rows, base: table.base))
        }
    }

    private var floats: NumberColumn<FloatNumbers> {
        NumberColumn(values: column.pointer(), count: count, word: word, words: SummaryWords(summary))
    }

    private var integers: NumberColumn<IntegerNumbers> {
        NumberColumn(values: column.pointer(), count: count, word: word, words: SummaryWords(summary))
    }
}

/// The numbers of a column, and where in a group's row what they are added to lies.
struct NumberColumn<Numbers: SummaryNumbers> {
    let values: UnsafeMutablePointer<Numbers.Sum.Input>
    /// −1: nowhere.
    let count: Int
    let word: Int
    let words: SummaryWords<Numbers>

    @inline(__always) func add(_ row: Int, to group: UnsafeMutablePointer<UInt64>) {
        if count >= 0 { group[count] &+= 1 }
        words.add(values[row], to: group + word)
    }

    @inline(__always) func add(_ places: RowPlaces, to memory: UnsafeMutablePointer<UInt64>) {
        for index in 0..<places.count { add(Int(places.rows[index]), to: memory + Int(places.places[index])) }
    }
}

/// Adds the numbers of rows to their groups as these are found.
private struct NumberVisitor<Numbers: SummaryNumbers>: GroupVisitor {
    let numbers: NumberColumn<Numbers>
    let rows: UnsafePointer<UInt32>
    let base: UnsafeMutablePointer<UInt64>

    @inline(__always) func visit(_ index: Int, _ place: Int) { numbers.add(Int(rows[index]), to: base + place) }
}
