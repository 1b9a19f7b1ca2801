internal import Foundation

/// One operation of `Peers/operations` on elements of one type, of one size.
struct ArrayCase: Codable, Sendable {
    var name: String
    var family: String
    var form: String
    var dtype: String
    var size: String
    /// Rounding errors that are allowed, in multiples of what is usual for the type.
    var tolerance: Double

    var title: String { "\(name) (\(form)), \(dtype), \(size)" }

    /// - Parameters:
    ///   - nanoseconds: of one execution; nil when ours does not have the operation.
    ///   - peers: NumPy's, by setting.
    ///   - problem: why there is no figure of ours, or why it counts for nothing.
    func compared(_ nanoseconds: Double?, peers: [String: Double], problem: String?) -> Comparison {
        Comparison(
            name, family: family, form: form, dtype: dtype, size: size, nanoseconds: nanoseconds, peers: peers,
            problem: problem)
    }
}

/// What came of making a case ready: its result, or why there is none.
struct Preparation: Codable, Sendable {
    /// A name that does not exist there.
    var missing: String?
    /// An exception.
    var failure: String?
    var result: [ArrayDigest]
}

/// Enough of an array to tell it from another.
struct ArrayDigest: Codable, Sendable {
    var shape: [Int]
    var dtype: String
    /// Some elements, evenly over the whole; text, because JSON has no infinities.
    var samples: [String]
    var total: String

    /// Nil when this is what `other` is, rounding apart; else where they differ.
    func difference(from other: ArrayDigest, tolerance: Double) -> String? {
        if shape != other.shape { return "shape \(shape), not \(other.shape)" }
        if dtype != other.dtype { return "type \(dtype), not \(other.dtype)" }
        let (ours, theirs) = (samples.map { Double($0) ?? .nan }, other.samples.map { Double($0) ?? .nan })
        let largest = theirs.filter(\.isFinite).reduce(0) { max($0, abs($1)) }
        let allowed = relativeError * tolerance * largest
        for (place, (mine, its)) in zip(ours, theirs).enumerated() where !Self.agree(mine, its, allowed) {
            return "sample \(place) is \(mine), not \(its)"
        }
        let count = Double(shape.reduce(1, *))
        let (sum, otherSum) = (Double(total) ?? .nan, Double(other.total) ?? .nan)
        // Sums of integers are taken in double precision.
        let allowedSum = max(allowed, largest * 1e-12) * max(count, 1)
        return Self.agree(sum, otherSum, allowedSum) ? nil : "the sum is \(sum), not \(otherSum)"
    }

    private static func agree(_ a: Double, _ b: Double, _ allowed: Double) -> Bool {
        a == b || (a.isNaN && b.isNaN) || abs(a - b) <= allowed
    }

    /// Relative to the largest element: what a few roundings may add up to.
    private var relativeError: Double {
        switch dtype {
        case "float32", "complex64": 4e-6
        case "float64", "complex128": 1e-12
        default: 0
        }
    }
}

extension Preparation {
    /// Nil when the results agree.
    func difference(from other: Preparation, tolerance: Double) -> String? {
        if result.count != other.result.count { return "\(result.count) results, not \(other.result.count)" }
        return zip(result, other.result).lazy.compactMap { $0.difference(from: $1, tolerance: tolerance) }.first
    }
}
