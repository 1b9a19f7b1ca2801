internal import Foundation
internal import WallePython

/// Gets wheels through pip, which knows indexes, proxies and caches as its user set them up.
struct WheelDownload {
    let requirement: Requirement
    let withDependencies: Bool

    /// The wheels, in a folder that may have others in it no longer.
    func run(into folder: String) throws -> [Wheel] {
        let result = try Subprocess.run("python3", arguments(folder))
        guard result.status == 0 else { throw Self.failure(requirement.text, result) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.sorted().map { try Wheel(folder + "/" + $0) }
    }

    private func arguments(_ folder: String) throws -> [String] {
        // As for a Python without C: pip then takes no wheel of another kind, also where a pure one exists beside it.
        let version = try PythonRuntime.shared().version.split(separator: ".").prefix(2).joined(separator: ".")
        var arguments = [
            "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:",
            "--implementation", "py",
            "--abi", "none", "--platform", "any", "--python-version", version, "--dest", folder,
        ]
        if !withDependencies { arguments.append("--no-deps") }
        return arguments + ["--", requirement.text]
    }

    private static func failure(_ name: String, _ result: Subprocess) -> VendorError {
        let lines = result.error.split(separator: "\n").filter { !$0.hasPrefix("WARNING") && !$0.hasPrefix("[notice]") }
        let reason = lines.suffix(3).joined(separator: "\n  ")
        // 127: no python3 either.
        if result.status == 127 || result.error.contains("No module named pip") {
            return VendorError("walle add needs python3 with pip: install python3-pip.")
        }
        if result.error.contains("No matching distribution") || result.error.contains("is not a supported wheel") {
            return VendorError(
                "\(name): there is no pure-Python wheel of it. A task can vendor packages of Python files only; for arrays use "
                    + "walle.numpy.\n  \(reason)")
        }
        return VendorError("\(name) could not be downloaded.\n  \(reason)")
    }
}
