import Foundation
import Testing
import Walle

private struct Picture: Codable, Sendable {
    var name: String
    var pixels: SharedBytes
}

extension HostSuite {
    @Suite struct SharedBytesTests {
        @Test func crossesARunWithoutACopy() async throws {
            let package = try TestPackage(
                """
                import walle
                kept = []
                def run(picture):
                    kept.append(picture["pixels"])
                    if picture["name"] == "copy":
                        return {"name": "own", "pixels": bytes(picture["pixels"])}
                    if picture["name"] == "new":
                        made = walle.Buffer(picture["pixels"])
                        memoryview(made)[0] = 77
                        return {"name": "new", "pixels": made}
                    return picture
                """)
            let address = { (bytes: SharedBytes) in bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
            let pixels = SharedBytes(count: 1 << 16) { $0[0] = 3 }
            try await withHost(package) { host in
                let same: Picture = try await host.run("sample", Picture(name: "same", pixels: pixels))
                #expect(address(same.pixels) == address(pixels))
                let copy: Picture = try await host.run("sample", Picture(name: "copy", pixels: pixels))
                #expect(copy.pixels == pixels && address(copy.pixels) != address(pixels))
                let new: Picture = try await host.run("sample", Picture(name: "new", pixels: pixels))
                #expect(new.pixels[0] == 77 && pixels[0] == 3)
            }
        }

        @Test func countsAgainstLimits() async throws {
            let package = try TestPackage(
                toml: "[limits]\nmemory = \"64MB\"\nresult = \"1MB\"", "def run(data):\n    return data")
            try await withHost(package) { host in
                let large = SharedBytes(count: 2 << 20) { _ in }
                let result = await failure { () async throws(TaskError) in
                    try await host.run("sample", large, as: SharedBytes.self)
                }
                #expect(result?.description.contains("limits.result") == true, "\(String(describing: result))")
                let huge = SharedBytes(count: 100 << 20) { _ in }
                let input = await failure { () async throws(TaskError) in
                    try await host.run("sample", huge, as: SharedBytes.self)
                }
                #expect(input?.kind == .limit(.memory), "\(String(describing: input))")
            }
        }
    }
}
