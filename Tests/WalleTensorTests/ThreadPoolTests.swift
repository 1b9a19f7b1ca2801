import Synchronization
import Testing
import WalleTensor

@Suite struct ThreadPoolTests {
    @Test(arguments: [(0, 1), (1, 1), (7, 3), (1000, 1), (1000, 7), (1000, 5000)])
    func coversEachIterationOnce(count: Int, grain: Int) {
        let visits = Visits(count)
        let isComplete = ThreadPool(threadCount: 4).parallel(over: count, grain: grain) { range in
            #expect(range.count <= grain)
            visits.add(range)
        }
        #expect(isComplete)
        #expect(visits.all == Array(repeating: 1, count: count))
    }

    @Test func servesManyCallersAtOnce() async {
        let pool = ThreadPool(threadCount: 3)
        await withTaskGroup(of: Bool.self) { group in
            for caller in 0..<8 {
                group.addTask { (0..<50).allSatisfy { sum(on: pool, count: 500 + caller * 37 + $0) } }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    /// A worker may hold a loop for a moment after its caller went on.
    @Test func runsManyShortLoops() {
        let pool = ThreadPool(threadCount: 2)
        #expect((0..<5000).allSatisfy { sum(on: pool, count: 20 + $0 % 50) })
    }

    @Test func nests() {
        let pool = ThreadPool(threadCount: 4)
        let visits = Visits(20 * 30)
        pool.parallel(over: 20, grain: 1) { outer in
            for row in outer {
                pool.parallel(over: 30, grain: 2) { visits.add(row * 30 + $0.lowerBound..<row * 30 + $0.upperBound) }
            }
        }
        #expect(visits.all == Array(repeating: 1, count: 600))
    }

    @Test(arguments: [1, 4]) func stopsBetweenRanges(threadCount: Int) {
        let pool = ThreadPool(threadCount: threadCount)
        let cancellation = Cancellation()
        let visits = Visits(1000)
        let isComplete = pool.parallel(over: 1000, grain: 1, cancellation: cancellation) {
            visits.add($0)
            cancellation.cancel()
        }
        #expect(!isComplete)
        #expect((1...threadCount).contains(visits.all.reduce(0, +)))
    }

    /// Workers end with their pool, which is let go while they spin or sleep.
    @Test func comesAndGoes() {
        for _ in 0..<30 { #expect(sum(on: ThreadPool(threadCount: 4), count: 100)) }
    }
}

private func sum(on pool: ThreadPool, count: Int) -> Bool {
    let total = Atomic(0)
    pool.parallel(over: count, grain: 16) { total.add($0.reduce(0, +), ordering: .relaxed) }
    return total.load(ordering: .relaxed) == count * (count - 1) / 2
}

private final class Visits: Sendable {
    private let counts: Mutex<[Int]>

    init(_ count: Int) { counts = Mutex(Array(repeating: 0, count: count)) }

    func add(_ range: Range<Int>) { counts.withLock { for index in range { $0[index] += 1 } } }

    var all: [Int] { counts.withLock { $0 } }
}
