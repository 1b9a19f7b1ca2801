import Testing

@testable import WallePython

@Suite(.serialized) struct SpikeTests {
    func evaluate(_ source: String, limits: RunLimits = .none) async throws -> Value {
        let machine = try await VirtualMachine.start(MachineConfiguration(memoryBytes: 64 << 20))
        defer { machine.close() }
        return try await machine.perform(limits: limits) { (interpreter) throws(PythonFailure) -> Value in
            interpreter.policy = Policy(threads: 4)
            let namespace = try interpreter.execute(source)
            let run = try interpreter.item("run", of: namespace.pointer)
            let result = try interpreter.call(run)
            var bounds = ConversionBounds(bytes: 1 << 20)
            return try interpreter.value(of: result.pointer, bounds: &bounds)
        }
    }

    @Test func returnsAValue() async throws {
        let value = try await evaluate("def run(): return {'a': [1, 2.5, 'x', None, True, 2**70, b'q']}")
        print(value)
    }

    @Test(arguments: [
        "def run():\n while True: pass",
        "def run():\n while True:\n  try:\n   while True: pass\n  except BaseException: pass",
        "def run():\n import time\n time.sleep(100)",
        "def run():\n import time\n while True:\n  try: time.sleep(100)\n  except BaseException: pass",
        "def run():\n import threading\n l=threading.Lock(); l.acquire(); l.acquire()",
        "def run():\n import queue\n queue.Queue().get()",
        "def run():\n import threading\n threading.Event().wait()",
        "def run(): return sum(range(10**9))",
        "def run():\n x=[]\n while True: x.append('a'*1000)",
        "def run(): return list(range(10**9))",
        "def run(): return bytearray(10**9)",
        "def run(): raise ValueError('no')",
        "def run(): return open('/etc/passwd').read()",
        "def run(): \n  import threading\n  t=threading.Thread(target=lambda: [0 for _ in iter(int, 1)]); t.start()\n  return 5",
    ])
    func stops(_ source: String) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let value = try await evaluate(source, limits: RunLimits(time: .milliseconds(300)))
            print(source, value, clock.now - start)
        } catch {
            print(source, error, clock.now - start)
        }
    }
}
