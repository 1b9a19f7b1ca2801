import Foundation
import Testing
import WalleBinding
import WallePython

extension Binding {
    /// Arguments are sorted as by functions written in Python, which are the oracle.
    @Suite struct ArgumentTests {
        static let module = PythonModule("swift") {
            Function("none") { "none" }
            Function("one", "value") { (value: Value) in "\(value)" }
            Function("two", "first", "second") { (first: Value, second: Value) in [first, second] }
            Function("mixed", "item", .optional("count", 1), .keyword("strict", false), .keyword("label")) {
                (item: Int, count: Int, strict: Bool, label: String) in
                Value.array([.integer(item), .integer(count), .bool(strict), .string(label)])
            }
            Function(
                "many", "alpha", "beta", "gamma", .optional("delta", 4), .optional("epsilon", 5), .optional("zeta", 6)
            ) {
                (a: Int, b: Int, c: Int, d: Int, e: Int, f: Int) in [a, b, c, d, e, f]
            }
            Function("named", .keyword("left"), .keyword("right"), .keyword("middle", nil)) {
                (left: Int, right: Int, middle: Int?) in [left, right, middle]
            }
        }

        static let twins = """
            def none(): return "none"
            def one(value): return str(value)
            def two(first, second): return [first, second]
            def mixed(item, count=1, *, strict=False, label): return [item, count, strict, label]
            def many(alpha, beta, gamma, delta=4, epsilon=5, zeta=6): return [alpha, beta, gamma, delta, epsilon, zeta]
            def named(*, left, right, middle=None): return [left, right, middle]
            """

        static let calls = [
            "none()", "none(1)", "none(1, 2)", "none(x=1)", "none(*[], **{})",
            "one(1)", "one(value=1)", "one()", "one(1, 2)", "one(1, value=2)", "one(valeu=1)", "one(1, q=2)",
            "two(1, 2)", "two(second=1, first=2)", "two(1, second=2)", "two(1)", "two()", "two(second=2)",
            "two(1, 2, 3)",
            "two(1, 2, second=3)", "two(*range(5))", "two(**{'first': 1, 'second': 2})",
            "mixed(1, label='x')", "mixed(1, 2, label='x', strict=True)", "mixed(label='x', item=3)", "mixed(1)",
            "mixed(1, 2, 3, label='x')", "mixed(1, 2, 3, label='x', strict=True)", "mixed(1, 2, 3)",
            "mixed(1, lable='x')", "mixed()", "mixed(label='x')", "mixed(1, item=1, label='x')",
            "mixed(1, 2, True, 'x')",
            "many(1, 2, 3)", "many(1, 2, 3, 7, 8, 9)", "many(1, 2, 3, zeta=0)", "many()", "many(1)", "many(1, 2)",
            "many(gamma=1, beta=2, alpha=3, epsilon=4)", "many(1, 2, 3, 4, 5, 6, 7)", "many(1, 2, 3, epsilom=3)",
            "many(delta=1)", "named(left=1, right=2)", "named()", "named(left=1)", "named(1)",
            "named(1, left=1, right=2)",
            "named(right=1, left=2, middle=3)", "named(1, 2)", "named(1, 2, left=3)", "named(1, right=2)",
        ]

        @Test func agreesWithPython() async throws {
            let script = Script(Self.module)
            let ours = try await script.outcomes(Self.calls, setUp: "from swift import *")
            let theirs = try await script.outcomes(Self.calls, setUp: Self.twins)
            for (call, (our, their)) in zip(Self.calls, zip(ours, theirs)) {
                #expect(our == their, "\(call)")
            }
        }

        static let types = PythonModule("types_") {
            Function("integer", "x") { (x: Int) in x }
            Function("small", "x") { (x: Int8) in x }
            Function("natural", "x") { (x: UInt64) in x }
            Function("double", "x") { (x: Double) in x }
            Function("float", "x") { (x: Float) in x }
            Function("bool", "x") { (x: Bool) in x }
            Function("text", "x") { (x: String) in x }
            Function("data", "x") { (x: Data) in x }
            Function("bytes_", "x") { (x: [UInt8]) in x }
            Function("optional", "x") { (x: Int?) in x }
            Function("list_", "x") { (x: [Int]) in x }
            Function("nested", "x") { (x: [String: [Double?]]) in x }
            Function("date", "x") { (x: Date) in x }
            Function("duration", "x") { (x: Duration) in x }
            Function("value", "x") { (x: Value) in x }
            Function("nothing", "x") { (x: Int) in }
        }

