internal import CWalleHeap
internal import CWallePython
package import WalleMemory

/// Memory outside of the heap that objects of an interpreter hold, and what of it is kept for the next ones.
extension Interpreter {
    /// Holds memory and charges it, once for all the objects that hold it here.
    package func hold(_ storage: SharedStorage) throws(PythonFailure) {
        let key = ObjectIdentifier(storage)
        if heldStorage[key] == nil {
            try admit(bytes: storage.bytes.count)
            charge(bytes: storage.bytes.count)
        }
        heldStorage[key, default: HeldStorage(storage: storage)].objects += 1
    }

    /// Whether nobody else holds some memory that one object of this interpreter holds.
    package func holdsAlone(_ storage: Unmanaged<SharedStorage>) -> Bool {
        let key = storage._withUnsafeGuaranteedRef { ObjectIdentifier($0) }
        guard var held = heldStorage.removeValue(forKey: key) else { return false }
        let isAlone = held.objects == 1 && isKnownUniquelyReferenced(&held.storage)
        heldStorage[key] = held
        return isAlone
    }

    package func drop(_ storage: SharedStorage) {
        let key = ObjectIdentifier(storage)
        guard let objects = heldStorage[key]?.objects else { return }
        if objects > 1 {
            heldStorage[key]?.objects -= 1
        } else {
            charge(bytes: -storage.bytes.count)
            heldStorage[key] = nil
        }
    }

    /// Throws a `MemoryError` when `bytes` more would pass the limit.
    package func admit(bytes: Int) throws(PythonFailure) {
        guard !admits(bytes: bytes) else { return }
        walle_SetError(walle_MemoryError(), "\(bytes) bytes would pass limits.memory in task.toml")
        throw .pending
    }

    // MARK: spare memory

    /// Memory that was given back, for an object of about that size; held and charged. Nil when there is none.
    ///
    /// What it contains is this VM's own.
    package func takeSpare(bytes: Int) -> Unmanaged<SharedStorage>? {
        guard let storage = spares.take(bytes) else { return nil }
        let count = storage._withUnsafeGuaranteedRef { $0.bytes.count }
        guard admits(bytes: count) else {
            forget(storage)
            return nil
        }
        charge(bytes: count)
        return storage
    }

    /// Keeps memory that one object alone holds, instead of letting go of it: taking it again is a matter of
    /// nanoseconds. False when it is not worth it: then it is still held.
    package func keepSpare(_ storage: Unmanaged<SharedStorage>) -> Bool {
        let count = storage._withUnsafeGuaranteedRef { $0.bytes.count }
        guard count <= SpareStorage.mostBytes / 2 else { return false }
        charge(bytes: -count)
        while let oldest = spares.put(storage, count) { forget(oldest) }
        return true
    }

    /// Lets go of memory that is kept.
    func dropSpares() {
        while let oldest = spares.takeOldest() { forget(oldest) }
    }

    private func forget(_ storage: Unmanaged<SharedStorage>) {
        heldStorage[storage._withUnsafeGuaranteedRef { ObjectIdentifier($0) }] = nil
    }
}

/// Memory outside of the heap, and how many objects of the interpreter hold it.
struct HeldStorage {
    var storage: SharedStorage
    var objects = 0
}

/// A few blocks in the order in which they were given back. They are no longer charged, but held.
struct SpareStorage {
    static let mostBytes = 2 << 20
    private static let most = 8

    private var blocks: [(storage: Unmanaged<SharedStorage>, count: Int)] = []
    private var bytes = 0

    /// The latest that is up to a quarter larger than needed.
    mutating func take(_ wanted: Int) -> Unmanaged<SharedStorage>? {
        var index = blocks.count - 1
        while index >= 0 {
            let count = blocks[index].count
            if count >= wanted && count - wanted <= wanted / 4 {
                bytes -= count
                return blocks.remove(at: index).storage
            }
            index -= 1
        }
        return nil
    }

    /// Adds a block. Gives the oldest as long as there are too many: to be called again without counting the block twice.
    mutating func put(_ storage: Unmanaged<SharedStorage>, _ count: Int) -> Unmanaged<SharedStorage>? {
        if blocks.last?.storage.toOpaque() != storage.toOpaque() {
            blocks.append((storage, count))
            bytes += count
        }
        return blocks.count > Self.most || bytes > Self.mostBytes ? takeOldest() : nil
    }

    mutating func takeOldest() -> Unmanaged<SharedStorage>? {
        guard !blocks.isEmpty else { return nil }
        let oldest = blocks.removeFirst()
        bytes -= oldest.count
        return oldest.storage
    }
}
