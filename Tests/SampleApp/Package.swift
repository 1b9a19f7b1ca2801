// swift-tools-version: 6.2
import PackageDescription

// An app as its developer would write it: no flags, no settings, no environment.
let package = Package(
    name: "SampleApp",
    dependencies: [.package(name: "walle", path: "../..")],
    targets: [
        .executableTarget(
            name: "SampleApp",
            dependencies: [.product(name: "Walle", package: "walle")])
    ]
)
