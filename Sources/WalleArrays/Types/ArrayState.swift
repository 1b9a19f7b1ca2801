internal import CWallePython
internal import CWalleStop
internal import WallePython
internal import WalleTensor

/// What one interpreter has for its arrays: types and objects that are asked for all the time. Its GIL guards it.
///
/// In memory of its own, without references of Swift, so that reaching it costs no reference count.
struct ArrayState {
    var arrayType: UnsafeMutablePointer<PyTypeObject>
    var functionType: UnsafeMutablePointer<PyTypeObject>
    /// Arrays that have no elements yet; they become arrays when somebody wants these.
    var virtualType: UnsafeMutablePointer<PyTypeObject>
    /// Whether a thread of this interpreter is in a lazy block.
    var isLazy = false
    /// Elements of plain arrays from which on what is computed of them becomes a node, or their bytes as a negative number:
    /// of fewer it takes less time to compute at once, as they stay in the cache.
    var lazyLeast = 0
    /// What virtual arrays need; nil before the first lazy block.
    var lazy: Unmanaged<LazyBlock>?
    var quickType: UnsafeMutablePointer<PyTypeObject>
    /// The names of arguments that quick functions know, as Python interns them.
    var quickNames: InlineArray<3, PythonPointer?>
    /// What random numbers come from.
    var bitsType: UnsafeMutablePointer<PyTypeObject>
    /// The class of scalars of each element type.
    var scalarTypes: InlineArray<15, UnsafeMutablePointer<PyTypeObject>?>
    /// The object that Python has as `dtype` of each element type.
    var dtypes: InlineArray<15, PythonPointer?>
    /// What Python does of seldom things: `walle.numpy._core`.
    var helpers: PythonPointer?
    var errors = ErrorModes()
    /// Room for a number for each operand, aligned to 16 bytes.
    let numbers: UnsafeMutableRawPointer

    @inline(__always)
    static var current: StatePointer {
        if let state = walle_thread_arrays() { return state.assumingMemoryBound(to: ArrayState.self) }
        return ofOtherThread
    }

    /// On a thread that a script started, or in the main interpreter.
    @inline(never)
    private static var ofOtherThread: StatePointer {
        if let state = Interpreter.current?.arrays { return state.assumingMemoryBound(to: ArrayState.self) }
        return main.unsafelyUnwrapped
    }

    /// That of the main interpreter, where there is no `Interpreter`.
    nonisolated(unsafe) static var main: StatePointer?
}

typealias StatePointer = UnsafeMutablePointer<ArrayState>

/// What happens at a floating-point exception: NumPy's `errstate`.
struct ErrorModes {
    enum Mode: Int { case ignore, warn, raise, call, print, log }
    var divide = Mode.warn
    var over = Mode.warn
    var under = Mode.ignore
    var invalid = Mode.warn
}

extension ErrorModes {
    /// All of them as one number.
    var code: Int { divide.rawValue | over.rawValue << 4 | under.rawValue << 8 | invalid.rawValue << 12 }

    init(code: Int) {
        func mode(_ shift: Int) -> Mode { Mode(rawValue: code >> shift & 15) ?? .ignore }
        self.init(divide: mode(0), over: mode(4), under: mode(8), invalid: mode(12))
    }
}
