// One import for an app: values, errors and modules of the fence belong to the API.
@_exported public import WalleBinding
@_exported public import WallePython
@_exported public import WalleStreams
