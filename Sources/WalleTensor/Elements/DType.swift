internal import CWalleKernels

/// The type of an array's elements.
///
/// `float16` and `bfloat16` are for storage: operators compute on `float32` and round once.
public enum DType: UInt8, Sendable, Hashable, CaseIterable {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case float16, bfloat16, float32, float64, complex64, complex128

    /// What it is a kind of, in the order in which kinds are promoted.
    public enum Kind: UInt8, Sendable, Comparable {
        case bool, integer, floating, complex

        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    public var kind: Kind {
        switch self {
        case .bool: .bool
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: .integer
        case .float16, .bfloat16, .float32, .float64: .floating
        case .complex64, .complex128: .complex
        }
    }

    public var isSigned: Bool {
        switch self {
        case .bool, .uint8, .uint16, .uint32, .uint64: false
        default: true
        }
    }

    /// Bytes of an element.
    @inlinable public var byteCount: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    /// What an element's address is a multiple of.
    @inlinable public var alignment: Int { self == .complex128 || self == .complex64 ? byteCount / 2 : byteCount }

    /// The type of the parts of a complex number; of any other type itself.
    public var real: DType {
        switch self {
        case .complex64: .float32
        case .complex128: .float64
        default: self
        }
    }

    /// The type that operators compute with.
    package var computing: DType { self == .float16 || self == .bfloat16 ? .float32 : self }

    package var name: String { "\(self)" }

    package var kernel: Int { Int(rawValue) }
}
