import Testing
import WalleBinding
import WallePython

private struct OutOfStock: PythonConvertibleError {
    var item: Int
    var pythonException: PythonExceptionType { .lookupError }
    var pythonMessage: String { "item \(item) is sold out" }
}

private struct Plain: Error, CustomStringConvertible {
    var description: String { "the shop is closed" }
}

private enum Colour: String, Codable, PythonConvertible { case red, blue }

private struct Basket: Codable, PythonConvertible {
    struct Line: Codable {
        var item: Int
        var count: Int
    }
    var user: String
    var lines: [Line]
}

extension Binding {
    @Suite struct ErrorTests {
        static let module = PythonModule("shop") {
            Function("sold_out", "item") { (item: Int) throws -> Int in throw OutOfStock(item: item) }
            Function("closed") { throw Plain() }
            Function("cancelled") { throw CancellationError() }
            Function("raise_all", "index") { (index: Int) -> Int in
                throw Exception(type: PythonExceptionType.allCases[index])
            }
            Function("apply", "action", "value") { (action: PythonCallable, value: Int) in
                try action.call([value], returning: Int.self)
            }
            Function("swallow", "action") { (action: PythonCallable) in
                do { return "\(try action())" } catch let error as PythonException { return "\(error)" }
            }
            Function("total", "basket") { (basket: Basket) in basket.lines.reduce(0) { $0 + $1.count } }
            Function("double_up", "basket") { (basket: Basket) in
                Basket(user: basket.user, lines: basket.lines + basket.lines)
            }
            Function("paint", .optional("colour", Colour.blue)) { (colour: Colour) in colour }
        }

        struct Exception: PythonConvertibleError {
            var type: PythonExceptionType
            var pythonException: PythonExceptionType { type }
            var pythonMessage: String { "ü" }
        }

        @Test(
            arguments: [
                ("sold_out(4)", "LookupError: item 4 is sold out"), ("closed()", "RuntimeError: the shop is closed"),
                ("cancelled()", "RuntimeError: cancelled() was cancelled"),
                ("apply(lambda x: x + 1, 4)", 5),
                ("apply(lambda x: 1 / 0, 4)", "ZeroDivisionError: division by zero"),
                ("apply(lambda x: 'a', 4)", "TypeError: apply() result must be int, not str"),
                ("apply(3, 4)", "TypeError: apply() argument 'action' must be Callable[..., Any], not int"),
                ("apply(lambda x: apply(lambda y: y * 2, x), 4)", 8),
                ("swallow(lambda: 1 / 0)", "ZeroDivisionError: division by zero"),
                ("swallow(lambda: 7)", "7"),
                ("total({'user': 'a', 'lines': [{'item': 1, 'count': 2}, {'item': 2, 'count': 3}]})", 5),
                (
                    "total({'user': 'a', 'lines': [{'item': 'b', 'count': 2}]})",
                    "TypeError: total() argument 'basket'.lines[0].item must be int, not str 'b'"
                ),
                (
                    "total({'user': 'a'})",
                    "TypeError: total() argument 'basket' must have the key \"lines\", not a dict without it"
                ),
                ("double_up({'user': 'a', 'lines': [{'item': 1, 'count': 2}]})['lines'][1]['count']", 2),
                ("paint()", "blue"), ("paint('red')", "red"),
            ] as [(String, Value)])
        func maps(_ call: String, _ expected: Value) async throws {
            let outcome = try await Script(Self.module).outcomes([call], setUp: "from shop import *")
            #expect(outcome == [expected])
        }

        @Test func raisesEveryException() async throws {
            let count = PythonExceptionType.allCases.count
            let names = try await Script(Self.module).outcomes(
                (0..<count).map { "raise_all(\($0))" }, setUp: "from shop import *")
            for (type, outcome) in zip(PythonExceptionType.allCases, names) {
                let name =
                    type == .osError ? "OSError" : type.rawValue.prefix(1).uppercased() + type.rawValue.dropFirst()
                let message = type == .keyError ? "'ü'" : "ü"
                #expect(outcome == .string("\(name): \(message)"))
            }
        }

        @Test func keepsTheTraceback() async throws {
            let source = """
                import shop
                def inner(x): raise ValueError("deep")
                def run():
                    try:
                        shop.apply(inner, 1)
                    except ValueError as error:
                        names, trace = [], error.__traceback__
                        while trace:
                            names.append(trace.tb_frame.f_code.co_name)
                            trace = trace.tb_next
                        return names
                """
            #expect(try await Script(Self.module).run(source) == ["run", "inner"])
        }

        @Test func survivesEndlessRecursion() async throws {
            let source = """
                import shop, sys
                depth = 0
                def again(x):
                    global depth
                    depth = x
                    return shop.apply(again, x + 1)
                def run():
                    results = []
                    for limit in (1000, 20_000):
                        sys.setrecursionlimit(limit)
                        for _ in range(3):
                            try:
                                again(0)
                            except RecursionError:
                                results.append(depth > 100)
                    return results
                """
            #expect(try await Script(Self.module).run(source) == [true, true, true, true, true, true])
        }
    }
}
