"""Score how unlike the others a user acts: unlikely actions, at an unusual pace.

Everything is learned from the stream itself, each event after it was scored, in memory that does
not grow with the stream: transition counts, and quantiles by the P² algorithm.
"""

from math import expm1, log1p, log2

from walle import task

ALARM_QUANTILE: float = task.config["alarm_quantile"]
WARM_UP_EVENTS: int = task.config["warm_up_events"]
MEMORY: float = task.config["memory"]

START = ""
"""Action before the first one of a session."""

SESSION_GAP_SECONDS = 1800.0

MAX_ACTIONS = 64
"""Distinct action names kept; later ones count as ``OTHER``. Bounds the transition table."""

OTHER = "other"

MAX_USERS = 20_000
"""Users whose score is kept, the last active ones. Bounds a VM's memory."""

MAX_DEVIATION = 10.0
"""A single event counts for no more robust standard deviations than this."""

MAD_TO_SIGMA = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""

MIN_SIGMA = 0.1

PRIOR_EVENTS = 5.0
"""How many events after an action outweigh the frequencies of actions at all."""


class Quantile:
    """One quantile of a stream, estimated by five markers (P²; Jain and Chlamtac, 1985).

    Parameters
    ----------
    share : float
        Which quantile, between 0 and 1.
    """

    __slots__ = ("heights", "positions", "share", "shares", "wanted")

    def __init__(self, share: float) -> None:
        self.share = share
        self.shares = (0.0, share / 2, share, (1 + share) / 2, 1.0)
        self.heights: list[float] = []
        self.positions = [1, 2, 3, 4, 5]
        self.wanted = [1 + 4 * part for part in self.shares]

    @property
    def value(self) -> float:
        """The estimate; exact up to five values, zero of none."""
        heights = self.heights
        if len(heights) < 5:
            return heights[int(self.share * len(heights))] if heights else 0.0
        return heights[2]

    def add(self, value: float) -> None:
        """Take in one value."""
        heights = self.heights
        if len(heights) < 5:
            heights.append(value)
            heights.sort()
            return
        self.count(value)
        for marker in (1, 2, 3):
            self.adjust(marker)

    def count(self, value: float) -> None:
        """Move the outer markers to include a value, and the positions of those above it."""
        heights, positions = self.heights, self.positions
        heights[0] = min(heights[0], value)
        heights[4] = max(heights[4], value)
        for marker in (1, 2, 3):
            positions[marker] += value < heights[marker]
        positions[4] += 1
        self.wanted = [place + part for place, part in zip(self.wanted, self.shares)]

    def adjust(self, marker: int) -> None:
        """Move an inner marker by one position if it is one or more off its place."""
        positions = self.positions
        off = self.wanted[marker] - positions[marker]
        if off >= 1 and positions[marker + 1] - positions[marker] > 1:
            self.move(marker, 1)
        elif off <= -1 and positions[marker] - positions[marker - 1] > 1:
            self.move(marker, -1)

    def move(self, marker: int, step: int) -> None:
        """Move a marker along the parabola through its neighbours, or the line if it overshoots."""
        heights, positions = self.heights, self.positions
        below, here, above = heights[marker - 1 : marker + 2]
        left = positions[marker] - positions[marker - 1]
        right = positions[marker + 1] - positions[marker]
        up = (above - here) / right
        down = (here - below) / left
        height = here + step / (left + right) * ((left + step) * up + (right - step) * down)
        if not below < height < above:
            height = here + (up if step > 0 else -down)
        heights[marker] = height
        positions[marker] += step


class Deviation:
    """How far values lie from the median of those before, in robust standard deviations."""

    def __init__(self) -> None:
        self.median = Quantile(0.5)
        self.spread = Quantile(0.5)

    def score(self, value: float) -> float:
        """Give the deviation of a value, then take it in."""
        off = value - self.median.value
        sigma = max(MIN_SIGMA, MAD_TO_SIGMA * self.spread.value)
        self.median.add(value)
        self.spread.add(abs(off))
        return max(-MAX_DEVIATION, min(MAX_DEVIATION, off / sigma))


