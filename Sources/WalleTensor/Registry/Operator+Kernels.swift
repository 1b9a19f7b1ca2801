extension Operator {
    static let kernels: [Operator] = []
}
