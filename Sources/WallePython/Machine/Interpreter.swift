internal import CWalleHeap
internal import CWalleObjects
internal import CWallePython
internal import CWalleStop
internal import Glibc
internal import Synchronization

/// An interpreter with its own GIL and its own heap, on the thread that made it.
///
/// Every method must be called on that thread, with the interpreter's thread state attached, unless it says otherwise.
package final class Interpreter {
    let heap: OpaquePointer
    let stop: OpaquePointer
    /// The classes that Swift gave to this interpreter, and their instances.
    package let objects: OpaquePointer
    let state: UnsafeMutablePointer<PyThreadState>
    /// The clock of the CPU time of the interpreter's thread, which any thread may read.
    let cpuClock: clockid_t
    private(set) var configuration: MachineConfiguration
    /// `datetime`'s C interface: a pointer per interpreter.
    private(set) var dateTime: UnsafeMutablePointer<PyDateTime_CAPI>?
    /// What a task may do. Read by the audit hook on every thread of the interpreter, under its GIL.
    package var policy: Policy
    /// The open files that are the task's own.
    var descriptors = OwnedDescriptors()
    /// Strings for the keys of `Codable` types, made once.
    var keys = KeyCache()
    /// Memory outside of the heap that objects hold. Held here, so that none is lost with objects that are never freed.
    var heldStorage: [ObjectIdentifier: HeldStorage] = [:]
    /// Some of it that no object has any more.
    var spares = SpareStorage()
    /// What the arrays of this interpreter have in common; theirs to make and to free. Set on the VM's own thread.
    package var arrays: UnsafeMutableRawPointer? {
        didSet {
            if walle_thread_owner() == Unmanaged.passUnretained(self).toOpaque() { walle_thread_set_arrays(arrays) }
        }
    }
    /// Makes arrays of tensors, and the other way round; nil where there are no arrays.
    package var arrayExchange: (any ArrayExchange)?
    /// Receives what the script prints.
    package var output = OutputCollector()
    /// Modules and functions that Swift gave to this interpreter; they must live as long as it does.
    package var bindings: [AnyObject] = []
    /// Gives the modules that Swift declares, as they are imported.
    package var modules: (any ModuleSource)?
    /// What the host knows of the task that runs here, for the modules it gives.
    package var context: AnyObject?
    /// Objects kept for the whole life of the interpreter, given back before its end.
    private var kept: [PythonPointer] = []
    private var forcedClass: PythonPointer?
    package private(set) var isUsable = true

    private static let runs = Atomic<UInt64>(1)

    /// A number for a run that no other run of this process has.
    package static func nextRun() -> UInt64 {
        runs.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Creates an interpreter on the calling thread and leaves it attached.
    init(configuration: MachineConfiguration, watcher: Watcher) throws(MachineError) {
        guard let heap = walle_heap_create() else { throw .outOfMemory }
        let runtime: PythonRuntime
        do { runtime = try PythonRuntime.shared() } catch { throw .runtime(error) }
        let state = runtime.exclusively { Self.newState(heap: heap, configuration: configuration) }
        guard let state else {
            Self.discard(heap)
            throw .creationFailed
        }
        guard let stop = walle_stop_create(watcher.semaphore) else {
            runtime.exclusively { Self.end(state, heap) }
            Self.discard(heap)
            throw .noTimer
        }
        guard let objects = walle_objects_create({ Unmanaged<AnyObject>.fromOpaque($0!).release() }) else {
            walle_stop_destroy(stop)
            runtime.exclusively { Self.end(state, heap) }
            Self.discard(heap)
            throw .outOfMemory
        }
        self.heap = heap
        self.state = state
        self.stop = stop
        self.objects = objects
        var clock = clockid_t()
        pthread_getcpuclockid(pthread_self(), &clock)
        cpuClock = clock
        self.configuration = configuration
        policy = .preparing
        walle_heap_enter_thread(heap)
        walle_thread_set_owner(Unmanaged.passUnretained(self).toOpaque())
        InterpreterRegistry.add(self)
        do {
            try start()
        } catch {
            let traceback = PythonTraceback.takeOrDescribe(error)
            if settle() { end() }
            throw .failedToStart(traceback)
        }
        trim()
    }

    private static func discard(_ heap: OpaquePointer) {
        walle_heap_enter_thread(nil)
        walle_heap_destroy(heap)
    }

    /// While nobody creates an interpreter: the next one may get the same address, and would take this one's heap.
    private static func end(_ state: UnsafeMutablePointer<PyThreadState>, _ heap: OpaquePointer) {
        Py_EndInterpreter(state)
        walle_heap_unbind(heap)
    }

    private static func newState(
        heap: OpaquePointer, configuration: MachineConfiguration
    ) -> UnsafeMutablePointer<PyThreadState>? {
        let bootstrap = PyThreadState_New(PyInterpreterState_Main())
        PyEval_RestoreThread(bootstrap)
        walle_heap_bind_next(heap)
        var config = walle_IsolatedConfig(1)
        var state: UnsafeMutablePointer<PyThreadState>?
        let status = Py_NewInterpreterFromConfig(&state, &config)
        walle_heap_bind_next(nil)
        if walle_StatusFailed(status) != 0 || state == nil {
            walle_heap_unbind(heap)
            PyThreadState_Clear(bootstrap)
            PyThreadState_DeleteCurrent()
            return nil
        }
        PyThreadState_Swap(bootstrap)
        PyThreadState_Clear(bootstrap)
        PyThreadState_DeleteCurrent()
        PyEval_RestoreThread(state)
        return state
    }

    /// Gives the new interpreter its `_walle` module, its replacements and its stop.
    private func start() throws(PythonFailure) {
        try HostModule.install(in: self)
        let machine = try SharedCode.importMachine()
        let stopped = try keep(PyObject_GetAttrString(machine.pointer, "Stopped"))
        let forced = try keep(walle_stop_make_forced_class(stopped, "walle.task.Forced"))
        walle_stop_set_classes(stop, stopped, forced)
        forcedClass = forced
        dateTime = nil
        setMemoryLimit(growth: nil)
        walle_heap_on_over_limit(
            heap,
            { stop, isUrgent in
                let ask = isUrgent ? walle_stop_force_current : walle_stop_request_current
                ask(OpaquePointer(stop!), Int32(walle_stop_memory))
            }, UnsafeMutableRawPointer(stop))
        for module in configuration.preimports { _ = try Owned(PyImport_ImportModule(module)) }
    }

    /// Keeps a new reference until the end of the interpreter.
    package func keep(_ new: PythonPointer?) throws(PythonFailure) -> PythonPointer {
        let pointer = try Owned(new).take()
        kept.append(pointer)
        return pointer
    }

    /// `datetime`'s C interface, imported at the first use.
    func dateTimeAPI() throws(PythonFailure) -> UnsafeMutablePointer<PyDateTime_CAPI> {
        if let dateTime { return dateTime }
        guard let api = walle_ImportDateTime() else { throw .pending }
        dateTime = api
        return api
    }

    // MARK: limits

    /// Live bytes of the heap, with what is charged to it. Any thread.
    package var liveBytes: Int { Int(walle_heap_live_bytes(heap)) }
    package var peakBytes: Int { Int(walle_heap_peak_bytes(heap)) }

    /// Charges memory that Swift holds for this interpreter. Any thread.
    package func charge(bytes: Int) { walle_heap_charge(heap, Int64(bytes)) }
    /// True when `bytes` more would stay under the limit. Any thread.
    package func admits(bytes: Int) -> Bool { walle_heap_admits(heap, bytes) }

    /// Gives an interpreter from the warm pool to a task.
    package func adopt(policy: Policy, memoryBytes: Int?) {
        self.policy = policy
        configuration.memoryBytes = memoryBytes
        setMemoryLimit(growth: nil)
    }

    private func setMemoryLimit(growth: Int?) {
        var limit = configuration.memoryBytes ?? Int.max / 4
        if let growth { limit = min(limit, liveBytes + growth) }
        walle_heap_set_limit(heap, limit, configuration.memorySlackBytes)
    }

    // MARK: runs

    /// Calls `body` as run `run` under `limits`.
    ///
    /// The failure, with its traceback, is taken out of the interpreter while the limits still hold, since `str()` of
    /// an exception is the script's code too.
    package func run<Result>(
        _ run: UInt64, limits: RunLimits, _ body: () throws(PythonFailure) -> Result
    ) throws(RunFailure) -> Result {
        if limits.memoryBytes != nil || configuration.memoryBytes != nil {
            setMemoryLimit(growth: limits.memoryBytes)
        }
        output.begin(limitBytes: limits.outputBytes)
        walle_stop_begin(
            stop, run, limits.time?.nanoseconds ?? 0, limits.cpuTime?.nanoseconds ?? 0, limits.grace.nanoseconds)
        var value: Result?
        var failure: RunFailure?
        do { value = try body() } catch { failure = describe(error) }
        if PyErr_Occurred() != nil { PyErr_Clear() }
        let stopped = finish(&failure)
        guard let value, !stopped else { throw failure ?? .mismatch(expected: "a result", got: "none", path: "run") }
        return value
    }

    /// The line that ran when the sticky trace was put in place.
    private var forcedPlace: PythonTraceback.Frame? {
        var file: UnsafePointer<CChar>?
        var function: UnsafePointer<CChar>?
        var line: Int32 = 0
        guard walle_stop_place(stop, &file, &function, &line), let file, let function else { return nil }
        let path = String(cString: file)
        return PythonTraceback.Frame(
            file: path, line: Int(line), function: String(cString: function),
            source: SourceLines.line(Int(line), of: path))
    }

    private func describe(_ failure: PythonFailure) -> RunFailure {
        switch failure {
        case .mismatch(let expected, let got, let path): .mismatch(expected: expected, got: got, path: path)
        case .pending: .script(PythonTraceback.take(callingPython: !walle_stop_is_asked(stop)))
        }
    }

    /// Ends the run. True when it was stopped or failed: `failure` says how.
    private func finish(_ failure: inout RunFailure?) -> Bool {
        let step = walle_stop_step(stop)
        let late = Duration(nanoseconds: walle_stop_lateness_ns(stop, step))
        let place = step >= walle_step_forced ? forcedPlace : nil
        let reason = StopReason(code: walle_stop_end(stop))
        if step >= walle_step_forced || reason == .memory { isUsable = false }
        output.end()
        var traceback: PythonTraceback?
        if case .script(let found) = failure { traceback = found }
        if let reason {
            releaseImportLock()
            if let place, traceback?.frames.isEmpty != false {
                traceback = PythonTraceback(type: "walle.task.Stopped", message: "", frames: [place])
            }
            failure = .stopped(reason, traceback, lateness: late)
        } else if traceback?.type == "MemoryError" {
            failure = .stopped(.memory, traceback, lateness: .zero)
        }
        return failure != nil
    }

    /// Nothing more may run here: the interpreter was forced out of a run or left something behind.
    package func condemn() { isUsable = false }

    // MARK: end

    /// Ends the interpreter, which has settled, and throws its heap away.
    func end() {
        guard let runtime = try? PythonRuntime.shared() else { return }
        PyEval_SetTraceAllThreads(nil, nil)
        dateTime = nil
        keys.clear()
        kept.forEach { Py_DecRef($0) }
        kept = []
        walle_heap_set_limit(heap, Int.max / 4, 0)
        let time = Self.endingTime.nanoseconds
        runtime.exclusively {
            walle_stop_begin_ending(stop, Self.nextRun(), time, time)
            Self.end(state, heap)
            // Under the same lock: the next interpreter may get this one's address, and must not be taken for it.
            InterpreterRegistry.remove(self)
        }
        walle_thread_set_owner(nil)
        walle_thread_set_arrays(nil)
        walle_stop_destroy(stop)
        walle_objects_destroy(objects)
        dropSpares()
        heldStorage = [:]
        Self.discard(heap)
        modules = nil
        context = nil
        bindings = []
    }

    private static let endingTime = Duration.milliseconds(500)

    /// Ends threads, `atexit` functions and finalisers while nobody else waits for the creation lock.
    ///
    /// - Returns: false when something does not end; the interpreter cannot be ended then.
    func settle() -> Bool {
        policy.isEnding = true
        let limits = RunLimits(time: Self.endingTime, grace: .milliseconds(50))
        walle_heap_set_limit(heap, max(configuration.memoryBytes ?? 0, liveBytes) + Self.endingBytes, Self.endingBytes)
        configuration.memoryBytes = nil
        // Twice: what is asked to stop in the first pass may have been swallowed.
        for _ in 0..<2 {
            stopThreads()
            // Of a run that was stopped by force.
            PyEval_SetTraceAllThreads(nil, nil)
            guard releaseImportLock() else { return false }
            _ = try? run(Self.nextRun(), limits: limits) { () throws(PythonFailure) -> Void in
                let end = try find("end", in: "walle._end")
                _ = try call(end.pointer)
            }
            PyEval_SetTraceAllThreads(nil, nil)
            if threadCount == 1 { return true }
        }
        return false
    }

    /// What `atexit` functions and finalisers may take.
    private static let endingBytes = 32 << 20

    private func stopThreads() {
        guard let forcedClass, threadCount > 1 else { return }
        var thread = PyInterpreterState_ThreadHead(walle_InterpreterOf(state))
        while let present = thread {
            if present != state { PyThreadState_SetAsyncExc(present.pointee.thread_id, forcedClass) }
            thread = PyThreadState_Next(present)
        }
    }

    /// Threads of this interpreter, its own included.
    package var threadCount: Int {
        var count = 0
        var thread = PyInterpreterState_ThreadHead(walle_InterpreterOf(state))
        while let present = thread {
            count += 1
            thread = PyThreadState_Next(present)
        }
        return count
    }
}

/// How a run failed, before the host adds which task it was.
package enum RunFailure: Error {
    case script(PythonTraceback)
    case stopped(StopReason, PythonTraceback?, lateness: Duration)
    case mismatch(expected: String, got: String, path: String)
}

extension StopReason {
    /// The reason of a code of the C side; nil when there was no stop.
    init?(code: Int32) {
        switch Int(code) {
        case walle_stop_time: self = .time
        case walle_stop_cpu: self = .cpuTime
        case walle_stop_memory: self = .memory
        case walle_stop_output: self = .output
        case walle_stop_cancelled: self = .cancelled
        case walle_stop_drain: self = .drain
        case walle_stop_shutdown: self = .shutdown
        case walle_stop_threads: self = .threads
        default: return nil
        }
    }

    var code: Int32 {
        let code =
            switch self {
            case .time: walle_stop_time
            case .cpuTime: walle_stop_cpu
            case .memory: walle_stop_memory
            case .output: walle_stop_output
            case .cancelled: walle_stop_cancelled
            case .drain: walle_stop_drain
            case .shutdown: walle_stop_shutdown
            case .threads: walle_stop_threads
            }
        return Int32(code)
    }
}

/// Finds the interpreter of a thread that Walle did not start.
enum InterpreterRegistry {
    private struct Entry: @unchecked Sendable {
        // Alive while listed: removed by the interpreter's own end, under its GIL.
        let interpreter: Unmanaged<Interpreter>
    }
    private static let entries = Mutex<[UInt: Entry]>([:])

    static func add(_ interpreter: Interpreter) {
        let key = UInt(bitPattern: walle_InterpreterOf(interpreter.state))
        let entry = Entry(interpreter: .passUnretained(interpreter))
        entries.withLock { $0[key] = entry }
    }

    static func remove(_ interpreter: Interpreter) {
        entries.withLock { all in
            all = all.filter { $0.value.interpreter.toOpaque() != Unmanaged.passUnretained(interpreter).toOpaque() }
        }
    }

    static func find(_ state: UnsafeMutablePointer<PyThreadState>) -> Interpreter? {
        let key = UInt(bitPattern: walle_InterpreterOf(state))
        return entries.withLock { $0[key] }?.interpreter.takeUnretainedValue()
    }
}

extension Interpreter {
    /// The interpreter whose thread state is attached to the calling thread; nil in the main interpreter.
    package static var current: Interpreter? {
        guard let state = PyThreadState_GetUnchecked() else { return nil }
        if let owner = walle_thread_owner() {
            let interpreter = Unmanaged<Interpreter>.fromOpaque(owner).takeUnretainedValue()
            return walle_InterpreterOf(interpreter.state) == walle_InterpreterOf(state) ? interpreter : nil
        }
        return InterpreterRegistry.find(state)
    }

    /// The interpreter of the calling thread, which must be a VM's own. Faster than ``current``.
    package static var ofThisThread: Interpreter? {
        walle_thread_owner().map { Unmanaged<Interpreter>.fromOpaque($0).takeUnretainedValue() }
    }
}
