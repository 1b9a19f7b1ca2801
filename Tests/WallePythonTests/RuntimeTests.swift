import Testing

/// Parent of every suite that runs Python: the process has one CPython.
@Suite(.serialized) enum RuntimeTests {}
