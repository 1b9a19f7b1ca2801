extension VectorCompiler {
    /// Lets steps share registers: a value that no later step reads makes room for another, so that what a long
    /// expression works on stays in the caches. The result, names and literals keep registers of their own.
    ///
    /// - Returns: The registers needed, and the one of the result.
    mutating func shareRegisters(result: Int) -> (count: Int, result: Int) {
        var lastUse = [Int](repeating: -1, count: registerCount)
        for (index, step) in steps.enumerated() {
            for input in step.inputs { lastUse[input] = index }
        }
        var places = [Int](repeating: -1, count: registerCount)
        var count = 0
        for register in fixedRegisters + [result] where places[register] < 0 {
            places[register] = count
            count += 1
        }
        let kept = Set(places[...].enumerated().lazy.filter { $0.element >= 0 }.map(\.offset))
        var free: [Int] = []
        for index in steps.indices {
            let output = steps[index].output
            if places[output] < 0 {
                places[output] = free.popLast() ?? count
                count = max(count, places[output] + 1)
            }
            // Only now, as a step may read its inputs again after it wrote.
            for input in Set(steps[index].inputs) where lastUse[input] == index && !kept.contains(input) {
                free.append(places[input])
            }
        }
        move(to: places)
        return (count, places[result])
    }

    private var fixedRegisters: [Int] { leaves.map(\.register) + constants.map(\.register) }
}

extension VectorStep {
    var inputs: [Int] { Array([first, second, third].prefix(operation.inputCount)) }
}
