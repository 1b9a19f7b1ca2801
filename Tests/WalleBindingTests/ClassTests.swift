import Foundation
import Synchronization
import Testing
import WalleBinding
import WallePython

private final class Basket: PythonObject {
    struct Content: Hashable {
        var owner: String
        var items: [Int]
    }
    let content: Mutex<Content>
    static let living = Atomic(0)

    init(owner: String, items: [Int] = []) {
        content = Mutex(Content(owner: owner, items: items))
        Self.living.add(1, ordering: .relaxed)
    }

    deinit { Self.living.subtract(1, ordering: .relaxed) }

    var items: [Int] {
        get { content.withLock { $0.items } }
        set { content.withLock { $0.items = newValue } }
    }
    var owner: String { content.withLock { $0.owner } }
}

private final class Pixels: PythonObject {
    static let pythonName = "Image"
    nonisolated(unsafe) let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 24, alignment: 8)
    static let views = Atomic(0)

    init() { memory.initializeMemory(as: UInt8.self, repeating: 0) }

    deinit { memory.deallocate() }
}

private struct NoSuchItem: PythonConvertibleError {
    var pythonException: PythonExceptionType { .indexError }
    var pythonMessage: String { "no such item" }
}

extension Binding {
    @Suite struct ClassTests {
        static let module = PythonModule("shop") {
            Class(Basket.self, doc: "What somebody buys.") {
                Function("__init__", .optional("owner", "me"), .optional("items", [])) {
                    (owner: String, items: [Int]) in Basket(owner: owner, items: items)
                }
                Function("add", "self", "item", .optional("count", 1), .keyword("front", false), doc: "Add items.") {
                    (basket: Basket, item: Int, count: Int, front: Bool) in
                    let new = Array(repeating: item, count: count)
                    basket.items = front ? new + basket.items : basket.items + new
                }
                Function("total", "self") { (basket: Basket) in basket.items.reduce(0, +) }
                Function("merged", "self", "other") { (basket: Basket, other: Basket?) in
                    Basket(owner: basket.owner, items: basket.items + (other?.items ?? []))
                }
                Function("__repr__", "self") { (basket: Basket) in "Basket(\(basket.items))" }
                Function("__len__", "self") { (basket: Basket) in basket.items.count }
                Function("__getitem__", "self", "index") { (basket: Basket, index: Int) in
                    guard basket.items.indices.contains(index) else { throw NoSuchItem() }
                    return basket.items[index]
                }
                Function("__setitem__", "self", "index", "item") { (basket: Basket, index: Int, item: Int) in
                    guard basket.items.indices.contains(index) else { throw NoSuchItem() }
                    basket.items[index] = item
                }
                Function("__iter__", "self") { (basket: Basket) in PythonIterator(basket.items) }
                Function("__contains__", "self", "item") { (basket: Basket, item: Int) in basket.items.contains(item) }
                Function("__eq__", "self", "other") { (a: Basket, b: Basket) in a.items == b.items }
                Function("__hash__", "self") { (basket: Basket) in basket.items.count }
                Function("__add__", "self", "other") { (a: Basket, b: Basket) in
                    Basket(owner: a.owner, items: a.items + b.items)
                }
                Function("__call__", "self", .keyword("times", 2)) { (basket: Basket, times: Int) in
                    basket.items.map { $0 * times }
                }
                Property("owner", doc: "Who pays.") { (basket: Basket) in basket.owner }
                Property("first", get: { (basket: Basket) in basket.items.first }, set: { $0.items[0] = $1 ?? 0 })
                Constant("LIMIT", 100)
            }
            Class(Pixels.self) {
                Buffer { (pixels: Pixels, isWritten: Bool) in
                    Pixels.views.add(1, ordering: .relaxed)
                    return ExportedMemory(pixels.memory, format: "f", itemBytes: 4, shape: [2, 3]) {
                        Pixels.views.subtract(1, ordering: .relaxed)
                    }
                }
            }
            Function("pixels") { Pixels() }
            Function("sum_of", "baskets") { (baskets: [Basket]) in baskets.reduce(0) { $0 + $1.items.reduce(0, +) } }
            Function("same", "basket") { (basket: Basket) in basket }
        }

