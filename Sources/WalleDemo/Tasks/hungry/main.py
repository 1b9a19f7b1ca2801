"""A task that eats memory when asked to, to show that the host refuses it."""

from sys import getsizeof

MEGABYTE = 1_000_000

LIST_ITEMS = 10_000

DEFAULT_MEGABYTES = 1_000
"""Far over the limit in task.toml, and small enough for a machine where the limit fails."""


def run(request: dict) -> dict:
    """Take memory and hold it until the run ends.

    Parameters
    ----------
    request : dict
        ``{"mode": str, "megabytes": int}``: "bytes" takes blocks of a megabyte, "lists" takes
        lists of integers, many small blocks; "ok" takes nothing. ``megabytes`` is optional.

    Returns
    -------
    dict
        ``{"mode": str, "megabytes": int}``: what was taken, in whole megabytes.

    Raises
    ------
    MemoryError
        If the host refuses.
    ValueError
        If the mode is none of these.
    """
    mode = request["mode"]
    wanted = request.get("megabytes", DEFAULT_MEGABYTES) * MEGABYTE
    match mode:
        case "ok":
            taken = 0
        case "bytes":
            taken = take_bytes(wanted)
        case "lists":
            taken = take_lists(wanted)
        case _:
            raise ValueError(f'mode is "ok", "bytes" or "lists", not {mode!r}')
    return {"mode": mode, "megabytes": taken // MEGABYTE}


def take_bytes(wanted: int) -> int:
    """Hold blocks of a megabyte until they have the wanted size together, in bytes."""
    held: list[bytes] = []
    while len(held) * MEGABYTE < wanted:
        held.append(b"\x01" * MEGABYTE)
    return len(held) * MEGABYTE


def take_lists(wanted: int) -> int:
    """Hold lists of new integers until they have the wanted size together, in bytes."""
    held: list[list[int]] = []
    taken = 0
    while taken < wanted:
        first = 1_000_000 + len(held) * LIST_ITEMS
        numbers = list(range(first, first + LIST_ITEMS))
        taken += getsizeof(numbers) + LIST_ITEMS * getsizeof(first)
        held.append(numbers)
    return taken
