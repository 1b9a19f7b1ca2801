internal import WalleText
internal import Foundation
internal import Synchronization
internal import WallePython

/// The values a generator yields, as they come.
///
/// The script waits while its consumer is busy, and that time is not the script's. Leaving the loop ends the run; a
/// stream that nobody reads ends after `limits.idle`.
public struct RunStream<Element: Decodable & Sendable>: AsyncSequence, Sendable {
    let channel: StreamChannel<Element>

    public struct Iterator: AsyncIteratorProtocol {
        private let channel: StreamChannel<Element>
        private let closer: Closer

        init(_ channel: StreamChannel<Element>) {
            self.channel = channel
            closer = Closer { channel.abandon() }
        }

        public mutating func next() async throws(TaskError) -> Element? {
            try await channel.next()
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(TaskError) -> Element? {
            try await channel.next()
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(channel) }
}

/// Says when the last copy of an iterator is gone.
private final class Closer: Sendable {
    private let close: @Sendable () -> Void
    init(_ close: @escaping @Sendable () -> Void) { self.close = close }
    deinit { close() }
}

extension TaskHost {
    /// Runs a task whose entry is a generator and gives its values as they come.
    ///
    /// - Throws: from the iteration, ``TaskError``.
    public func stream<Input: Encodable & Sendable, Element: Decodable & Sendable>(
        _ task: String, _ input: Input, of type: Element.Type = Element.self, options: RunOptions = RunOptions()
    ) -> RunStream<Element> {
        let controller: TaskController
        do throws(TaskError) {
            controller = try self.controller(task)
        } catch {
            let channel = StreamChannel<Element>(idle: .seconds(1)) {}
            channel.finish(.failure(error))
            return RunStream(channel: channel)
        }
        let idle = controller.current.manifest.limits.idle
        let handle = RunHandle()
        let channel = StreamChannel<Element>(idle: idle) { handle.stop() }
        let hash = Self.routeHash(controller, input, options)
        let run = PendingRun(options: options, routeHash: hash) { [weak controller] kind in
            channel.finish(.failure(controller?.waitingError(kind) ?? TaskError(kind, task: task)))
        } body: { run, instance, interpreter in
            run.onStop { channel.wake() }
            controller.execute(run, on: instance, interpreter, answer: { channel.finish($0) }) {
                (script, bytes) throws(PythonFailure) in
                try script.stream(input, of: Element.self, resultBytes: bytes) { element in
                    interpreter.offTheClock(when: channel.isFull) { channel.offer(element) }
                }
            }
        }
        handle.run = run
        controller.submit(run)
        controller.watchDeadline(of: run)
        return RunStream(channel: channel)
    }
}

/// The run behind a stream, known only after the stream.
///
/// Not held, as the run holds its stream: while there is something to stop, the queue or the VM's thread holds the run.
private final class RunHandle: Sendable {
    private struct Reference {
        weak var run: PendingRun?
    }
    private let present = Mutex(Reference())

    var run: PendingRun? {
        get { present.withLock(\.run) }
        set { present.withLock { $0.run = newValue } }
    }

    func stop() { run?.stop(.cancelled) }
}

/// Carries values from a VM's thread to an asynchronous consumer, a few at a time.
final class StreamChannel<Element: Sendable>: @unchecked Sendable {
    /// Enough to hide the hop between threads, few enough that a slow consumer holds the script back soon.
    private let capacity = 16
    private let idle: Duration
    private let onAbandon: @Sendable () -> Void
    // Guards everything below; the VM's thread waits on it, so it is no `Mutex`.
    private let lock = NSCondition()
    private var elements: [Element] = []
    private var outcome: Result<Void, TaskError>?
    private var consumer: CheckedContinuation<Result<Element?, TaskError>, Never>?
    private var isAbandoned = false
    private var isWoken = false
    private var isIdle = false

    init(idle: Duration, onAbandon: @escaping @Sendable () -> Void) {
        self.idle = idle
        self.onAbandon = onAbandon
    }

    // MARK: the VM's side

    var isFull: Bool {
        lock.lock()
        defer { lock.unlock() }
        return elements.count >= capacity
    }

    /// Hands over a value, waiting for room. False when the run should end.
    func offer(_ element: Element) -> Bool {
        lock.lock()
        let end = Date().addingTimeInterval(Double(idle.nanoseconds) / 1e9)
        while elements.count >= capacity && !isAbandoned && !isWoken {
            guard lock.wait(until: end) else {
                isIdle = true
                break
            }
        }
        guard !isAbandoned, !isIdle else {
            lock.unlock()
            return false
        }
        if let consumer = consumer.take() {
            lock.unlock()
            consumer.resume(returning: Result<Element?, TaskError>.success(element))
        } else {
            elements.append(element)
            lock.unlock()
        }
        return true
    }

    /// Lets a waiting VM go on, to meet its stop.
    func wake() {
        lock.lock()
        isWoken = true
        lock.broadcast()
        lock.unlock()
    }

    func finish(_ result: Result<Void, TaskError>) {
        lock.lock()
        let result = isIdle ? idled(result) : result
        outcome = result
        let waiting = consumer.take()
        lock.unlock()
        waiting?.resume(returning: result.map { Element?.none })
    }

    /// The run ended in good order, but because nobody read on.
    private func idled(_ result: Result<Void, TaskError>) -> Result<Void, TaskError> {
        guard case .success = result else { return result }
        return .failure(TaskError(.limit(.idle), task: "stream", amount: Quantity.text(idle)))
    }

    // MARK: the consumer's side

    func next() async throws(TaskError) -> Element? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                lock.lock()
                if !elements.isEmpty {
                    let element = elements.removeFirst()
                    lock.broadcast()
                    lock.unlock()
                    continuation.resume(returning: Result<Element?, TaskError>.success(element))
                } else if let outcome {
                    lock.unlock()
                    continuation.resume(returning: outcome.map { Element?.none })
                } else {
                    consumer = continuation
                    lock.unlock()
                }
            }
        } onCancel: {
            onAbandon()
        }
        return try result.get()
    }

    /// Nobody reads on.
    func abandon() {
        lock.lock()
        let isOpen = outcome == nil
        isAbandoned = true
        lock.broadcast()
        lock.unlock()
        if isOpen { onAbandon() }
    }
}