        static let twin = """
            class Basket:
                "What somebody buys."
                LIMIT = 100
                def __init__(self, owner="me", items=()): self._owner, self.items = owner, list(items)
                def add(self, item, count=1, *, front=False):
                    new = [item] * count
                    self.items = new + self.items if front else self.items + new
                def total(self): return sum(self.items)
                def merged(self, other): return Basket(self.owner, self.items + (other.items if other else []))
                def __repr__(self): return f"Basket({self.items})"
                def __len__(self): return len(self.items)
                def __getitem__(self, index):
                    try: return self.items[index]
                    except IndexError: raise IndexError("no such item") from None
                def __setitem__(self, index, item): self.items[index] = item
                def __iter__(self): return iter(self.items)
                def __contains__(self, item): return item in self.items
                def __eq__(self, other): return self.items == other.items if isinstance(other, Basket) else NotImplemented
                def __hash__(self): return len(self.items)
                def __add__(self, other):
                    if not isinstance(other, Basket): return NotImplemented
                    return Basket(self.owner, self.items + other.items)
                def __call__(self, *, times=2): return [item * times for item in self.items]
                owner = property(lambda self: self._owner)
                @property
                def first(self): return self.items[0] if self.items else None
                @first.setter
                def first(self, value): self.items[0] = value
            def same(basket): return basket
            """

        static let expressions = [
            "Basket().owner", "Basket('you').owner", "Basket(items=[1, 2], owner='x').total()", "Basket.LIMIT",
            "repr(Basket(items=[1]))", "len(Basket())", "bool(Basket())", "list(Basket(items=[3, 4]))",
            "[*Basket(items=[1]), *Basket(items=[2])]", "Basket(items=[5])[0]", "Basket(items=[5])[3]",
            "do(Basket(), lambda b: b.add(3), list)", "do(Basket(), lambda b: b.add(3, 2), list)",
            "do(Basket(items=[1]), lambda b: b.add(item=3, count=2, front=True), list)",
            "do(Basket(items=[1]), lambda b: Basket.add(b, 7), list)", "do(Basket(items=[1]), lambda b: b.add(), list)",
            "do(Basket(), lambda b: b.add(1, 2, 3), list)", "do(Basket(), lambda b: b.add(1, cuont=3), list)",
            "do(Basket(items=[1, 2]), lambda b: b.__setitem__(1, 9), list)",
            "do(Basket(items=[1, 2]), lambda b: setattr(b, 'first', 8), list)",
            "[method(4) for method in [Basket().add]]", "(lambda m: m(2))(Basket().add)",
            "list(map(Basket.total, [Basket(items=[4])]))",
            "3 in Basket(items=[3])", "4 in Basket(items=[3])", "Basket(items=[1]) == Basket('x', [1])",
            "Basket(items=[1]) != Basket('x', [1])", "Basket() == 3", "Basket() != 3", "3 == Basket()",
            "{Basket(items=[1]), Basket(items=[1])}.__len__()", "list(Basket(items=[1]) + Basket(items=[2]))",
            "Basket(items=[2])()", "Basket(items=[2])(times=5)", "Basket(items=[2])(5)",
            "list(Basket(items=[1]).merged(None))", "list(Basket(items=[1]).merged(Basket(items=[2])))",
            "Basket().first", "Basket.__name__", "Basket.__doc__", "Basket.__qualname__", "Basket.add.__name__",
            "Basket.add.__qualname__", "sorted(Basket(items=[3, 1]))", "max(Basket(items=[3, 1]))",
            "list(zip(Basket(items=[3, 1]), 'ab'))", "isinstance(Basket(), Basket)", "type(Basket()) is Basket",
            "same(same(Basket(items=[4]))).total()", "Basket().nonsense",
            "list(reversed(Basket(items=[1, 2])))", "list(iter(Basket(items=[1]))).index(1)",
            "weakref.ref(Basket())() is None", "(lambda b: weakref.ref(b)() is b)(Basket())",
        ]

        @Test func agreesWithPython() async throws {
            let help = "import weakref\ndef do(value, action, after):\n    action(value)\n    return after(value)\n"
            let ours = try await Script(Self.module).outcomes(Self.expressions, setUp: help + "from shop import *")
            let theirs = try await Script().outcomes(Self.expressions, setUp: help + Self.twin)
            for (expression, (our, their)) in zip(Self.expressions, zip(ours, theirs)) {
                let name = their.text?.replacing("type object 'Basket'", with: "type object 'shop.Basket'")
                let plain = our.text?.replacing("'shop.Basket' object", with: "'Basket' object")
                #expect(our == their || plain == name, "\(expression): \(our), \(their)")
            }
        }

