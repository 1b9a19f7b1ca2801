/// The inner loops that together visit every element of some arrays of one shape.
///
/// Axes are ordered by the strides of the first operand, the output, and those that lie in one another for all operands
/// are joined, so that the inner loop is as long as it can be. Nothing is allocated for arrays of a few axes.
package enum Walk {
    /// Calls `body` for every inner loop with the number of its elements and, for each operand, the offset in bytes of its
    /// first element and its stride.
    ///
    /// - Parameter layouts: All of one shape; the first is written.
    @inline(__always)
    package static func forEach(
        _ layouts: Span<Layout>,
        _ body: (_ count: Int, _ offsets: UnsafePointer<Int>, _ strides: UnsafePointer<Int>) -> Void
    ) {
        let (operands, axes) = (layouts.count, layouts[0].rank)
        // Lengths, indices, then for each axis the strides of all operands; last the offsets.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: axes * (2 + operands) + 2 * operands) { memory in
            var plan = Plan(memory.baseAddress.unsafelyUnwrapped, operands: operands, axes: axes)
            guard plan.fill(from: layouts) else { return }
            plan.join()
            plan.forEach(body)
        }
    }

    /// The same in parts, which may be visited by several threads at once, and be left out when work is interrupted: the
    /// whole, or ranges of elements.
    ///
    /// - Parameter body: Visits a part by `forEach`; it may keep scratch for one.
    @inline(__always)
    package static func forEachPart(_ layouts: Span<Layout>, _ body: (Part) -> Void) {
        let (operands, axes) = (layouts.count, layouts[0].rank)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: axes * (2 + operands) + 2 * operands) { memory in
            var plan = Plan(memory.baseAddress.unsafelyUnwrapped, operands: operands, axes: axes)
            guard plan.fill(from: layouts) else { return }
            plan.join()
            let count = plan.count
            if count < SharedLoop.leastElements { return body(Part(plan: plan, range: nil)) }
            SharedLoop.run(count) { body(Part(plan: plan, range: $0)) }
        }
    }

    /// The same on a number of threads that was decided before; each element stands for some work, see `SharedLoop`.
    @inline(__always)
    static func forEachPart(_ layouts: Span<Layout>, threads: Int, weight: Int, _ body: (Part) -> Void) {
        let (operands, axes) = (layouts.count, layouts[0].rank)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: axes * (2 + operands) + 2 * operands) { memory in
            var plan = Plan(memory.baseAddress.unsafelyUnwrapped, operands: operands, axes: axes)
            guard plan.fill(from: layouts) else { return }
            plan.join()
            let count = plan.count
            if count == 1 { return body(Part(plan: plan, range: nil)) }
            SharedLoop.run(count, threads: threads, weight: weight) { body(Part(plan: plan, range: $0)) }
        }
    }

    /// Some of the elements, counted in the order of the walk.
    package struct Part {
        fileprivate let plan: Plan
        /// nil for all of them.
        fileprivate let range: Range<Int>?

        /// Calls `body` as `Walk.forEach` does.
        @inline(__always)
        package func forEach(_ body: (Int, UnsafePointer<Int>, UnsafePointer<Int>) -> Void) {
            guard let range else { return plan.forEach(body) }
            plan.forEach(in: range, body)
        }
    }

    /// The loops, in memory of the caller's.
    fileprivate struct Plan {
        private let lengths: UnsafeMutablePointer<Int>
        private var indices: UnsafeMutablePointer<Int>
        /// Of an axis those of all operands, then of the next; outermost axis first.
        private let strides: UnsafeMutablePointer<Int>
        private var offsets: UnsafeMutablePointer<Int>
        private let zeros: UnsafeMutablePointer<Int>
        private let operands: Int
        private var axes = 0

        init(_ memory: UnsafeMutablePointer<Int>, operands: Int, axes: Int) {
            self.operands = operands
            lengths = memory
            indices = memory + axes
            strides = memory + 2 * axes
            offsets = strides + operands * axes
            zeros = offsets + operands
            (offsets).update(repeating: 0, count: 2 * operands)
        }

        /// Takes the axes that matter, ordered by the output's strides. False when there is no element.
        mutating func fill(from layouts: Span<Layout>) -> Bool {
            let shape = layouts[0].shape
            for axis in 0..<shape.count {
                let length = shape[axis]
                if length == 0 { return false }
                if length == 1 { continue }
                let step = abs(layouts[0].strides[axis])
                var place = axes
                while place > 0 && abs(strides[(place - 1) * operands]) < step {
                    move(place - 1, to: place)
                    place -= 1
                }
                lengths[place] = length
                for operand in 0..<operands { strides[place * operands + operand] = layouts[operand].strides[axis] }
                axes += 1
            }
            return true
        }

        private func move(_ axis: Int, to place: Int) {
            lengths[place] = lengths[axis]
            for operand in 0..<operands { strides[place * operands + operand] = strides[axis * operands + operand] }
        }

        /// Makes one axis of two that lie in one another for every operand.
        mutating func join() {
            guard axes > 1 else { return }
            var last = 0
            for axis in 1..<axes {
                if isNested(axis, in: last) {
                    lengths[last] *= lengths[axis]
                    for operand in 0..<operands {
                        strides[last * operands + operand] = strides[axis * operands + operand]
                    }
                } else {
                    last += 1
                    if last != axis { move(axis, to: last) }
                }
            }
            axes = last + 1
        }

        private func isNested(_ inner: Int, in outer: Int) -> Bool {
            for operand in 0..<operands
            where strides[outer * operands + operand] != strides[inner * operands + operand] * lengths[inner] {
                return false
            }
            return true
        }

        var count: Int {
            var result = 1
            for axis in 0..<axes { result *= lengths[axis] }
            return result
        }

        /// Visits a range of elements with indices of its own.
        func forEach(in range: Range<Int>, _ body: (Int, UnsafePointer<Int>, UnsafePointer<Int>) -> Void) {
            withUnsafeTemporaryAllocation(of: Int.self, capacity: axes + operands) { memory in
                var own = self
                own.indices = memory.baseAddress.unsafelyUnwrapped
                own.offsets = own.indices + axes
                let inner = lengths[axes - 1]
                own.locate(range.lowerBound / inner)
                var (skipped, left) = (range.lowerBound % inner, range.count)
                let innerStrides = strides + (axes - 1) * operands
                for operand in 0..<operands { own.offsets[operand] += skipped * innerStrides[operand] }
                while true {
                    let some = min(inner - skipped, left)
                    body(some, own.offsets, innerStrides)
                    left -= some
                    if left == 0 { return }
                    for operand in 0..<operands { own.offsets[operand] -= skipped * innerStrides[operand] }
                    skipped = 0
                    _ = own.advance(from: axes - 2)
                }
            }
        }

        /// Sets indices and offsets to an inner loop, by its number.
        private func locate(_ loop: Int) {
            var rest = loop
            offsets.update(repeating: 0, count: operands)
            indices[axes - 1] = 0
            for axis in stride(from: axes - 2, through: 0, by: -1) {
                indices[axis] = rest % lengths[axis]
                rest /= lengths[axis]
                for operand in 0..<operands { offsets[operand] += indices[axis] * strides[axis * operands + operand] }
            }
        }

        /// Inner loops in a row take one addition an operand from one to the next, which is what short ones need.
        @inline(__always)
        func forEach(_ body: (Int, UnsafePointer<Int>, UnsafePointer<Int>) -> Void) {
            guard axes > 1 else { return body(axes == 0 ? 1 : lengths[0], offsets, axes == 0 ? zeros : strides) }
            let (inner, innerStrides) = (lengths[axes - 1], strides + (axes - 1) * operands)
            let (rows, rowStrides) = (lengths[axes - 2], strides + (axes - 2) * operands)
            indices.update(repeating: 0, count: axes)
            while true {
                for _ in 0..<rows {
                    body(inner, offsets, innerStrides)
                    for operand in 0..<operands { offsets[operand] += rowStrides[operand] }
                }
                for operand in 0..<operands { offsets[operand] -= rows * rowStrides[operand] }
                if !advance(from: axes - 3) { return }
            }
        }

        /// To the next index of an axis and those around it; false after the last.
        private func advance(from first: Int) -> Bool {
            var axis = first
            while axis >= 0 {
                let step = strides + axis * operands
                indices[axis] += 1
                if indices[axis] < lengths[axis] {
                    for operand in 0..<operands { offsets[operand] += step[operand] }
                    return true
                }
                for operand in 0..<operands { offsets[operand] -= step[operand] * (lengths[axis] - 1) }
                indices[axis] = 0
                axis -= 1
            }
            return false
        }
    }
}
