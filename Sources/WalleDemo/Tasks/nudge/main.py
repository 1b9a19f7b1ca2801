"""Decide what to tell a user who hesitates. Started by the triggers of task.toml.

Takes
-----
match : dict
    ``trigger``, ``key`` (the user), and ``events``, ``steps`` and ``places`` of the match.

Gives
-----
dict
    ``user``, ``trigger``, ``message``, the ``time`` of the match in microseconds, and the ``seconds`` from its first
    event to the last.
"""

from collections import Counter

from walle import task

PATIENCE: int = task.config["patience"]


def run(match: dict) -> dict:
    """Choose a message."""
    events = match["events"]
    counts = Counter(event["event"] for event in events)
    if match["trigger"] == "fails":
        message = "support"
    elif counts["product_view"] >= PATIENCE:
        message = "comparison"
    else:
        message = "reminder"
    return {
        "user": match["key"],
        "trigger": match["trigger"],
        "message": message,
        "time": match["time"],
        "seconds": (events[-1]["timestamp"] - events[0]["timestamp"]) / 1e6,
    }
