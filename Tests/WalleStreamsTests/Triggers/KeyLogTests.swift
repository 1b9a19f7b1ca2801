import Testing

@testable import WalleStreams

/// The log of a key beside an array of its entries.
@Suite struct KeyLogTests {
    /// Few entries, which are searched, and so many that they are looked up; few different steps and many.
    @Test(arguments: [(8, 5), (64, 30), (256, 200), (1024, 40), (4096, 3000)])
    func findsWhatAnArrayHas(limit: Int, steps: Int) {
        var random = SeededRandom(UInt64(limit))
        var log = KeyLog(key: 7, time: 0)
        defer { log.deallocate() }
        var (kept, time, lost) = ([KeyLog.Entry](), Int64(0), 0)
        let retention = Int64(limit / 2)
        for sequence in 1...Int64(limit * 3) {
            time += random.chance(2) ? retention : Int64(random.below(3))
            let entry = KeyLog.Entry(
                sequence: sequence, row: -sequence * 1 << 33, time: time, step: UInt32(random.below(steps) * 4099),
                alternative: random.below(64))
            kept.removeAll { time - $0.time > retention }
            if log.append(entry, retention: retention, limit: limit) { lost += 1 }
            kept.append(entry)
            if kept.count > limit { kept.removeFirst() }
            if random.chance(20) { compare(log, kept, steps, now: time, retention, &random) }
        }
        #expect(log.capacity <= limit && log.key == 7 && log.latest == time)
        #expect(lost <= limit * 3 - limit)
    }

    /// What is out of date may still be there, and is left out.
    private func compare(
        _ log: KeyLog, _ kept: [KeyLog.Entry], _ steps: Int, now: Int64, _ retention: Int64,
        _ random: inout SeededRandom
    ) {
        let step = UInt32(random.below(steps) * 4099)
        var (found, number) = ([KeyLog.Entry](), log.newest(of: step))
        while number >= 0 {
            if now - log[number].time <= retention { found.append(log[number]) }
            number = log.older(than: number, step)
        }
        let expected = kept.filter { $0.step == step }.reversed()
        #expect(found.map(\.sequence) == expected.map(\.sequence))
        #expect(found.map(\.row) == expected.map(\.row) && found.map(\.alternative) == expected.map(\.alternative))
        #expect(found.allSatisfy { $0.step == step })
        if found.isEmpty == false { #expect(log.mayHave(hash: KeyLog.hash(step)) == 1) }
    }
}
