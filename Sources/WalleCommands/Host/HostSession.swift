internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals
internal import Walle

/// A host with its folder, its lines of requests and its signals, from start to end.
struct HostSession: Sendable {
    let folder: String
    let console: Console
    let options: CommonOptions
    let input: FileHandle
    let stays: Bool
    /// The file that says which events are taken, and the one that they are kept in.
    var events: String?
    var store: String?

    /// Runs until the input ends, the calling task is cancelled, or SIGINT or SIGTERM comes.
    func run() async throws -> CommandStatus {
        var configuration = HostConfiguration()
        configuration.logger = ConsoleLogHandler.logger(on: console, quiet: options.quiet)
        if let file = events {
            configuration.events = try EventConfiguration(contentsOf: file)
            configuration.events.store = store.map { EventStore(path: $0) }
        }
        let schema = events == nil ? nil : configuration.events.schema
        let host = try TaskHost(configuration: configuration)
        let events = host.events
        let eventsSaid = Task { await say(events) }
        let tasks = TaskFolder(folder, on: host, console)
        await tasks.update()
        try await group(host, tasks, schema).run()
        let status = host.status
        await host.shutdown()
        await eventsSaid.value
        if !options.quiet { say(status) }
        return .success
    }

    private func group(_ host: TaskHost, _ tasks: TaskFolder, _ schema: EventSchema?) -> ServiceGroup {
        typealias Configured = ServiceGroupConfiguration.ServiceConfiguration
        // Ended in reverse: first no more requests, then no more swaps; the host is ended after the last answers.
        let services = [
            Configured(service: StatusService(host: host) { say($0) }),
            Configured(service: FolderService(watch: FolderWatch(folder), tasks: tasks)),
            Configured(
                service: LineServer(host: host, console: console, input: input, stays: stays, schema: schema),
                successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        var quiet = Logger(label: "walle.services") { _ in SwiftLogNoOpLogHandler() }
        quiet.logLevel = .critical
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    }

    private func answer(_ task: String, _ run: String, _ trigger: String, _ result: Result<Value, TaskError>) {
        let (task, run, trigger) = (Value.string(task), Value.string(run), Value.string(trigger))
        let head = "{\"id\": null, \"task\": \(task), \"trigger\": \(trigger), \"run\": \(run)"
        switch result {
        case .success(let output): console.print("\(head), \"output\": \(output)}")
        case .failure(let error): console.print("\(head), \"error\": \(error.value)}")
        }
    }

    private func say(_ status: HostStatus) {
        let table = StatusTable(status: status)
        console.say(options.format == .json ? table.json : table.text)
    }

    private func say(_ events: HostEvents) async {
        for await event in events {
            // Failed swaps are told by the folder, which knows of packages that cannot be read, too.
            if case .swapFailed = event.kind { continue }
            if case .ended = event.kind { continue }
            if case .triggered = event.kind { continue }
            if case .answered(let run, let trigger, let result) = event.kind {
                answer(event.task, run, trigger, result)
                continue
            }
            if !options.quiet || event.isTrouble { console.say("\(event)") }
        }
    }
}

extension HostEvent {
    fileprivate var isTrouble: Bool {
        switch kind {
        case .stopped, .condemned, .replacementFailed, .refused: true
        default: false
        }
    }
}

/// Swaps what changes in the folder.
private struct FolderService: Service {
    let watch: FolderWatch
    let tasks: TaskFolder

    func run() async throws {
        for await _ in watch.changes().cancelOnGracefulShutdown() { await tasks.update() }
    }
}

/// Tells the status on SIGUSR1.
private struct StatusService: Service {
    let host: TaskHost
    let say: @Sendable (HostStatus) -> Void

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigusr1)
        for await _ in signals.cancelOnGracefulShutdown() { say(host.status) }
    }
}
