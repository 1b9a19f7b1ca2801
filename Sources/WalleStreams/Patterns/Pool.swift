/// Records in one piece of memory, named by small numbers that are used again: partial matches by the million without an
/// object each.
struct Pool<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    /// Records up to here have been in use at some time.
    private(set) var usedCount = 0
    /// The numbers that may be used again, the next one last.
    private var free: [Int32] = []

    init(capacity: Int = 4) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// Records in use.
    var count: Int { usedCount - free.count }
    /// Bytes of memory held.
    var byteCount: Int { capacity * MemoryLayout<Element>.stride + free.capacity * 4 }

    @inline(__always) mutating func insert(_ element: Element) -> Int32 {
        if let index = free.popLast() {
            base[Int(index)] = element
            return index
        }
        if usedCount == capacity { grow() }
        base[usedCount] = element
        usedCount += 1
        return Int32(usedCount - 1)
    }

    @inline(__always) mutating func remove(_ index: Int32) { free.append(index) }

    @inline(__always) subscript(index: Int32) -> Element {
        get { base[Int(index)] }
        nonmutating _modify { yield &base[Int(index)] }
    }

    private mutating func grow() {
        precondition(capacity < Int(Int32.max) / 2, "a pool is bounded by the limits of its owner")
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.update(from: base, count: usedCount)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
