import Foundation
import Synchronization
import Testing
import WalleBinding
import WalleModules
import WallePython

extension Binding {
    @Suite struct SharedBytesTests {
        private static func address(_ bytes: SharedBytes) -> Int {
            bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
        }

        /// Gives scripts `shared`, and what they need to see where bytes lie.
        private static func script(_ shared: SharedBytes = SharedBytes([1, 2, 3])) -> Script {
            Script(
                BufferModule.module,
                PythonModule("help") {
                    Function("shared") { shared }
                    Function("address", "bytes") { (bytes: SharedBytes) in address(bytes) }
                    Function("same", "bytes") { (bytes: SharedBytes) in bytes }
                    Function("live") { Interpreter.current!.liveBytes }
                })
        }

        static let setUp = """
            from walle import Buffer
            from help import *
            def written(buffer, index, value):
                buffer[index] = value
                return bytes(buffer)
            def viewed(buffer):
                view = memoryview(buffer)
                view[0] = 9
                return bytes(buffer)
            """

        @Test(
            arguments: [
                ("bytes(shared()) == b'\\x01\\x02\\x03'", true), ("len(shared())", 3), ("shared()[-1]", 3),
                ("shared()[3]", "IndexError: index out of range"), ("list(shared())", [1, 2, 3]),
                ("bytes(memoryview(shared())[1:]) == b'\\x02\\x03'", true), ("memoryview(shared()).readonly", true),
                ("viewed(shared())", "TypeError: cannot modify read-only memory"), ("shared().readonly", true),
                ("written(shared(), 1, 7) == b'\\x01\\x07\\x03'", true), ("bytes(shared())[1]", 2),
                ("bytes(Buffer(2)) == bytes(2)", true), ("viewed(Buffer(b'ab')) == b'\\x09b'", true),
                ("Buffer(3).readonly", false), ("Buffer(shared()).readonly", false),
                ("(lambda b: [address(b) > 0, b.readonly])(Buffer(1))", [true, true]),
                ("(lambda b: [b == shared(), b.readonly])(Buffer(1))", [false, false]),
                ("address(shared()) == address(same(shared()))", true),
                ("shared() == b'\\x01\\x02\\x03' == Buffer(shared())", true), ("shared() == 'x'", false),
                ("Buffer(-1)", "ValueError: a buffer has no negative count of bytes"),
                (
                    "Buffer('x')",
                    "TypeError: Buffer() argument 'source' must be int | Buffer | bytes | bytearray | memoryview, not str"
                ),
                ("Buffer(10**12)", "MemoryError: 1000000000000 bytes would pass limits.memory in task.toml"),
                (
                    "written(shared(), 0, 256)",
                    "OverflowError: Buffer.__setitem__() argument 'value' must be between 0 and 255"
                ),
                (
                    "(lambda b, v: written(b, 0, 1))(*(lambda b: (b, memoryview(b)))(shared()))",
                    "BufferError: the buffer is shared, and views of it are held: release them before you write"
                ),
                ("len(Buffer(0)), bytes(Buffer(b'')) == b''", [0, true]),
                ("hash(Buffer(1))", "TypeError: unhashable type: 'walle._buffer.Buffer'"),
                ("same(b'ab') == b'ab'", true), ("b'ab' in {bytes(shared()): 1}", false),
            ] as [(String, Value)])
        func behaves(_ expression: String, _ expected: Value) async throws {
            let outcome = try await Self.script().outcomes(["(\(expression))"], setUp: Self.setUp)
            #expect(outcome == [expected])
        }

        @Test func sharesMemoryBothWays() async throws {
            let shared = SharedBytes(count: 1 << 20) { $0[5] = 42 }
            let result = try await Self.script(shared).evaluate(
                "[shared()[5], address(shared()), shared()]", setUp: "from help import *")
            #expect(result[0] == 42)
            #expect(result[1] == .integer(Self.address(shared)))
            guard case .sharedBytes(let back)? = result[2] else { return #expect(Bool(false), "\(result)") }
            #expect(Self.address(back) == Self.address(shared) && back == shared)
        }

        @Test func outlivesTheMachine() async throws {
            let source =
                "from walle import Buffer\ndef run():\n    b = Buffer(1 << 16)\n    memoryview(b)[7] = 5\n    return b"
            let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 64 << 20))
            let value = try await Self.script().run(source, on: machine)
            await withUnsafeContinuation { continuation in machine.close { continuation.resume() } }
            guard case .sharedBytes(var bytes) = value else { return #expect(Bool(false), "\(value)") }
            #expect(bytes.count == 1 << 16 && bytes[7] == 5)
            bytes.withUnsafeMutableBytes { $0[7] = 6 }
            #expect(bytes[7] == 6)
        }

        @Test func keepsValuesApart() async throws {
            let source = """
                from walle import Buffer
                from help import *
                def run():
                    mine = Buffer(b"abc")
                    view = memoryview(mine)
                    first = same(mine)
                    view[0] = ord("x")
                    return [bytes(first), bytes(mine), address(first) == address(mine)]
                """
            let result = try await Self.script().run(source)
            #expect(result == [.bytes(Data("abc".utf8)), .bytes(Data("xbc".utf8)), false])
            var one = SharedBytes(Array("abc".utf8))
            let other = one
            one.withUnsafeMutableBytes { $0[0] = UInt8(ascii: "x") }
            #expect(Array(other) == Array("abc".utf8) && Array(one) == Array("xbc".utf8) && one != other)
        }

        @Test func chargesTheMachineOnce() async throws {
            let shared = SharedBytes(count: 8 << 20) { _ in }
            let source = """
                from help import *
                def run():
                    before = live()
                    held = [shared() for _ in range(100)]
                    most = live()
                    held.clear()
                    return [most - before > 8 << 20, most - before < 9 << 20, live() - before < 1 << 20]
                """
            #expect(try await Self.script(shared).run(source) == [true, true, true])
            let big = SharedBytes(count: 300 << 20) { _ in }
            let outcome = try await Self.script(big).outcomes(["shared()"], setUp: "from help import *")
            #expect(outcome[0].text?.hasPrefix("MemoryError: 314572800 bytes would pass") == true, "\(outcome)")
        }

        @Test func servesInterpretersAtOnce() async throws {
            let shared = SharedBytes(count: 1 << 20) { for index in $0.indices { $0[index] = UInt8(index & 255) } }
            let source = """
                from help import *
                def run():
                    for i in range(300):
                        view = memoryview(shared())
                        assert view[i] == i & 255 and bytes(view[4096:4099]) == b"\\x00\\x01\\x02"
                    return [sum(view), address(view.obj)]
                """
            let results = try await withThrowingTaskGroup(of: Value.self) { group in
                for _ in 0..<4 { group.addTask { try await Self.script(shared).run(source) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let expected = Value.array([.integer((1 << 20) / 256 * 255 * 128), .integer(Self.address(shared))])
            #expect(results == Array(repeating: expected, count: 4))
        }

        @Test func encodesElsewhereAsData() throws {
            let bytes = SharedBytes([0, 1, 255])
            let text = try JSONEncoder().encode([bytes])
            #expect(try JSONDecoder().decode([SharedBytes].self, from: text) == [bytes])
            #expect(Value.sharedBytes(bytes).description == "\"AAH/\"")
        }
    }
}
