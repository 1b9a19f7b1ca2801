/// "Did you mean": the known name that an unknown one was likely meant to be.
package enum Suggestion {
    /// The nearest of `names` by edit distance; nil when none is near enough to be a slip.
    package static func nearest(to name: String, in names: some Sequence<String>) -> String? {
        guard name.count <= longest else { return nil }
        let given = Array(name.lowercased())
        let ranked = names.map { (name: $0, distance: distance(given, Array($0.lowercased()))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, min(name.count, best.name.count) / 3 + 1) && best.distance < best.name.count
            ? best.name : nil
    }

    /// Nobody slips in a longer name than this; the distance costs the product of both lengths.
    private static let longest = 64

    /// Insertions, deletions, replacements and swaps of neighbours (Damerau and Levenshtein, optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1] + last.dropFirst()
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                next[column + 1] = min(replaced, last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    next[column + 1] = min(next[column + 1], before[column - 1] + 1)
                }
            }
            (before, last) = (last, next)
        }
        return last[right.count]
    }
}
