"""A task that hangs when asked to, to show that the host stops it."""

from time import sleep

HOUR_SECONDS = 3600.0


def run(request: dict) -> dict:
    """Return at once, or never.

    Parameters
    ----------
    request : dict
        ``{"mode": str}``: "ok" returns; "loop" computes for ever; "swallow" does too and catches
        every exception that should stop it; "sleep" waits in a system call.

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


MODES = {"ok": finish, "loop": loop, "swallow": swallow, "sleep": wait}
