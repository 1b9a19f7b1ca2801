/// What `walle add` is asked for: a package, perhaps at a version, or a wheel that lies there already.
struct Requirement {
    /// As pip takes it.
    let text: String

    /// - Throws: ``VendorError`` for what would be an option of pip.
    init(_ text: String) throws(VendorError) {
        guard let first = text.first, first != "-", !text.contains(where: \.isNewline) else {
            throw VendorError("\"\(text)\" is no package. Write a name, or a name and a version as in six==1.17.0.")
        }
        self.text = text
    }
}

/// Why a package could not be vendored, with what helps.
struct VendorError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
