internal import CWalleHeap
internal import CWallePython

extension Interpreter {
    /// Collects garbage and gives what is not in use back to the system: empty pages of the heap, and the stack below the
    /// caller, which imports leave deep and dirty.
    package func trim() {
        PyGC_Collect()
        walle_heap_trim(heap)
        walle_stack_trim()
    }
}
