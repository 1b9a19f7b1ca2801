/// What a function is called, takes and gives, without its code.
@usableFromInline
package struct Signature: Sendable {
    package let name: String
    /// The class the function is a method of; nil for a module's function.
    private(set) var className: String?
    package let doc: String
    package let parameters: [Parameter]
    package let returns: PythonType
    /// Parameters that may be given by position; they come first.
    let positionalCount: Int

    @usableFromInline
    package struct Parameter: Sendable {
        package let name: String
        package let isKeywordOnly: Bool
        package let type: PythonType
        /// The Python text of the value it has when it is left out; nil when it must be given.
        package let standard: String?
    }

    init(name: String, doc: String, parameters: [Parameter], returns: PythonType) {
        precondition(Identifier.isValid(name), "\"\(name)\" is not a Python identifier.")
        precondition(Set(parameters.map(\.name)).count == parameters.count, "\(name)() names a parameter twice.")
        let positional = parameters.prefix { !$0.isKeywordOnly }
        precondition(
            parameters.dropFirst(positional.count).allSatisfy(\.isKeywordOnly),
            "\(name)(): parameters given by name only come last.")
        precondition(
            positional.drop { $0.standard == nil }.allSatisfy { $0.standard != nil },
            "\(name)(): parameters that may be left out come after those that may not.")
        self.name = name
        self.doc = doc
        self.parameters = parameters
        self.returns = returns
        positionalCount = positional.count
    }

    /// What messages call it: `price`, `Basket.add`, and `Basket` for what makes a `Basket`.
    var title: String {
        guard let className else { return name }
        return name == "__init__" ? className : "\(className).\(name)"
    }

    /// The same function as a method.
    func inside(_ className: String) -> Signature {
        var signature = self
        signature.className = className
        return signature
    }

    /// The docstring with the first line from which CPython makes `__text_signature__`.
    var docstring: String {
        "\(name)(\((["$module", "/"] + list(typed: false)).joined(separator: ", ")))\n--\n\n\(doc)"
    }

    /// What `__text_signature__` says of a method.
    var methodText: String {
        var texts = list(typed: false)
        texts[0] = "$\(texts[0])"
        texts.insert("/", at: 1)
        return "(\(texts.joined(separator: ", ")))"
    }

    /// The parameters as Python writes them.
    func list(typed: Bool) -> [String] {
        var texts: [String] = []
        for (index, parameter) in parameters.enumerated() {
            if index == positionalCount { texts.append("*") }
            var text = parameter.name
            if typed { text += ": \(parameter.type.accepted)" }
            if let standard = parameter.standard { text += typed ? " = \(standard)" : "=\(standard)" }
            texts.append(text)
        }
        return texts
    }
}
