"""A task that hangs when asked to, to show that the host stops it."""

from itertools import repeat
from time import sleep

HOUR_SECONDS = 3600.0

NATIVE_STEPS = 300_000_000
"""A second or a few: long enough to be given up, short enough to see the VM come back."""


def run(request: dict) -> dict:
    """Return at once, or never.

    Parameters
    ----------
    request : dict
        ``{"mode": str}``: "ok" returns; "loop" computes for ever; "swallow" does too and catches
        every exception that should stop it; "sleep" waits in a system call; "native" sits in one
        long call of a C function.

    Returns
    -------
    dict
        ``{"mode": "ok", "finished": True}``.

    Raises
    ------
    ValueError
        If the mode is none of these.
    """
    mode = request["mode"]
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
    MODES[mode]()
    return {"mode": mode, "finished": True}


def finish() -> None:
    """Do nothing."""


def loop() -> None:
    """Count up for ever."""
    count = 0
    while True:
        count += 1


def swallow() -> None:
    """Count up for ever and ignore each exception raised to stop it."""
    while True:
        try:
            loop()
        except BaseException:  # The point of this mode: one polite exception is not enough.
            continue


def wait() -> None:
    """Sleep for ever, an hour at a time."""
    while True:
        sleep(HOUR_SECONDS)


def native() -> None:
    """Compute inside one C function, which sees no exception before it returns."""
    sum(repeat(1, NATIVE_STEPS))


MODES = {"ok": finish, "loop": loop, "swallow": swallow, "sleep": wait, "native": native}
