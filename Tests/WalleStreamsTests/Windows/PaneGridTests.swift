import Foundation
import Testing

@testable import WalleStreams

@Suite struct PaneGridTests {
    /// Foundation's calendar is asked for each time anew.
    @Test(
        arguments: [TimeUnit.hour, .day, .week, .month, .year],
        ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"])
    func followsTheCalendarOfAZone(unit: TimeUnit, zone: String) throws {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        let components: [TimeUnit: Calendar.Component] = [
            .hour: .hour, .day: .day, .week: .weekOfYear, .month: .month, .year: .year,
        ]
        let component = try #require(components[unit])
        let grid = try PaneGrid(unit, zone: zone)
        var random = SeededRandom(7)
        for _ in 0..<200 {
            let seconds = Int64.random(in: 1_600_000_000...1_800_000_000, using: &random)
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            let expected = try #require(calendar.dateInterval(of: component, for: date))
            let start = grid.start(of: seconds * 1_000_000 + 1)
            #expect(start == Int64(expected.start.timeIntervalSince1970) * 1_000_000, "\(date) in \(zone)")
            #expect(grid.end(of: start) == Int64(expected.end.timeIntervalSince1970) * 1_000_000, "\(date) in \(zone)")
        }
    }

    @Test func cutsTimesBefore1970() {
        let grid = PaneGrid(width: 10, origin: 3)
        #expect(
            grid.start(of: -8) == -17 && grid.start(of: -7) == -7 && grid.start(of: 3) == 3 && grid.start(of: 2) == -7)
    }

    @Test func refusesZonesThatAreNone() {
        let error = #expect(throws: StreamError.self) { try PaneGrid(.day, zone: "Europe/Berlim") }
        #expect(error?.field == "window.zone" && error?.remedy.contains("Europe/Berlin") == true)
    }
}