class Transitions:
    """Probabilities of one action after another, smoothed by how common the action is at all."""

    def __init__(self) -> None:
        self.counts: dict[str, dict[str, int]] = {}
        self.totals: dict[str, int] = {}
        self.overall: dict[str, int] = {}
        self.seen = 0

    def surprise(self, before: str, action: str) -> float:
        """Give the surprise of an action in bits, then count it."""
        row = self.counts.setdefault(before, {})
        total = self.totals.get(before, 0)
        count, overall = row.get(action, 0), self.overall.get(action, 0)
        common = (overall + 1) / (self.seen + len(self.overall) + 1)
        probability = (count + PRIOR_EVENTS * common) / (total + PRIOR_EVENTS)
        row[action] = count + 1
        self.totals[before] = total + 1
        self.overall[action] = overall + 1
        self.seen += 1
        return -log2(probability)

    def known(self, action: str) -> str:
        """Map an action name that is one too many to ``OTHER``."""
        return action if action in self.overall or len(self.overall) < MAX_ACTIONS else OTHER


class Visit:
    """Where a user is, and the score of the session so far."""

    __slots__ = ("action", "score", "time")

    def __init__(self) -> None:
        self.action = START
        self.time = 0.0
        self.score = 0.0


class Detector:
    """Scores events and learns what is usual."""

    def __init__(self) -> None:
        self.visits: dict[str, Visit] = {}
        self.transitions = Transitions()
        self.surprise = Deviation()
        self.pace = Deviation()
        self.threshold = Quantile(ALARM_QUANTILE)

    def observe(self, event: dict) -> dict:
        """Score one event, then learn it."""
        user, time = str(event["user"]), event["time"]
        visit = self.visit(user, time)
        action = self.transitions.known(event["event"])
        bits = self.transitions.surprise(visit.action, action)
        surprise = self.surprise.score(bits)
        pace = self.pace.score(log1p(max(0.0, time - visit.time))) if visit.action else 0.0
        visit.score = MEMORY * visit.score + (1 - MEMORY) * (max(0.0, surprise) + abs(pace))
        visit.action, visit.time = action, time
        alarm = self.transitions.seen > WARM_UP_EVENTS and visit.score > self.threshold.value
        self.threshold.add(visit.score)
        return {
            "user": event["user"],
            "event": event["event"],
            "time": time,
            "score": visit.score,
            "surprise_bits": bits,
            "pace": pace,
            "alarm": alarm,
        }

    def visit(self, user: str, time: float) -> Visit:
        """Find a user's session, or begin one, and mark the user as the last active."""
        visit = self.visits.pop(user, None)
        if visit is None or time - visit.time > SESSION_GAP_SECONDS:
            visit = Visit()
        self.visits[user] = visit
        if len(self.visits) > MAX_USERS:
            del self.visits[next(iter(self.visits))]
        return visit


detector = Detector()


def run(batch: dict) -> dict:
    """Score each event of a batch against those before it, then learn from it.

    A score is the running mean, over the user's session, of two robust deviations: how much more
    surprising than the median the action is, and how much faster or slower than the median it
    follows the one before. An alarm is a score above the 99 % quantile of all scores so far.

    Parameters
    ----------
    batch : dict
        ``{"events": [{"user": int | str, "event": str, "time": float}, ...]}`` in the order of
        time (seconds, UTC). Other keys are ignored. All events of one user belong to one VM.

    Returns
    -------
    dict
        ``scores``: one an event; ``alarms``: for each event with one, its ``user``, ``event``,
        ``time``, ``score``, ``surprise_bits`` and ``pace`` (deviations; below zero is fast);
        ``threshold`` for the next event; ``seen``: events in this VM so far;
        ``median_surprise_bits`` and ``median_pause_seconds`` so far.
    """
    rows = [detector.observe(event) for event in batch["events"]]
    alarms = [row for row in rows if row.pop("alarm")]
    return {
        "scores": [row["score"] for row in rows],
        "alarms": alarms,
        "threshold": detector.threshold.value,
        "seen": detector.transitions.seen,
        "median_surprise_bits": detector.surprise.median.value,
        "median_pause_seconds": expm1(detector.pace.median.value),
    }