        @Test(
            arguments: [
                ("Basket(3)", "TypeError: Basket() argument 'owner' must be str, not int"),
                ("Basket(nothing=3)", "TypeError: Basket() got an unexpected keyword argument 'nothing'"),
                ("Basket().add('x')", "TypeError: Basket.add() argument 'item' must be int, not str"),
                ("Basket.add(3, 4)", "TypeError: Basket.add() argument 'self' must be Basket, not int"),
                (
                    "Basket().merged(pixels())",
                    "TypeError: Basket.merged() argument 'other' must be Basket | None, not shop.Image"
                ),
                ("sum_of([Basket(items=[1]), 2])", "TypeError: sum_of() argument 'baskets'[1] must be Basket, not int"),
                ("sum_of([Basket(items=[1]), Basket(items=[5])])", 6),
                (
                    "setattr(Basket(items=[1]), 'first', 'x')",
                    "TypeError: Basket.first argument 'value' must be int | None, not str"
                ),
                ("delattr(Basket(items=[1]), 'first')", "AttributeError: Basket.first cannot be deleted"),
                (
                    "setattr(Basket(), 'owner', 'x')",
                    "AttributeError: attribute 'owner' of 'shop.Basket' objects is not writable"
                ),
                (
                    "setattr(Basket, 'owner', 'x')",
                    "TypeError: cannot set 'owner' attribute of immutable type 'shop.Basket'"
                ),
                ("type('Sub', (Basket,), {})", "TypeError: type 'shop.Basket' is not an acceptable base type"),
                ("Image()", "TypeError: cannot create 'shop.Image' instances"),
                (
                    "object.__new__(Basket)",
                    "TypeError: object.__new__(shop.Basket) is not safe, use shop.Basket.__new__()"
                ),
                ("Basket() + 3", "TypeError: unsupported operand type(s) for +: 'shop.Basket' and 'int'"),
                ("str(inspect.signature(Basket))", "(owner='me', items=[])"),
                ("str(inspect.signature(Basket.add))", "(self, /, item, count=1, *, front=False)"),
                ("str(inspect.signature(Basket().add))", "(item, count=1, *, front=False)"),
                ("Basket.add.__doc__", "Add items."), ("Basket.owner.__doc__", "Who pays."),
                ("Basket.__module__", "shop"), ("repr(Basket.add)", "<method 'Basket.add'>"),
                ("pickle.loads(pickle.dumps(Basket)) is Basket", true),
                ("pickle.loads(pickle.dumps(Basket.add)) is Basket.add", true),
                ("'add(self, /, item, count=1, *, front=False)' in pydoc.plain(pydoc.render_doc(Basket))", true),
                ("bytes(memoryview(pixels())) == bytes(24)", true),
                (
                    "(lambda m: [m.shape, m.format, m.strides, m.readonly, m.nbytes])(memoryview(pixels()))",
                    [[2, 3], "f", [12, 4], false, 24]
                ),
                ("pixels() == pixels()", false), ("(lambda p: p == same_pixels(p))(pixels())", true),
                ("hash(pixels()) != 0", true),
            ] as [(String, Value)])
        func says(_ expression: String, _ expected: Value) async throws {
            let setUp = "import inspect, pickle, pydoc\nfrom shop import *\nsame_pixels = lambda p: p"
            #expect(try await Script(Self.module).outcomes([expression], setUp: setUp) == [expected])
        }

        @Test func writesThroughBuffers() async throws {
            let source = """
                import shop
                def run():
                    image = shop.pixels()
                    view = memoryview(image)
                    view[1, 2] = 2.5
                    other = memoryview(image)
                    del image
                    return [other[1, 2], other.tolist()[1][2]]
                """
            #expect(try await Script(Self.module).run(source) == [2.5, 2.5])
            #expect(Pixels.views.load(ordering: .relaxed) == 0)
        }

        @Test func makesClassesOfModulesNotImported() async throws {
            let other = PythonModule("factory") {
                Function("basket") { Basket(owner: "f", items: [1, 2]) }
            }
            let script = Script(Self.module, other)
            #expect(try await script.evaluate("factory.basket().total()", setUp: "import factory") == 3)
            let lonely = try await Script(other).outcomes(["factory.basket()"], setUp: "import factory")
            #expect(lonely[0].text?.contains("declares a Class for Basket") == true, "\(lonely)")
        }

