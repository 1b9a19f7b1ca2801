// swift-tools-version: 6.2
import PackageDescription

/// `Scripts/bootstrap` leaves this file, which points at the CPython it chose or built. The path is constant, so a
/// manifest evaluated before the first bootstrap stays right.
let cache = Context.environment["XDG_CACHE_HOME"] ?? "\(Context.environment["HOME"] ?? "~")/.cache"
let pythonPkgConfig = "\(cache)/walle/python/python3-embed.pc"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")

let package = Package(
    name: "walle",
    products: [
        .library(name: "Walle", targets: ["Walle"]),
        .executable(name: "walle", targets: ["WalleCLI"]),
        .executable(name: "walle-soak", targets: ["WalleSoak"]),
        .executable(name: "walle-demo", targets: ["WalleDemo"]),
        .executable(name: "walle-bench", targets: ["WalleBenchmarks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        // The C API of CPython, and what its macros hide from Swift.
        .systemLibrary(
            name: "CWallePython",
            pkgConfig: pythonPkgConfig,
            providers: [.apt(["libpython3-dev"])]
        ),
        // One heap an interpreter, with its byte limit, behind CPython's allocator hooks.
        .target(name: "CWalleHeap", dependencies: ["CWallePython"]),
        // The timer signal that stops a run: what must be safe inside a signal handler.
        .target(name: "CWalleStop", dependencies: ["CWalleHeap", "CWallePython"]),
        // Python objects that hold objects of Swift: layout, classes, methods.
        .target(name: "CWalleObjects", dependencies: ["CWallePython"]),
        // Memory that Swift and several VMs hold together.
        .target(name: "WalleMemory", swiftSettings: strict),
        // What people write in settings: durations and sizes, and which name they may have meant.
        .target(name: "WalleText", swiftSettings: strict),
        // The inflating half of zlib, for compressed logs.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Events: triggers, windows, patterns, and their storage. Knows nothing of Python.
        .target(
            name: "WalleStreams", dependencies: ["CZlib", "WalleMemory", "WalleText", grdb, sqlite],
            swiftSettings: strict),
        // Inner loops over numbers, with SIMD, behind one table chosen by CPU feature.
        .target(name: "CWalleKernels"),
        // Arrays: element types, views, operators and what executes them. Knows nothing of Python.
        .target(name: "WalleTensor", dependencies: ["CWalleKernels", "WalleMemory"], swiftSettings: strict),
        // The Python files a task may import, found beside the executable.
        .target(
            name: "WalleStdlib",
            path: "Stdlib",
            exclude: [],
            sources: ["Stdlib.swift"],
            resources: [.copy("walle"), .copy("replacements"), .copy("python.toml")],
            swiftSettings: strict
        ),
        // The fence: an interpreter pinned to a thread, its limits, stop, policy and conversion.
        .target(
            name: "WallePython",
            dependencies: [
                "CWallePython", "CWalleHeap", "CWalleStop", "CWalleObjects", "WalleMemory", "WalleTensor",
                "WalleStdlib", bigInt,
            ],
            swiftSettings: strict
        ),
        // Declare a Python module, its classes, functions and stubs in Swift.
        .target(
            name: "WalleBinding", dependencies: ["CWallePython", "CWalleObjects", "WallePython"],
            swiftSettings: strict),
        // Arrays as objects of Python: `walle._tensor`, which `walle.numpy` is built upon.
        .target(
            name: "WalleArrays",
            dependencies: [
                "CWallePython", "CWalleKernels", "CWalleStop", "WalleMemory", "WalleTensor", "WallePython",
                "WalleBinding",
            ],
            swiftSettings: strict),
        // Thin adapters that give Swift modules to Python.
        .target(
            name: "WalleModules",
            dependencies: [
                "CWallePython", "WalleArrays", "WalleBinding", "WalleMemory", "WallePython", "WalleStreams",
                "WalleTensor", "WalleText", logging,
            ],
            swiftSettings: strict),
        // The app developer's API: hosts, task packages, runs, swaps.
        .target(
            name: "Walle",
            dependencies: [
                "WallePython", "WalleBinding", "WalleModules", "WalleStdlib", "WalleStreams", "WalleText", logging,
                metrics,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        // The commands of `walle`, which tests call as well.
        .target(
            name: "WalleCommands",
            dependencies: [
                "Walle", "WalleBinding", "WallePython", "WalleStdlib", "WalleStreams", "WalleTensor", "WalleText",
                logging,
                bigInt,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        // The executable `walle`: nothing but its start.
        .executableTarget(name: "WalleCLI", dependencies: ["WalleCommands"], swiftSettings: strict),
        .testTarget(
            name: "WalleCommandsTests",
            dependencies: [
                "WalleCommands", "WalleCLI", "Walle", "WallePython",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        // Random load for hours, from a seed.
        .executableTarget(
            name: "WalleSoak",
            dependencies: [
                "Walle", logging, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        // Runs a Python file in an interpreter of Walle's: for suites and oracles that are written in Python.
        .executableTarget(
            name: "WalleScript",
            dependencies: ["CWallePython", "WalleArrays", "WalleBinding", "WalleModules", "WallePython"],
            path: "Tests/ScriptRunner", exclude: ["array_api.py"], swiftSettings: strict),
        // Streams events into a store until a test kills it.
        .executableTarget(
            name: "WalleStreamCrash", dependencies: ["WalleStreams"], path: "Tests/StreamCrash", swiftSettings: strict),
        // An app that hosts tasks on an event log, by the public API of Walle alone.
        .executableTarget(
            name: "WalleDemo",
            dependencies: [
                "Walle", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.copy("Tasks"), .copy("events.toml")],
            swiftSettings: strict
        ),
        // The base lines of benchmarks that only C can give.
        .target(name: "CWalleBenchmarks", dependencies: ["CWallePython"]),
        // Measures Walle beside its peers in one run; prints a table and JSON.
        .executableTarget(
            name: "WalleBenchmarks",
            dependencies: [
                "Walle", "WallePython", "WalleBinding", "WalleModules", "WalleTensor", "CWallePython",
                "CWalleBenchmarks",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [.copy("Peers")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WalleHostTests",
            dependencies: [
                "Walle", "WalleBinding", "WallePython", "WalleTensor", logging, metrics,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WallePythonTests", dependencies: ["CWalleHeap", "Walle", "WallePython"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "WalleTensorTests", dependencies: ["CWalleKernels", "WalleTensor"],
            swiftSettings: strict),
        .testTarget(
            name: "WalleStreamsTests", dependencies: ["WalleStreams", "WalleStreamCrash", "WalleText"],
            swiftSettings: strict),
        .testTarget(
            name: "WalleNumpyTests", dependencies: ["WalleBinding", "WalleModules", "WallePython"],
            exclude: ["Fixtures", "Oracle"],
            swiftSettings: strict),
        .testTarget(
            name: "WalleStreamsPythonTests",
            dependencies: ["Walle", "WalleBinding", "WalleModules", "WallePython", "WalleStreams"],
            exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "WalleStdlibTests", dependencies: ["Walle", "WallePython", "WalleStdlib"], swiftSettings: strict),
        .testTarget(
            name: "WalleTests",
            dependencies: ["Walle", "WallePython", "WalleStdlib", "WalleStreams", "WalleText"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WalleBindingTests", dependencies: ["WalleBinding", "WalleModules", "WallePython", logging],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
