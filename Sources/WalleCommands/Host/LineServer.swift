internal import Foundation
internal import ServiceLifecycle
internal import Synchronization
internal import Walle
internal import WallePython

/// Reads requests as lines of JSON and writes the answers as they are there.
struct LineServer: Service {
    let host: TaskHost
    let console: Console
    let input: FileHandle
    /// Whether the host goes on after the end of the input.
    let stays: Bool
    /// What events have; nil when there are none.
    var schema: EventSchema?
    /// Requests under way; the reader waits for one to be answered before it reads on.
    private static let mostRequests = 4096

    func run() async throws {
        let room = DispatchSemaphore(value: Self.mostRequests)
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        read(into: continuation, room)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await line in lines {
                    // In their order, and one behind the other: requests may overtake each other, events may not.
                    if let schema, take(line, schema) {
                        room.signal()
                        continue
                    }
                    group.addTask {
                        await answer(line)
                        room.signal()
                    }
                }
            }
        } onGracefulShutdown: {
            continuation.finish()
        }
        if stays { try? await gracefulShutdown() }
    }

    /// On a thread of its own, which waits in the system; the process's end ends it.
    private func read(into continuation: AsyncStream<String>.Continuation, _ room: DispatchSemaphore) {
        let reader = LineReader(input)
        let thread = Thread {
            var reader = reader
            while let line = reader.next() {
                if line.allSatisfy(\.isWhitespace) { continue }
                room.wait()
                if case .terminated = continuation.yield(line) { return }
            }
            continuation.finish()
        }
        thread.name = "walle-lines"
        thread.start()
    }

    // MARK: events

    /// - Returns: Whether the line was an event.
    private func take(_ line: String, _ schema: EventSchema) -> Bool {
        guard case .dictionary(let members)? = try? JSONText.value(of: line), members["task"] == nil,
            members[schema.event] != nil
        else { return false }
        do throws(StreamError) {
            try send(try Event(members, schema))
        } catch {
            let problem: Value = ["kind": "event", "message": .string(error.description)]
            console.print("{\"id\": null, \"error\": \(problem)}")
        }
        return true
    }

    /// Waits while too many runs wait: the writer of the lines is held back by that.
    private func send(_ event: Event) throws(StreamError) {
        while true {
            do throws(StreamError) {
                try host.send(event)
                return
            } catch {
                guard error.code == .limit, host.triggeredRuns > 0 else { throw error }
                Thread.sleep(forTimeInterval: 0.005)
            }
        }
    }

    // MARK: answers

    private func answer(_ line: String) async {
        do throws(RequestLine.Problem) {
            let request = try RequestLine(line)
            if request.isStream { await stream(request) } else { await run(request) }
        } catch {
            let problem: Value = ["kind": "request", "message": .string(error.message)]
            console.print("{\"id\": \(error.id), \"error\": \(problem)}")
        }
    }

    private func run(_ request: RequestLine) async {
        do throws(TaskError) {
            let output = try await host.run(request.task, request.input, as: JSONLine.self, options: request.options)
            console.print("\(head(request)), \"output\": \(output)}")
        } catch {
            console.print("\(head(request)), \"error\": \(error.value)}")
        }
    }

    private func stream(_ request: RequestLine) async {
        let values = host.stream(request.task, request.input, of: JSONLine.self, options: request.options)
        do {
            for try await value in values { console.print("\(head(request)), \"value\": \(value)}") }
            console.print("\(head(request)), \"done\": true}")
        } catch {
            console.print("\(head(request)), \"error\": \(error.value)}")
        }
    }

    private func head(_ request: RequestLine) -> String {
        "{\"id\": \(request.id), \"task\": \(Value.string(request.task))"
    }
}
