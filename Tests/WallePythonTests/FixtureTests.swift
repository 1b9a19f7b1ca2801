import Testing
import WallePython

extension RuntimeTests {
    @Suite(.serialized) struct FixtureTests {
        @Test(.timeLimit(.minutes(1)), arguments: Fixture.all.filter { !$0.needsChild })
        func ends(_ fixture: Fixture) async throws {
            try await fixture.check()
        }

        @Test(.timeLimit(.minutes(1)), arguments: Fixture.all.filter(\.needsChild))
        func endsInChild(_ fixture: Fixture) async throws {
            await #expect(processExitsWith: .success) { [fixture] in
                try await fixture.check()
            }
        }
    }
}
