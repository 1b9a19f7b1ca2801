import Testing

@testable import WalleStreams

@Suite struct TupleDictionaryTests {
    /// Many at once, of which some come several times and some are new, are numbered as one by one.
    @Test(arguments: [2, 3], [10, 700] as [UInt64])
    func numbersTuplesAsTheyCome(width: Int, values: UInt64) {
        var random = SeededRandom(values &+ UInt64(width))
        var tuples = TupleDictionary(width: width)
        var known: [[UInt64]: Int] = [:]
        for round in 0..<4 {
            let count = Int.random(in: 0...600, using: &random)
            let rows = (0..<count).map { _ in
                (0..<width).map { _ in UInt64.random(in: 0..<values, using: &random) }
            }
            let numbers = rows.flatMap { $0 }.withUnsafeBufferPointer { tuples.numbers($0, count) }
            for (row, number) in zip(rows, numbers) {
                #expect(known[row] ?? Int(number) == Int(number), "\(row) in round \(round)")
                known[row] = Int(number)
                #expect((0..<width).map { tuples.word(Int(number), $0) } == row)
            }
            #expect(Set(known.values).count == known.count && tuples.count == known.count)
            forget(&tuples, &known)
        }
    }

    /// Every third, whose numbers others get.
    private func forget(_ tuples: inout TupleDictionary, _ known: inout [[UInt64]: Int]) {
        var isNeeded = [Bool](repeating: false, count: tuples.bound)
        for (tuple, number) in known {
            if number % 3 == 0 { known[tuple] = nil } else { isNeeded[number] = true }
        }
        tuples.removeAll(but: isNeeded)
    }
}
