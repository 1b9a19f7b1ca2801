extension Operator {
    /// All records.
    package static let all: [Operator] =
        unaryOperators + binaryOperators + [cast, select] + folds + kernels + views + transforms + composites
        + controls

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The record of a name; nil when there is none.
    package static func find(_ name: String) -> Operator? { byName[name] }

    /// The record of a name that the program itself uses.
    static func named(_ name: String) -> Operator {
        guard let found = byName[name] else { preconditionFailure("no operator \(name)") }
        return found
    }

    /// The one kernel by which a back end executes all transforms.
    package static let executorName = "raster"

    /// Control flow needs what cannot be one expression: graphs inside of graphs, which models bring.
    static let controls: [Operator] = []
}
