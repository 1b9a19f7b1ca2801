"""What a task gets from its host: see `walle.task`.

`walle.Buffer` holds bytes that task and app share without a copy.
"""

import sys

TYPE_CHECKING = False  # as in `typing`, which every idle VM would pay for
if TYPE_CHECKING:
    from walle._buffer import Buffer

__all__ = ["Buffer"]


def __getattr__(name):
    # Made at the first use.
    if name != "Buffer":
        raise AttributeError(f"module 'walle' has no attribute {name!r}")
    if "_walle" in sys.modules:
        from walle._buffer import Buffer
    else:
        from walle._local import Buffer
    globals()["Buffer"] = Buffer
    return Buffer
