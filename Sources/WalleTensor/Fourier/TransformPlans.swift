internal import Synchronization

/// Plans of lengths that were transformed lately, for the whole process.
enum TransformPlans {
    /// Lengths, and bytes of their tables, that are kept at most; one plan is kept whatever its size.
    private static let mostPlans = 64
    private static let mostBytes = 64 << 20

    private struct Key: Hashable {
        var length: Int
        var isReal: Bool
    }

    private struct Entry {
        var plan: any AnyObject & Sendable
        var byteCount: Int
        var lastUse: Int
    }

    private struct Cache {
        var entries: [Key: Entry] = [:]
        var byteCount = 0
        var uses = 0

        mutating func find(_ key: Key) -> (any AnyObject & Sendable)? {
            guard let index = entries.index(forKey: key) else { return nil }
            uses += 1
            entries.values[index].lastUse = uses
            return entries.values[index].plan
        }

        mutating func insert(_ plan: any AnyObject & Sendable, _ byteCount: Int, _ key: Key) {
            while let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }),
                entries.count >= mostPlans || self.byteCount + byteCount > mostBytes
            {
                self.byteCount -= oldest.value.byteCount
                entries[oldest.key] = nil
            }
            uses += 1
            if let former = entries.updateValue(
                Entry(plan: plan, byteCount: byteCount, lastUse: uses), forKey: key)
            {
                self.byteCount -= former.byteCount
            }
            self.byteCount += byteCount
        }
    }

    private static let cache = Mutex(Cache())

    /// The plan for complex transforms of a length.
    static func complex(_ length: Int) -> TransformPlan {
        let key = Key(length: length, isReal: false)
        if let found = cache.withLock({ $0.find(key) }) as? TransformPlan { return found }
        // Two threads may make the same plan: one of them is forgotten.
        let plan = TransformPlan(length: length)
        cache.withLock { $0.insert(plan, plan.byteCount, key) }
        return plan
    }

    /// What real transforms of an even length need beside the complex plan of half of it.
    static func real(_ length: Int) -> RealTwiddles {
        let key = Key(length: length, isReal: true)
        if let found = cache.withLock({ $0.find(key) }) as? RealTwiddles { return found }
        let twiddles = RealTwiddles(length: length)
        cache.withLock { $0.insert(twiddles, twiddles.byteCount, key) }
        return twiddles
    }
}

/// `exp(-2πi · k / length)` for `k` up to a quarter of the length.
///
/// Unchecked: the table is written only by the initialiser.
final class RealTwiddles: @unchecked Sendable {
    let table: UnsafeMutablePointer<Double>
    let byteCount: Int

    init(length: Int) {
        let count = length / 4 + 1
        byteCount = 2 * count * MemoryLayout<Double>.stride
        table = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
            .bindMemory(to: Double.self, capacity: 2 * count)
        for k in 0..<count {
            let root = UnitRoots.root(k, of: length)
            (table[2 * k], table[2 * k + 1]) = (root.cosine, root.sine)
        }
    }

    deinit { UnsafeMutableRawPointer(table).deallocate() }
}