        @Test(
            arguments: [
                ("integer(5)", 5), ("integer(-2**63)", .integer(.min)), ("integer(True)", 1), ("integer(Index())", 7),
                (
                    "integer(2**63)",
                    "OverflowError: integer() argument 'x' must be between -9223372036854775808 and 9223372036854775807"
                ),
                ("integer('a')", "TypeError: integer() argument 'x' must be int, not str"),
                ("integer(1.0)", "TypeError: integer() argument 'x' must be int, not float"),
                ("integer(None)", "TypeError: integer() argument 'x' must be int, not None"),
                ("integer(Bad())", "ValueError: no index"),
                ("small(127)", 127), ("small(128)", "OverflowError: small() argument 'x' must be between -128 and 127"),
                ("natural(2**64-1) == 2**64-1", true),
                ("natural(-1)", "OverflowError: natural() argument 'x' must be between 0 and 18446744073709551615"),
                ("double(1.5)", 1.5), ("double(2)", 2.0), ("double(True)", 1.0), ("float(0.1) == 0.1", false),
                ("double('1')", "TypeError: double() argument 'x' must be float, not str"),
                ("double(10**400)", "OverflowError: int too large to convert to float"),
                ("bool(True)", true), ("bool(1)", "TypeError: bool() argument 'x' must be bool, not int"),
                ("text('åß𝄞')", "åß𝄞"), ("text(b'')", "TypeError: text() argument 'x' must be str, not bytes"),
                ("data(bytearray(b'ab')) == b'ab'", true), ("bytes_(memoryview(b'ab')) == b'ab'", true),
                ("data('a')", "TypeError: data() argument 'x' must be bytes | bytearray | memoryview, not str"),
                ("optional(None)", nil), ("optional(3)", 3),
                ("optional('')", "TypeError: optional() argument 'x' must be int | None, not str"),
                ("list_((1, 2))", [1, 2]), ("list_([])", []),
                ("list_([1, 'b'])", "TypeError: list_() argument 'x'[1] must be int, not str"),
                ("list_('ab')", "TypeError: list_() argument 'x' must be Sequence[int], not str"),
                ("nested({'a': [1, None]})", ["a": [1.0, nil]]),
                ("nested({'a': [1, '']})", "TypeError: nested() argument 'x'[\"a\"][1] must be float | None, not str"),
                ("nested({1: []})", "TypeError: nested() argument 'x' must have keys of type str, not int"),
                ("str(date(datetime.datetime(2024, 1, 2, 3, tzinfo=datetime.UTC)))", "2024-01-02 03:00:00+00:00"),
                ("date(1)", "TypeError: date() argument 'x' must be date, not int 1"),
                ("duration(datetime.timedelta(hours=1)).seconds", 3600),
                ("value({'a': (1, None)})", ["a": [1, nil]]),
                (
                    "'must have' in str(value(object()))",
                    "TypeError: value() argument 'x' must be None, bool, int, float, str, bytes, datetime, timedelta, list, tuple, set, dict or a dataclass, not object"
                ),
                ("nothing(1)", nil),
            ] as [(String, Value)])
        func converts(_ call: String, _ expected: Value) async throws {
            let setUp = """
                import datetime
                from types_ import *
                class Index:
                    def __index__(self): return 7
                class Bad:
                    def __index__(self): raise ValueError("no index")
                """
            let outcome = try await Script(Self.types).outcomes([call], setUp: setUp)
            #expect(outcome == [expected])
        }

        @Test func givesKeysInOrder() async throws {
            let keys = (0..<40).map { "key \($0 * 7919 % 1000)" }
            let module = PythonModule("keyed") {
                Function("value") { Value.dictionary(Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) })) }
                Function("counts") { Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) }) }
            }
            let sorted = Value.array(keys.sorted().map { .string($0) })
            let lists = try await Script(module).outcomes(
                ["list(value())", "list(counts())"], setUp: "from keyed import *")
            #expect(lists == [sorted, sorted])
        }
    }
}
