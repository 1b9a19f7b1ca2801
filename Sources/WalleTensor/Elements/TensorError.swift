/// What an operator cannot do. The message names the shapes, types or numbers and, where there is one, the remedy.
public struct TensorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of the error, which Python shows as the exception that NumPy's users know.
    public enum Kind: Sendable, Hashable {
        /// `ValueError`: shapes that do not fit, an argument out of its range.
        case value
        /// `TypeError`: an operator that is not defined for the types.
        case type
        /// `IndexError`
        case index
        /// `AxisError`, which is an `IndexError` and a `ValueError`: an axis that an array does not have.
        case axis
        /// `MemoryError`
        case memory
        /// `numpy.linalg.LinAlgError`: a matrix that an algorithm of linear algebra cannot treat.
        case linearAlgebra
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
