"""Keep SQL inside the policy of the VM.

``ATTACH`` and ``VACUUM INTO`` open files, and a few ``PRAGMA`` change SQLite for the whole process, all without an audit
event. Every connection therefore has an authorizer that asks the policy; the authorizer of a script comes after it.
"""

import sys
from collections.abc import Callable
from types import ModuleType

Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]

#: One value for all connections of the process, so for all VMs and the host.
PROCESS_PRAGMAS = frozenset({"data_store_directory", "hard_heap_limit", "soft_heap_limit", "temp_store_directory"})


def install(sqlite3: ModuleType) -> None:
    """Replace ``connect`` and ``Connection`` of the module *sqlite3*."""
    from sqlite3 import dbapi2

    original = dbapi2.Connection
    attach, pragma, ok, deny = dbapi2.SQLITE_ATTACH, dbapi2.SQLITE_PRAGMA, dbapi2.SQLITE_OK, dbapi2.SQLITE_DENY

    class Guard:
        """The authorizer of one connection."""

        __slots__ = ("script",)

        def __init__(self) -> None:
            self.script: Authorizer | None = None

        def __call__(
            self, action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
        ) -> int:
            if action == attach:
                if first is None:  # The name is an expression, known only when the statement runs.
                    return deny
                if first not in ("", ":memory:"):
                    sys.audit("sqlite3.connect", first)
            elif action == pragma and first is not None and first.lower() in PROCESS_PRAGMAS:
                return deny
            return ok if self.script is None else self.script(action, first, second, database, trigger)

    class Connection(original):
        __doc__ = original.__doc__

        def __init__(self, *arguments: object, **options: object) -> None:
            self._guard = Guard()
            super().__init__(*arguments, **options)
            super().set_authorizer(self._guard)

        def set_authorizer(self, authorizer_callback: Authorizer | None) -> None:
            self._guard.script = authorizer_callback
            super().set_authorizer(self._guard)  # SQLite prepares its statements again.

    def connect(*arguments: object, **options: object) -> object:
        if len(arguments) < 6:
            options.setdefault("factory", Connection)
        return original_connect(*arguments, **options)

    original_connect = dbapi2.connect
    connect.__doc__ = original_connect.__doc__
    Connection.__module__ = connect.__module__ = "sqlite3"
    Connection.__qualname__ = "Connection"
    connect.__qualname__ = "connect"
    for module in (sqlite3, dbapi2):
        module.Connection = Connection
        module.connect = connect
