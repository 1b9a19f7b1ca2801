import Foundation
import Logging
import Walle

/// A task package in a temporary folder, gone with its owner.
final class TestPackage: Sendable {
    let path: String

    /// - Parameters:
    ///   - toml: What follows the `[task]` table's name and version, as in `instances = 2`, and further tables.
    ///   - files: More files, by path in the package.
    init(
        name: String = "sample", version: String = "1.0.0", toml: String = "", files: [String: String] = [:],
        _ main: String
    ) throws {
        path = NSTemporaryDirectory() + "walle-test-\(UUID().uuidString)/\(name)"
        try write("task.toml", "[task]\nname = \"\(name)\"\nversion = \"\(version)\"\n\(toml)\n")
        try write("main.py", main)
        for (file, text) in files { try write(file, text) }
    }

    func write(_ file: String, _ text: String) throws {
        let target = path + "/" + file
        let folder = (target as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: target, atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    deinit { remove() }
}

/// A host with packages loaded, shut down at the end.
func withHost<Result>(
    _ packages: TestPackage..., configuration: HostConfiguration = quiet, _ body: (TaskHost) async throws -> Result
) async throws -> Result {
    let host = try TaskHost(configuration: configuration)
    do {
        for package in packages { try await host.load(package.path) }
        let result = try await body(host)
        await host.shutdown(patience: .seconds(1))
        return result
    } catch {
        await host.shutdown(patience: .seconds(1))
        throw error
    }
}

/// Logs nowhere.
let quiet: HostConfiguration = {
    var configuration = HostConfiguration()
    configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return configuration
}()

/// The error of a call that must fail.
func failure(_ body: () async throws(TaskError) -> some Any) async -> TaskError? {
    do throws(TaskError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// Keeps what a script logs.
final class LogCatcher: LogHandler, @unchecked Sendable {
    // Guards `lines`.
    private let lock = NSLock()
    private var lines: [String] = []
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lock.withLock { lines.append("\(event.level) \(event.message)") }
    }

    var caught: [String] { lock.withLock { lines } }
}
