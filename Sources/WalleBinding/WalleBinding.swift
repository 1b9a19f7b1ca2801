public struct PythonModule: Sendable {}