        @Test func givesObjectsBack() async throws {
            let before = Basket.living.load(ordering: .relaxed)
            let source = """
                import shop
                def run():
                    class Node: pass
                    for i in range(1000):
                        basket = shop.Basket(items=[i])
                        for _ in basket: pass
                        node = Node(); node.basket = shop.same(basket); node.me = node
                    global kept, cycle
                    kept, cycle = basket, node
                    raise_in_loop = [shop.Basket() for _ in range(10)]
                    return len(raise_in_loop)
                """
            #expect(try await Script(Self.module).run(source) == 10)
            for _ in 0..<400 where Basket.living.load(ordering: .relaxed) > before { usleep(5000) }
            #expect(Basket.living.load(ordering: .relaxed) == before)
        }

        @Test func leavesNoMemory() async throws {
            let source = """
                import shop, weakref
                def run():
                    for i in range(1000):
                        basket = shop.Basket(items=[i])
                        basket.add(1, count=2); basket.first = 5; weakref.ref(basket)
                        list(basket); basket + basket; basket == 3; memoryview(shop.pixels()).release()
                        for call in (lambda: basket.add("x"), lambda: basket[9], lambda: shop.Basket(3)):
                            try: call()
                            except (TypeError, IndexError): pass
                """
            let machine = try await VirtualMachine.start(MachineConfiguration())
            defer { machine.close() }
            var script = Script(Self.module)
            let bytes = Mutex<[Int]>([])
            script.prepare = { interpreter in bytes.withLock { $0.append(interpreter.liveBytes) } }
            for _ in 0..<6 { _ = try await script.run(source, on: machine) }
            let seen = bytes.withLock { $0 }
            #expect(seen[5] - seen[2] < 16 << 10, "\(seen)")
        }

        @Test func servesInterpretersAtOnce() async throws {
            let shared = Basket(owner: "all")
            let module = PythonModule("shared") {
                Function("basket") { shared }
            }
            let source = """
                import shared, shop
                def run():
                    basket = shared.basket()
                    for i in range(5000):
                        basket.total(); len(basket)
                        own = shop.Basket(items=[i, i])
                        assert own[0] == i and own + own == own.merged(own) and own.owner == "me"
                        assert memoryview(shop.pixels()).nbytes == 24
                    basket.add(1)
                    return True
                """
            try await withThrowingTaskGroup(of: Value.self) { group in
                for _ in 0..<4 { group.addTask { try await Script(Self.module, module).run(source) } }
                for try await value in group { #expect(value == true) }
            }
            #expect(shared.items == [1, 1, 1, 1])
        }

        @Test func writesStubs() async throws {
            let stub = Self.module.stub(from: "Shop.swift")
            for line in [
                "@final\nclass Basket:",
                "    def __init__(self, owner: str = \"me\", items: Sequence[int] = []) -> None: ...",
                "    def add(self, item: int, count: int = 1, *, front: bool = False) -> None:\n        \"\"\"Add items.\"\"\"\n        ...",
                "    @property\n    def owner(self) -> str:",
                "    @first.setter\n    def first(self, value: int | None) -> None: ...",
                "    def __eq__(self, other: object) -> bool: ...", "    def __iter__(self) -> Iterator[int]: ...",
                "    LIMIT: Final[int]", "    def __buffer__(self, flags: int, /) -> memoryview: ...",
                "from collections.abc import Iterator, Sequence", "from typing import Final, final",
                "def sum_of(baskets: Sequence[Basket]) -> int: ...",
            ] {
                #expect(stub.contains(line), "\(line) in\n\(stub)")
            }
            let value = try await Script().evaluate(
                "len(ast.parse(\(stub.pythonLiteral)).body) > 1", setUp: "import ast")
            #expect(value == true)
        }

        @Test func refusesWhatDoesNotFit() async {
            await #expect(processExitsWith: .failure) {
                _ = PythonModule("bad") { Class(Basket.self) { Function("add", "number") { (number: Int) in number } } }
            }
            await #expect(processExitsWith: .failure) {
                _ = PythonModule("bad") {
                    Class(Basket.self) {
                        Function("add", "self") { (basket: Basket) in 1 }
                        Property("add") { (basket: Basket) in 1 }
                    }
                }
            }
        }
    }
}
