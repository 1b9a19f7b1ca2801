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

    /// Runs until the input ends, the calling task is cancelled, or SIGINT or SIGTERM comes.
    func run() async throws -> CommandStatus {
        var configuration = HostConfiguration()
        configuration.logger = ConsoleLogHandler.logger(on: console, quiet: options.quiet)
        let host = try TaskHost(configuration: configuration)
        let events = host.events
        let eventsSaid = Task { await say(events) }
        let tasks = TaskFolder(folder, on: host, console)
        await tasks.update()
        try await group(host, tasks).run()
        let status = host.status
        await host.shutdown()
        await eventsSaid.value
        if !options.quiet { say(status) }
        return .success
    }

    private func group(_ host: TaskHost, _ tasks: TaskFolder) -> ServiceGroup {
        typealias Configured = ServiceGroupConfiguration.ServiceConfiguration
        // Ended in reverse: first no more requests, then no more swaps; the host is ended after the last answers.
        let services = [
            Configured(service: StatusService(host: host) { say($0) }),
            Configured(service: FolderService(watch: FolderWatch(folder), tasks: tasks)),
            Configured(
                service: LineServer(host: host, console: console, input: input, stays: stays),
                successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        var quiet = Logger(label: "walle.services") { _ in SwiftLogNoOpLogHandler() }
        quiet.logLevel = .critical
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
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
