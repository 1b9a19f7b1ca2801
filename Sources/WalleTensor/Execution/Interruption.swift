internal import CWalleKernels

/// Ends long work before it is done, when somebody asks for that.
///
/// Work is interruptible only inside of `allow`: whoever calls it knows that unfinished results harm nobody. Loops look at
/// `isAsked` about every tenth of a millisecond and then return at once; on the pool's threads it follows the thread whose
/// work they share. Sorts leave a permutation of what they were given, so that positions stay positions.
package enum Interruption {
    /// Whether the work of this thread shall end early. Once it is true, it stays so until `allow` returns.
    @inline(__always)
    package static var isAsked: Bool { walle_is_interrupted() }

    /// Runs work that may end early.
    ///
    /// - Parameters:
    ///   - isAsked: Called now and then on this thread with `context`, which outlives the call.
    /// - Returns: false when the work was left unfinished: its results are then undefined.
    @inline(__always)
    package static func allow<Failure: Error>(
        _ isAsked: @escaping @convention(c) (UnsafeRawPointer?) -> Bool, _ context: UnsafeRawPointer?,
        _ body: () throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        let outer = walle_interruption_current()
        var own = walle_interruption(is_asked: isAsked, context: context, happened: false)
        try withUnsafeMutablePointer(to: &own) { (place) throws(Failure) in
            walle_interruption_set(place)
            defer { walle_interruption_set(outer) }
            try body()
        }
        return !own.happened
    }
}
