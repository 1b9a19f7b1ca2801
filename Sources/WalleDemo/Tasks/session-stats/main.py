"""Statistics of sessions: how long, how deep, how varied, and what people do in them."""

from collections import Counter
from itertools import pairwise
from math import ceil, log2

from walle import task

GAP_SECONDS: float = task.config["gap_seconds"]
GOAL: str = task.config["goal"]
PATH_LENGTH: int = task.config["path_length"]
TOP_PATHS: int = task.config["top_paths"]

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}

type Session = list[dict]
"""Events of one user without a long pause, in the order of time."""


def run(batch: dict) -> dict:
    """Split events into sessions and describe them.

    Parameters
    ----------
    batch : dict
        ``{"events": [{"user": int | str, "event": str, "time": float, "platform": str}, ...]}``
        with all events of each user in it, each user's in the order of time (seconds, UTC).
        ``platform`` is optional.

    Returns
    -------
    dict
        ``users``, ``events``, ``sessions``; ``bounce_rate``: share of sessions of one event;
        ``goal_rate``: share with a purchase; ``duration_seconds``, ``length`` (events),
        ``pause_seconds`` (between events of a session) and ``return_seconds`` (between sessions
        of a user): mean, p50, p90, p99, or None; ``entropy_bits``: of the events;
        ``transition_entropy_bits``: of an event when the one before it in the session is known;
        ``top_paths``: ``[{"path": [str, ...], "sessions": int}, ...]``, the commonest runs of
        three events and how many sessions have them; ``entries`` and ``exits``: first and last
        events of sessions, commonest first; ``by_platform``: sessions, goal_rate and mean length
        for the platform a session began on.
    """
    users = group_by_user(batch["events"])
    visits = [split(events) for events in users.values()]
    sessions = [session for sessions in visits for session in sessions]
    names = [[event["event"] for event in session] for session in sessions]
    return {
        "users": len(users),
        "events": len(batch["events"]),
        "sessions": len(sessions),
        "bounce_rate": mean([len(session) == 1 for session in sessions]),
        "goal_rate": mean([GOAL in session for session in names]),
        "duration_seconds": describe([s[-1]["time"] - s[0]["time"] for s in sessions]),
        "length": describe([len(session) for session in sessions]),
        "pause_seconds": describe([pause for s in sessions for pause in pauses(s)]),
        "return_seconds": describe([pause for sessions in visits for pause in returns(sessions)]),
        "entropy_bits": entropy(Counter(name for session in names for name in session)),
        "transition_entropy_bits": transition_entropy(names),
        "top_paths": top_paths(names),
        "entries": ranked(Counter(session[0] for session in names)),
        "exits": ranked(Counter(session[-1] for session in names)),
        "by_platform": by_platform(sessions),
    }


def group_by_user(events: list[dict]) -> dict[int | str, list[dict]]:
    """Split events by user, keeping their order."""
    users: dict[int | str, list[dict]] = {}
    for event in events:
        users.setdefault(event["user"], []).append(event)
    return users


def split(events: list[dict]) -> list[Session]:
    """Split a user's events where the pause is longer than ``gap_seconds``."""
    sessions: list[Session] = [[events[0]]]
    for earlier, event in pairwise(events):
        if event["time"] - earlier["time"] > GAP_SECONDS:
            sessions.append([])
        sessions[-1].append(event)
    return sessions


def pauses(session: Session) -> list[float]:
    """Seconds between the events of a session."""
    return [later["time"] - earlier["time"] for earlier, later in pairwise(session)]


def returns(sessions: list[Session]) -> list[float]:
    """Seconds from the end of each session to the begin of the user's next one."""
    pairs = pairwise(sessions)
    return [later[0]["time"] - earlier[-1]["time"] for earlier, later in pairs]


def transition_entropy(names: list[list[str]]) -> float:
    """Entropy of an event given the one before it in the session, in bits."""
    pairs = Counter(pair for session in names for pair in pairwise(session))
    sources: Counter[str] = Counter()
    for (source, _), count in pairs.items():
        sources[source] += count
    return max(0.0, entropy(pairs) - entropy(sources))


def entropy(counts: Counter) -> float:
    """Entropy of a distribution given by counts, in bits."""
    total = counts.total()
    return sum(n / total * log2(total / n) for n in counts.values())


def top_paths(names: list[list[str]]) -> list[dict]:
    """Find the runs of ``path_length`` events most sessions have; equal ones in order of names."""
    counts: Counter[tuple[str, ...]] = Counter()
    for session in names:
        shifted = (session[start:] for start in range(PATH_LENGTH))
        counts.update(dict.fromkeys(zip(*shifted), 1))
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP_PATHS]
    return [{"path": list(path), "sessions": count} for path, count in best]


def ranked(counts: Counter[str]) -> dict[str, int]:
    """Sort counts, commonest first; equal ones in order of names."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def by_platform(sessions: list[Session]) -> dict[str, dict]:
    """Describe the sessions that began on each platform."""
    groups: dict[str, list[Session]] = {}
    for session in sessions:
        groups.setdefault(session[0].get("platform", "unknown"), []).append(session)
    return {platform: platform_report(groups[platform]) for platform in sorted(groups)}


def platform_report(sessions: list[Session]) -> dict:
    """Give sessions, goal_rate and mean length."""
    reached = [any(event["event"] == GOAL for event in session) for session in sessions]
    return {
        "sessions": len(sessions),
        "goal_rate": mean(reached),
        "mean_length": mean([len(session) for session in sessions]),
    }


def mean(values: list) -> float | None:
    """Arithmetic mean, None of nothing."""
    return sum(values) / len(values) if values else None


def describe(values: list[float]) -> dict[str, float | None] | None:
    """Mean and nearest-rank quantiles, None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    ranks = {name: ordered[ceil(q * len(ordered)) - 1] for name, q in QUANTILES.items()}
    return {"mean": mean(ordered), **ranks}
