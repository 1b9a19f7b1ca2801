internal import Foundation

/// Another program, run to its end.
struct Subprocess {
    var status: Int32
    var output: String
    var error: String

    /// - Throws: When the program cannot be started.
    static func run(_ program: String, _ arguments: [String]) throws -> Subprocess {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Read at the same time: a full pipe would hold the program for ever.
        let queue = DispatchQueue(label: "walle.subprocess")
        nonisolated(unsafe) var errorData = Data()
        queue.async { errorData = error.fileHandleForReading.readDataToEndOfFile() }
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        queue.sync {}
        process.waitUntilExit()
        return Subprocess(
            status: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
            error: String(decoding: errorData, as: UTF8.self))
    }
}
