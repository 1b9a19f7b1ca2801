/// Parts of times. Events come in about the order of time, so what was true of the last row mostly is of the next.
extension VectorRunner {
    func datePart(_ part: TimePart, _ zone: ZonedTime, _ step: VectorStep) {
        let output = single(step)
        let (input, out) = (registers[step.first].ints, output.pointee.ints)
        let constancy = part.constancy
        var value = part.value(TimeFields(0))
        // In local time: the part keeps its value from here on, as long as it is constant.
        var begin: Int64 = 0
        for row in 0..<count {
            let local = input[row] &+ zone.offset(at: input[row])
            if UInt64(bitPattern: local &- begin) >= UInt64(constancy) {
                begin = local &- floorRemainder(local, constancy)
                value = part.value(TimeFields(local))
            }
            out[row] = value
        }
    }

    func dateTrunc(_ unit: TimeUnit, _ zone: ZonedTime, _ step: VectorStep) {
        let output = single(step)
        let (input, out) = (registers[step.first].ints, output.pointee.ints)
        guard count > 0 else { return }
        var (begin, end): (Int64, Int64) = (0, 0)
        for row in 0..<count {
            if input[row] < begin || input[row] >= end {
                begin = zone.start(of: unit, at: input[row])
                end = zone.end(of: unit, from: begin)
            }
            out[row] = begin
        }
    }
}
