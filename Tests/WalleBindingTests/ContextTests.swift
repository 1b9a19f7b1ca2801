import Foundation
import Synchronization
import Testing
import WalleBinding
import WallePython

extension Binding {
    @Suite struct ContextTests {
        static let module = PythonModule("work") {
            Function("wait_for_stop") { () throws -> Int in
                guard let context = PythonContext.current else { return -1 }
                var turns = 0
                context.withoutGIL {
                    while !context.isCancelled && turns < 20_000 {
                        usleep(500)
                        turns += 1
                    }
                }
                try context.checkCancellation()
                return turns
            }
            Function("outside", "action") { (action: PythonCallable) -> String in
                PythonContext.current!.withoutGIL {
                    do { return "\(try action())" } catch { return "\(error)" }
                }
            }
            Function("nested_current") { PythonContext.current!.withoutGIL { PythonContext.current == nil } }
            Function("sleep_outside", "milliseconds") { (milliseconds: Int) in
                PythonContext.current!.withoutGIL { _ = usleep(UInt32(milliseconds * 1000)) }
            }
        }

        @Test func endsWhenStopped() async throws {
            var script = Script(Self.module)
            script.limits = RunLimits(time: .milliseconds(100), grace: .seconds(2))
            let source = """
                import work
                def run():
                    return work.wait_for_stop()
                """
            do {
                let value = try await script.run(source)
                Issue.record("not stopped: \(value)")
            } catch PerformFailure.run(.stopped(let reason, _, lateness: _)) {
                #expect(reason == .time)
            }
        }

        @Test func reachesNoPythonWithoutTheLock() async throws {
            let script = Script(Self.module)
            let text = try await script.evaluate("work.outside(lambda: 1)", setUp: "import work")
            #expect(text.text?.contains("withoutGIL") == true)
            #expect(try await script.evaluate("work.nested_current()", setUp: "import work") == true)
        }

        @Test func letsOtherThreadsRun() async throws {
            let source = """
                import threading, work
                def run():
                    turns = 0
                    def count():
                        nonlocal turns
                        while not done:
                            turns += 1
                    done = False
                    thread = threading.Thread(target=count)
                    thread.start()
                    before = turns
                    work.sleep_outside(50)
                    after = turns
                    done = True
                    thread.join()
                    return after - before > 1000
                """
            #expect(try await Script(Self.module).run(source) == true)
        }
    }
}
