extension TaskPackage {
    /// The same package with parts of its manifest replaced, as `walle run --parallel` does.
    package func adjusting(_ change: (inout TaskManifest) -> Void) -> TaskPackage {
        var manifest = manifest
        change(&manifest)
        return TaskPackage(
            folder: folder, manifest: manifest, examples: examples, files: files, fingerprint: fingerprint)
    }
}
