extension Operator {
    static let composites: [Operator] = []
}
