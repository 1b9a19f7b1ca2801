internal import Walle

/// Foundation has a `Host`, too; in this module the name means the host of tasks.
typealias Host = Walle.Host
