// One initialiser for each number of parameters, with and without a result. A single one over parameter packs would say
// the same, but Swift 6.3 neither specialises its calls nor lets string literals stand for its parameters. Who needs
// more than six takes one `Codable` argument.
extension Function {
    /// Declares a function with no parameters and a result.
    @inlinable
    public init<R: PythonConvertible>(
        _ name: String, doc: String = "",
        _ body: @escaping @Sendable () throws -> R
    ) {
        self.init(name, doc, [], returns: R.pythonType) { _ in
            try body().toPython()
        }
    }

    /// Declares a function with no parameters and no result.
    @inlinable
    public init(
        _ name: String, doc: String = "",
        _ body: @escaping @Sendable () throws -> Void
    ) {
        self.init(name, doc, [], returns: .none) { _ in
            try body()
            return .none()
        }
    }

    /// Declares a function with one parameter and a result.
    @inlinable
    public init<A: PythonConvertible, R: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, doc: String = "",
        _ body: @escaping @Sendable (A) throws -> R
    ) {
        self.init(name, doc, [a.described], returns: R.pythonType) {
            try body(a.value($0, 0)).toPython()
        }
    }

    /// Declares a function with one parameter and no result.
    @inlinable
    public init<A: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, doc: String = "",
        _ body: @escaping @Sendable (A) throws -> Void
    ) {
        self.init(name, doc, [a.described], returns: .none) {
            try body(a.value($0, 0))
            return .none()
        }
    }

    /// Declares a function with two parameters and a result.
    @inlinable
    public init<A: PythonConvertible, B: PythonConvertible, R: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, doc: String = "",
        _ body: @escaping @Sendable (A, B) throws -> R
    ) {
        self.init(name, doc, [a.described, b.described], returns: R.pythonType) {
            try body(a.value($0, 0), b.value($0, 1)).toPython()
        }
    }

    /// Declares a function with two parameters and no result.
    @inlinable
    public init<A: PythonConvertible, B: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, doc: String = "",
        _ body: @escaping @Sendable (A, B) throws -> Void
    ) {
        self.init(name, doc, [a.described, b.described], returns: .none) {
            try body(a.value($0, 0), b.value($0, 1))
            return .none()
        }
    }

    /// Declares a function with three parameters and a result.
    @inlinable
    public init<A: PythonConvertible, B: PythonConvertible, C: PythonConvertible, R: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C) throws -> R
    ) {
        self.init(name, doc, [a.described, b.described, c.described], returns: R.pythonType) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2)).toPython()
        }
    }

    /// Declares a function with three parameters and no result.
    @inlinable
    public init<A: PythonConvertible, B: PythonConvertible, C: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C) throws -> Void
    ) {
        self.init(name, doc, [a.described, b.described, c.described], returns: .none) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2))
            return .none()
        }
    }

    /// Declares a function with four parameters and a result.
    @inlinable
    public init<
        A: PythonConvertible, B: PythonConvertible, C: PythonConvertible,
        D: PythonConvertible, R: PythonConvertible
    >(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
        _ d: Parameter<D>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C, D) throws -> R
    ) {
        self.init(name, doc, [a.described, b.described, c.described, d.described], returns: R.pythonType) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2), d.value($0, 3)).toPython()
        }
    }

    /// Declares a function with four parameters and no result.
    @inlinable
    public init<A: PythonConvertible, B: PythonConvertible, C: PythonConvertible, D: PythonConvertible>(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
        _ d: Parameter<D>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C, D) throws -> Void
    ) {
        self.init(name, doc, [a.described, b.described, c.described, d.described], returns: .none) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2), d.value($0, 3))
            return .none()
        }
    }

    /// Declares a function with five parameters and a result.
    @inlinable
    public init<
        A: PythonConvertible, B: PythonConvertible, C: PythonConvertible,
        D: PythonConvertible, E: PythonConvertible, R: PythonConvertible
    >(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
        _ d: Parameter<D>, _ e: Parameter<E>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C, D, E) throws -> R
    ) {
        let parameters = [a.described, b.described, c.described, d.described, e.described]
        self.init(name, doc, parameters, returns: R.pythonType) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2), d.value($0, 3), e.value($0, 4)).toPython()
        }
    }

    /// Declares a function with five parameters and no result.
    @inlinable
    public init<
        A: PythonConvertible, B: PythonConvertible, C: PythonConvertible,
        D: PythonConvertible, E: PythonConvertible
    >(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
        _ d: Parameter<D>, _ e: Parameter<E>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C, D, E) throws -> Void
    ) {
        self.init(name, doc, [a.described, b.described, c.described, d.described, e.described], returns: .none) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2), d.value($0, 3), e.value($0, 4))
            return .none()
        }
    }

    /// Declares a function with six parameters and a result.
    @inlinable
    public init<
        A: PythonConvertible, B: PythonConvertible, C: PythonConvertible, D: PythonConvertible,
        E: PythonConvertible, F: PythonConvertible, R: PythonConvertible
    >(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
        _ d: Parameter<D>, _ e: Parameter<E>, _ f: Parameter<F>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C, D, E, F) throws -> R
    ) {
        let parameters = [a.described, b.described, c.described, d.described, e.described, f.described]
        self.init(name, doc, parameters, returns: R.pythonType) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2), d.value($0, 3), e.value($0, 4), f.value($0, 5))
                .toPython()
        }
    }

    /// Declares a function with six parameters and no result.
    @inlinable
    public init<
        A: PythonConvertible, B: PythonConvertible, C: PythonConvertible,
        D: PythonConvertible, E: PythonConvertible, F: PythonConvertible
    >(
        _ name: String, _ a: Parameter<A>, _ b: Parameter<B>, _ c: Parameter<C>,
        _ d: Parameter<D>, _ e: Parameter<E>, _ f: Parameter<F>, doc: String = "",
        _ body: @escaping @Sendable (A, B, C, D, E, F) throws -> Void
    ) {
        let parameters = [a.described, b.described, c.described, d.described, e.described, f.described]
        self.init(name, doc, parameters, returns: .none) {
            try body(a.value($0, 0), b.value($0, 1), c.value($0, 2), d.value($0, 3), e.value($0, 4), f.value($0, 5))
            return .none()
        }
    }
}
