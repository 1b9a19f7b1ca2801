"""How many users of each cohort get from one step of a funnel to the next, and how fast."""

from datetime import UTC, datetime, timedelta
from math import ceil

from walle import task

STEPS: list[str] = task.config["steps"]
WITHIN_SECONDS: float = task.config["within_seconds"]

WEEK = "week"
"""Cohort of a user by the Monday of the week of the first event."""

QUANTILES = {"p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9}


class Funnel:
    """How far the users of one cohort got.

    Attributes
    ----------
    reached : list of int
        Users who reached each step.
    seconds : list of list of float
        For each step, the times it took those users from the first step of the chain.
    """

    def __init__(self, length: int) -> None:
        self.users = 0
        self.reached = [0] * length
        self.seconds: list[list[float]] = [[] for _ in range(length)]

    def add(self, durations: list[float]) -> None:
        """Count a user who reached as many steps as there are durations."""
        self.users += 1
        for step, duration in enumerate(durations):
            self.reached[step] += 1
            self.seconds[step].append(duration)

    def report(self) -> dict:
        """Give counts, shares and quantiles; a share of nobody is None."""
        before = [self.users, *self.reached]
        return {
            "users": self.users,
            "reached": self.reached,
            "conversion": [share(now, was) for was, now in zip(before, self.reached)],
            "overall": share(self.reached[-1], self.reached[0]),
            "seconds_to_step": [quantiles(times) for times in self.seconds],
        }


def run(batch: dict) -> dict:
    """Measure a funnel for each cohort of users and for all of them.

    A user goes through the steps in order, other events between them allowed, each within a time
    after the first step. A chain may begin at any first step; the latest one that still works
    counts, so the times are the shortest ones to the first arrival at a step.

    Parameters
    ----------
    batch : dict
        ``{"events": [{"user": int | str, "event": str, "time": float, ...}, ...]}`` with all
        events of each user in it, each user's in the order of time (seconds, UTC). Optional:
        ``by``: "week" (of the user's first event, the default) or the name of any key of an
        event, such as "platform" (as it is in the user's first event); ``steps``: list of event
        names; ``within_seconds``: float.

    Returns
    -------
    dict
        ``steps``, ``by``, ``total`` and ``cohorts`` (name → the same as ``total``): ``users``;
        ``reached``, per step; ``conversion``, per step, of those who reached the step before it;
        ``overall``, of the first step's users; ``seconds_to_step``, per step: p25, p50, p75, p90
        of the time since the first step, None if nobody got there.
    """
    by = batch.get("by", WEEK)
    steps = batch.get("steps", STEPS)
    within = batch.get("within_seconds", WITHIN_SECONDS)
    total = Funnel(len(steps))
    cohorts: dict[str, Funnel] = {}
    for events in group_by_user(batch["events"]).values():
        durations = progress(events, steps, within)
        total.add(durations)
        cohorts.setdefault(cohort(events[0], by), Funnel(len(steps))).add(durations)
    return {
        "steps": steps,
        "by": by,
        "total": total.report(),
        "cohorts": {name: cohorts[name].report() for name in sorted(cohorts)},
    }


def group_by_user(events: list[dict]) -> dict[int | str, list[dict]]:
    """Split events by user, keeping their order."""
    users: dict[int | str, list[dict]] = {}
    for event in events:
        users.setdefault(event["user"], []).append(event)
    return users


def cohort(first: dict, by: str) -> str:
    """Name the cohort of a user from the first event."""
    if by != WEEK:
        return str(first[by])
    day = datetime.fromtimestamp(first["time"], UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def progress(events: list[dict], steps: list[str], within: float) -> list[float]:
    """Follow one user through the steps.

    For each step the latest begin of a chain that arrived there is enough: an earlier one runs out
    of time sooner.

    Returns
    -------
    list of float
        Seconds from the begin of the chain to the first arrival, for each step reached.
    """
    begins: list[float | None] = [None] * len(steps)
    durations: dict[int, float] = {}
    for event in events:
        name, time = event["event"], event["time"]
        for step in reversed(range(len(steps))):
            if name != steps[step]:
                continue
            begin = begins[step - 1] if step else time
            if begin is not None and time - begin <= within:
                begins[step] = begin
                durations.setdefault(step, time - begin)
    return [durations[step] for step in sorted(durations)]


def share(part: int, whole: int) -> float | None:
    """Part of a whole, None of nothing."""
    return part / whole if whole else None


def quantiles(values: list[float]) -> dict[str, float] | None:
    """Nearest-rank quantiles."""
    if not values:
        return None
    ordered = sorted(values)
    return {name: ordered[ceil(q * len(ordered)) - 1] for name, q in QUANTILES.items()}
