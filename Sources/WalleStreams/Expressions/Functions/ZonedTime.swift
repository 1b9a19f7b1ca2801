internal import Foundation
internal import WalleText

/// The clock of a time zone: where its days, weeks and months begin. Remembers by the hour and the day what it asked
/// for, as asking costs microseconds. Belongs to one thread at a time.
package final class ZonedTime {
    /// Nil for UTC.
    private let zone: TimeZone?
    @exclusivity(unchecked) private var offsets = [Remembered](repeating: Remembered(), count: ZonedTime.slots)
    @exclusivity(unchecked) private var midnights = [Remembered](repeating: Remembered(), count: ZonedTime.slots)

    private struct Remembered {
        var key = Int64.min
        var value: Int64 = 0
    }

    /// Half a year of hours.
    private static let slots = 4096
    private static let hour = 3600 * TimeText.microsecondsASecond
    /// Marks an hour in which the offset changes.
    private static let changing = Int64.min

    /// - Parameter zone: Its name, such as `Europe/Berlin` or `UTC`.
    package init(zone name: String) throws(StreamError) {
        if ["UTC", "Z", "Etc/UTC"].contains(name) {
            zone = nil
            return
        }
        guard name.utf8.count <= 64, let zone = TimeZone(identifier: name) else {
            let near = Suggestion.nearest(to: name, in: TimeZone.knownTimeZoneIdentifiers)
            throw StreamError(
                .definition, "there is no time zone '\(name)'",
                remedy: near.map { "Did you mean '\($0)'?" } ?? "Write UTC or a name such as 'Europe/Berlin'.")
        }
        self.zone = zone
    }

    /// Microseconds by which the zone's clock is ahead of UTC.
    package func offset(at time: Int64) -> Int64 {
        guard zone != nil else { return 0 }
        let hour = floorDivision(time, Self.hour)
        let slot = Int(truncatingIfNeeded: hour) & (Self.slots - 1)
        if offsets[slot].key != hour { offsets[slot] = Remembered(key: hour, value: offset(ofHour: hour)) }
        let value = offsets[slot].value
        return value == Self.changing ? ask(time) : value
    }

    /// Where all of the hour has one offset.
    private func offset(ofHour hour: Int64) -> Int64 {
        let begin = hour.multipliedReportingOverflow(by: Self.hour)
        guard !begin.overflow, begin.partialValue < Int64.max - Self.hour else { return 0 }
        let first = ask(begin.partialValue)
        return first == ask(begin.partialValue + Self.hour - 1) ? first : Self.changing
    }

    private func ask(_ time: Int64) -> Int64 {
        let seconds = floorDivision(time, TimeText.microsecondsASecond)
        let offset = zone?.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))) ?? 0
        return Int64(offset) * TimeText.microsecondsASecond
    }

    /// When a day of the zone begins, counted from 1970-01-01. Where clocks skip midnight, when they skip.
    private func midnight(_ day: Int64) -> Int64 {
        let slot = Int(truncatingIfNeeded: day) & (Self.slots - 1)
        if midnights[slot].key != day { midnights[slot] = Remembered(key: day, value: findMidnight(day)) }
        return midnights[slot].value
    }

    private func findMidnight(_ day: Int64) -> Int64 {
        let local = day.multipliedReportingOverflow(by: TimeText.microsecondsADay)
        guard !local.overflow else { return day < 0 ? .min : .max }
        let before = ask(local.partialValue &- TimeText.microsecondsADay)
        let after = ask(local.partialValue &+ TimeText.microsecondsADay)
        // With the offset of the day before: the first of two midnights, and the moment of the change when there is
        // none.
        let early = local.partialValue &- before
        if before == after || ask(early) == before { return early }
        let late = local.partialValue &- after
        return ask(late) == after ? late : early
    }

    /// When the unit began that holds a time.
    package func start(of unit: TimeUnit, at time: Int64) -> Int64 {
        let local = time &+ offset(at: time)
        if let length = unit.length, unit == .minute || unit == .hour { return time &- floorRemainder(local, length) }
        let day = unit.firstDay(of: floorDivision(local, TimeText.microsecondsADay))
        return zone == nil ? day &* TimeText.microsecondsADay : midnight(day)
    }

    /// When the unit ends that began at `start`: when the next one begins.
    package func end(of unit: TimeUnit, from start: Int64) -> Int64 {
        if let length = unit.length, unit == .minute || unit == .hour { return start &+ length }
        let day = unit.firstDay(after: floorDivision(start &+ offset(at: start), TimeText.microsecondsADay))
        return zone == nil ? day &* TimeText.microsecondsADay : midnight(day)
    }
}
