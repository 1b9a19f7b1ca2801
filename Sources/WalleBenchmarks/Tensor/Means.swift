/// Geometric means of ratios to NumPy, and how many there are below what is to be reached.
struct Means {
    private let comparisons: [Comparison]

    init(_ comparisons: [Comparison]) { self.comparisons = comparisons }

    var measurements: [Measurement] {
        let sizes = ["10", "10000", "10000000"]
        let forms = [
            ("new", "allocating forms"), ("out", "out= forms"), ("in place", "in-place forms"), ("view", "views"),
        ]
        let means =
            [mean("all operations", .atLeast(1.5)) { _ in true }]
            + sizes.map { size in mean("size \(size)", .atLeast(1)) { $0.size == size } }
            + [mean("other sizes", .atLeast(1)) { !sizes.contains($0.size) }]
            + families.map { family in mean("family \(family)", .atLeast(1)) { $0.family == family } }
            + forms.map { form, name in mean(name, nil) { $0.form == form } }
        return means.compactMap(\.self) + [
            count("operations below 0.9 × NumPy", .atMost(0)) { ($0.speed ?? 1) < 0.9 },
            count("operations below 1.0 × NumPy", nil) { ($0.speed ?? 1) < 1 },
            count("operations missing, failed or wrong", .atMost(0)) { $0.problem != nil },
        ]
    }

    private var families: [String] {
        comparisons.map(\.family).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Nil when no operation is of that kind, or none could be compared.
    private func mean(
        _ name: String, _ target: Measurement.Target?, _ isMember: (Comparison) -> Bool
    ) -> Measurement? {
        let members = comparisons.filter(isMember)
        guard let mean = members.meanSpeed else { return nil }
        let speeds = Samples(members.compactMap(\.speed))
        return Measurement(
            "geometric mean, \(name)", mean, "× NumPy", target: target,
            note: "\(speeds.count) cases; median \(Figure.text(speeds.median)), \(speeds.range)")
    }

    private func count(
        _ name: String, _ target: Measurement.Target?, _ isMember: (Comparison) -> Bool
    ) -> Measurement {
        Measurement(
            name, Double(comparisons.count(where: isMember)), "cases", target: target, note: "of \(comparisons.count)")
    }
}
