internal import WalleArrays
package import WalleBinding
package import WallePython

/// The modules that Walle itself gives to Python, and where they are declared.
package enum WalleModules {
    /// Each with the source file that declares it, for the banner of its stub.
    package static let declared: [(module: PythonModule, source: String)] = [
        (TaskModule.module, "Sources/WalleModules/Task/TaskModule.swift"),
        (BufferModule.module, "Sources/WalleModules/Buffer/BufferModule.swift"),
        (StreamsModule.module, "Sources/WalleModules/Streams/StreamsModule.swift"),
    ]

    /// How tensors cross.
    package static let arrayExchange: any ArrayExchange = TensorExchange()

    package static var all: [PythonModule] { declared.map(\.module) + [ArrayModule.module] }
}
