internal import Foundation

/// Quantiles of any number of values in bounded memory: the merging t-digest (Dunning and Ertl 2019), which is most exact
/// at both ends.
final class QuantileSketch: AggregateObject {
    /// At most so many centroids stay after merging, about; the error of a quantile q is of the order q(1 − q) / 100.
    private static let compression = 200.0
    /// Values collected before they are merged.
    private static let mostPending = 1000

    private struct Centroid {
        var mean: Double
        var weight: Double
    }

    private var centroids: [Centroid] = []
    private var pending: [Centroid] = []
    private var total = 0.0
    private var (least, greatest) = (Double.infinity, -Double.infinity)
    /// Values that are no numbers, which have no place among them.
    private var unordered = 0

    override func add(_ value: UInt64, at _: Moment) {
        let value = Double(bitPattern: value)
        guard !value.isNaN else {
            unordered += 1
            return
        }
        add(Centroid(mean: value, weight: 1))
        (least, greatest) = (min(least, value), max(greatest, value))
    }

    private func add(_ centroid: Centroid) {
        pending.append(centroid)
        total += centroid.weight
        if pending.count >= Self.mostPending { compress() }
    }

    override func merge(_ other: AggregateObject) {
        let other = unsafeDowncast(other, to: QuantileSketch.self)
        for centroid in other.centroids { add(centroid) }
        for centroid in other.pending { add(centroid) }
        (least, greatest) = (min(least, other.least), max(greatest, other.greatest))
        unordered += other.unordered
    }

    override var byteCount: Int { 96 + (centroids.capacity + pending.capacity) * 16 }

    /// Merges neighbours as long as their weight stays below what their place allows (scale function k1).
    private func compress() {
        guard !pending.isEmpty else { return }
        let all = (centroids + pending).sorted { $0.mean < $1.mean }
        pending.removeAll(keepingCapacity: true)
        centroids.removeAll(keepingCapacity: true)
        var (before, last) = (0.0, all[0])
        var bound = Self.bound(0)
        for next in all.dropFirst() {
            if (before + last.weight + next.weight) / total <= bound {
                last.weight += next.weight
                // Equal means may be infinite.
                if next.mean != last.mean { last.mean += (next.mean - last.mean) * (next.weight / last.weight) }
            } else {
                centroids.append(last)
                before += last.weight
                bound = Self.bound(before / total)
                last = next
            }
        }
        centroids.append(last)
    }

    /// The quantile up to which a centroid that begins at one may reach.
    private static func bound(_ quantile: Double) -> Double {
        let place = compression / (2 * .pi) * asin(2 * quantile - 1) + 1
        return place >= compression / 4 ? 1 : (sin(place * 2 * .pi / compression) + 1) / 2
    }

    /// Nil without values. Between the middles of two centroids values are taken to lie evenly.
    func quantile(_ quantile: Double) -> Double? {
        guard total > 0 else { return unordered > 0 ? .nan : nil }
        compress()
        // The rank among n values as NumPy and DuckDB count, which is exact while every centroid is one value.
        let rank = quantile * (total - 1)
        var before = 0.0
        var left = (rank: 0.0, value: least)
        for centroid in centroids {
            let middle = before + (centroid.weight - 1) / 2
            if rank <= middle { return Self.between(left, (middle, centroid.mean), at: rank) }
            left = (middle, centroid.mean)
            before += centroid.weight
        }
        return Self.between(left, (total - 1, greatest), at: rank)
    }

    private static func between(
        _ left: (rank: Double, value: Double), _ right: (rank: Double, value: Double), at rank: Double
    ) -> Double {
        guard right.rank > left.rank, left.value != right.value else { return right.value }
        return left.value + (right.value - left.value) * ((rank - left.rank) / (right.rank - left.rank))
    }
}
