import Testing

@testable import WalleStreams

@Suite struct PageViewSimulatorTests {
    @Test func isTheSameForTheSameSeed() {
        var (first, second, third) = (
            PageViewSimulator(seed: 5), PageViewSimulator(seed: 5), PageViewSimulator(seed: 6)
        )
        let events = first.events(300)
        #expect(events == second.events(300))
        #expect(events != third.events(300))
    }

    @Test func comesInTheOrderOfTimeWithUsersInterleaved() {
        var simulator = PageViewSimulator(seed: 1, users: 50)
        let events = simulator.events(2000)
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time })
        let users = events.map { $0.attributes["user_id"] }
        #expect(Set(users).count > 45)
        #expect(zip(users, users.dropFirst()).filter { $0 != $1 }.count > 1500)
    }

    /// As many events and bytes a visit as the paper tells of its own.
    @Test func isAsWideAsThePaperSays() {
        var simulator = PageViewSimulator(seed: 2, users: 20)
        var log = PageViewLog(seed: 3)
        let events = simulator.events(6000)
        let visits = Double(events.count { $0.name == "page_enter" })
        let bytes = events.reduce(0) { $0 + log.line($1).utf8.count + 1 }
        #expect(abs(Double(events.count) / visits - 19.3) < 1.5, "\(Double(events.count) / visits) events a visit")
        let each = Double(bytes) / Double(events.count)
        #expect(abs(each - 21_200 / 19.3) < 15, "\(each) bytes an event")
    }

    @Test func writesLinesThatAreReadAsTheSameEvents() {
        var simulator = PageViewSimulator(seed: 4)
        var log = PageViewLog(seed: 4)
        let events = simulator.events(200)
        let text = events.map { log.line($0) + "\n" }.joined()
        let reader = JSONLinesReader(
            schema: PageViewSimulator.schema, texts: TextDictionary(), options: .timeless())
        let reading = Reading.of(reader, Array(text.utf8))
        #expect(reading.rows == events && reading.bad.lineCount == 0)
    }
}
