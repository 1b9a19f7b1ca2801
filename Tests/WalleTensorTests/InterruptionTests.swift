import CWalleKernels
import Synchronization
import Testing

@testable import WalleTensor

/// Long work ends when it is asked to, and only then.
@Suite struct InterruptionTests {
    /// Asks at the third look.
    private final class Asker: Sendable {
        let looks = Atomic(0)
    }

    private func interrupted(_ body: () -> Void) -> (isDone: Bool, looks: Int) {
        let asker = Asker()
        let isDone = withExtendedLifetime(asker) {
            Interruption.allow(
                {
                    Unmanaged<Asker>.fromOpaque($0!).takeUnretainedValue().looks.add(1, ordering: .relaxed).newValue > 2
                },
                Unmanaged.passUnretained(asker).toOpaque(), body)
        }
        return (isDone, asker.looks.load(ordering: .relaxed))
    }

    @Test func leavesWorkAloneThatNobodyAskedToEnd() {
        #expect(!Interruption.isAsked)
        let isDone = Interruption.allow({ _ in false }, nil) { #expect(!Interruption.isAsked) }
        #expect(isDone)
    }

    @Test func endsLongLoops() throws {
        let x = try Tensor(zeros: [1 << 22], .float64)
        let (isDone, _) = interrupted { _ = try? x + x }
        #expect(!isDone)
        #expect(!Interruption.isAsked)
    }

    @Test func endsPoolLoopsOnAllThreads() {
        let count = Atomic(0)
        let (isDone, _) = interrupted {
            ThreadPool(threadCount: 3).parallel(over: 100_000, grain: 1) { _ in count.add(1, ordering: .relaxed) }
        }
        #expect(!isDone)
        #expect(count.load(ordering: .relaxed) < 100_000)
    }

    @Test func leavesAPermutation() throws {
        let values = (0..<300_000).map { Double($0 &* 7919 % 100_003) }
        let output = try Tensor(zeros: [values.count], .float64)
        let input = Tensor(values)
        let (isDone, _) = interrupted {
            Sorting.sort(input.view, axis: 0, descending: false, isStable: false, to: output.view)
        }
        #expect(!isDone)
        #expect(try output.values(of: Double.self).sorted() == values.sorted())
    }

    @Test func raisesWhatHelpersFound() {
        walle_float_status_clear()
        let pool = ThreadPool(threadCount: 2)
        for _ in 0..<20 {
            pool.parallel(over: 64, grain: 1) { range in
                if range.lowerBound == 40 { walle_float_status_raise(UInt32(walle_float_overflow)) }
            }
            #expect(walle_float_status() & UInt32(walle_float_overflow) != 0)
            walle_float_status_clear()
        }
    }
}
