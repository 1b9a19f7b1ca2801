import Synchronization
import Testing
import WalleBinding
import WallePython

private final class Counter: Sendable {
    private let value = Mutex(0)
    func add(_ number: Int) -> Int {
        value.withLock {
            $0 += number
            return $0
        }
    }
}

extension Binding {
    @Suite struct ModuleTests {
        static let shop = PythonModule("acme.shop", doc: "Prices and stock.") {
            Function("price", "item", .optional("count", 1), .keyword("label", "a\"b"), doc: "Price of some items.") {
                (item: Int, count: Int, label: String) in Double(item * count)
            }
            Function("add", "first", "second") { (first: Int, second: Int) in first + second }
            Constant("CURRENCY", "EUR")
            Constant("RATES", ["EUR": 1.0], doc: "Exchange rates.")
        }

        @Test(
            arguments: [
                ("shop.__doc__", "Prices and stock."), ("shop.__name__", "acme.shop"), ("shop.CURRENCY", "EUR"),
                ("shop.RATES", ["EUR": 1.0]), ("shop.price.__doc__", "Price of some items."),
                ("shop.price.__text_signature__", "($module, /, item, count=1, *, label=\"a\\\"b\")"),
                ("str(inspect.signature(shop.price))", "(item, count=1, *, label='a\"b')"),
                ("shop.price.__module__", "acme.shop"), ("shop.price.__name__", "price"),
                ("shop.price.__qualname__", "price"), ("repr(shop.price)", "<built-in function price>"),
                ("inspect.isbuiltin(shop.price)", true), ("pickle.loads(pickle.dumps(shop.price)) is shop.price", true),
                ("'price(item, count=1, *, label=' in pydoc.plain(pydoc.render_doc(shop))", true),
                ("'method of' in pydoc.render_doc(shop)", false),
                ("importlib.reload(shop) is shop", true), ("sys.modules['acme'].__path__", []),
                ("shop.__spec__.origin", "Swift"), ("importlib.util.find_spec('acme.nothing')", nil),
            ] as [(String, Value)])
        func looksLikePython(_ expression: String, _ expected: Value) async throws {
            let setUp = "import inspect, pickle, pydoc, importlib.util, sys\nfrom acme import shop"
            #expect(try await Script(Self.shop).evaluate(expression, setUp: setUp) == expected)
        }

        @Test func isMadeWhenImported() async throws {
            let expression = "(before, 'acme.shop' in sys.modules)"
            let setUp = "import sys\nbefore = 'acme' in sys.modules\nimport acme.shop"
            #expect(try await Script(Self.shop).evaluate(expression, setUp: setUp) == [false, true])
        }

        @Test func holderCannotBeMade() async throws {
            let outcomes = try await Script(Self.shop).outcomes(
                ["type(shop.add.__self__)('x')", "types.ModuleType.__new__(type(shop.add.__self__), 'x')"],
                setUp: "import types\nfrom acme import shop")
            for outcome in outcomes { #expect(outcome.text?.hasPrefix("TypeError") == true, "\(outcome)") }
        }

        @Test func servesInterpretersAtOnce() async throws {
            let counter = Counter()
            let module = PythonModule("counting") {
                Function("add", "number") { (number: Int) in counter.add(number) }
                Function("same", "text", .optional("times", 1)) { (text: String, times: Int) in
                    String(repeating: text, count: times)
                }
            }
            let source = """
                import counting
                def run():
                    for i in range(20_000):
                        counting.add(1)
                        assert counting.same("ab", times=2) == "abab"
                        try: counting.add("x")
                        except TypeError: pass
                    return True
                """
            try await withThrowingTaskGroup(of: Value.self) { group in
                for _ in 0..<4 { group.addTask { try await Script(module).run(source) } }
                for try await value in group { #expect(value == true) }
            }
            #expect(counter.add(0) == 80_000)
        }

        @Test func leavesNoMemory() async throws {
            let source = """
                import gc, acme.shop as shop, _walle
                def run():
                    for i in range(1000):
                        shop.price(1, count=2); shop.add(3, 4)
                        try: shop.add()
                        except TypeError: pass
                    return None
                """
            let machine = try await VirtualMachine.start(MachineConfiguration())
            defer { machine.close() }
            var script = Script(Self.shop)
            let bytes = Mutex<[Int]>([])
            script.prepare = { interpreter in bytes.withLock { $0.append(interpreter.liveBytes) } }
            for _ in 0..<6 { _ = try await script.run(source, on: machine) }
            let seen = bytes.withLock { $0 }
            #expect(seen[5] - seen[2] < 16 << 10, "\(seen)")
        }
    }
}
