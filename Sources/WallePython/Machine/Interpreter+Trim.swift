internal import CWalleHeap
internal import CWallePython
internal import WalleMemory

extension Interpreter {
    /// Collects garbage and gives what is not in use back to the system: empty pages of the heap, the stack below the
    /// caller, which imports leave deep and dirty, and memory of arrays that is kept for the next ones.
    package func trim() {
        PyGC_Collect()
        dropSpares()
        walle_heap_trim(heap)
        walle_stack_trim()
        Pages.trim()
    }
}
