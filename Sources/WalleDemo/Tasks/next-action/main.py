"""Predict the next action of a user with a first-order Markov chain that learns online."""

from walle import task

START = ""
"""Context of a user without a known previous action."""

MAX_ACTIONS = 64
"""Distinct action names kept; later ones count as ``OTHER``. Bounds the transition table."""

OTHER = "other"

MAX_USERS = 20_000
"""Users whose last action is kept, the last active ones. Bounds a VM's memory."""

Counts = dict[str, dict[str, int]]


class Score:
    """Running accuracy of predictions made before the action was learned.

    Attributes
    ----------
    seen, hits, hits_top3 : int
        Predictions made, right ones, and those with the action among the best three.
    """

    def __init__(self, seen: int = 0, hits: int = 0, hits_top3: int = 0) -> None:
        self.seen = seen
        self.hits = hits
        self.hits_top3 = hits_top3

    def add(self, ranking: list[str], action: str) -> None:
        """Count one prediction against what happened."""
        self.seen += 1
        self.hits += ranking[:1] == [action]
        self.hits_top3 += action in ranking[:3]

    def since(self, earlier: list[int]) -> dict:
        """Report the counts since an earlier `export`, and the accuracy over all of them."""
        return {
            "hits": self.hits - earlier[1],
            "hits_top3": self.hits_top3 - earlier[2],
            "seen": self.seen,
            "accuracy": self.hits / self.seen if self.seen else 0.0,
            "accuracy_top3": self.hits_top3 / self.seen if self.seen else 0.0,
        }

    def export(self) -> list[int]:
        """Give ``[seen, hits, hits_top3]``."""
        return [self.seen, self.hits, self.hits_top3]


class Predictor:
    """First-order Markov chain over actions, the last action of each user, and a score.

    Attributes
    ----------
    counts : dict of str to dict of str to int
        How often the second action followed the first.
    overall : dict of str to int
        How often each action happened.
    users : dict of str to list
        ``[last action, its time]``, least recently active user first.
    score : Score
        How good the predictions were.
    """

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.overall: dict[str, int] = {}
        self.users: dict[str, list] = {}
        self.score = Score()

    def rank(self, user: str) -> list[str]:
        """Actions from the likeliest to the least likely; equal counts in the order of names."""
        counts = self.counts.get(self.context(user)) or self.overall
        return sorted(counts, key=lambda action: (-counts[action], action))

    def context(self, user: str) -> str:
        """Last action of a user."""
        last = self.users.get(user)
        return last[0] if last else START

    def observe(self, user: str, action: str, time: float) -> str | None:
        """Predict one action, score the prediction, then learn the action."""
        if action not in self.overall and len(self.overall) >= MAX_ACTIONS:
            action = OTHER
        ranking = self.rank(user)
        self.score.add(ranking, action)
        self.learn(user, action, time)
        return ranking[0] if ranking else None

    def learn(self, user: str, action: str, time: float) -> None:
        """Count a transition and remember where the user is now."""
        following = self.counts.setdefault(self.context(user), {})
        following[action] = following.get(action, 0) + 1
        self.overall[action] = self.overall.get(action, 0) + 1
        self.users.pop(user, None)
        self.users[user] = [action, time]
        if len(self.users) > MAX_USERS:
            del self.users[next(iter(self.users))]

    def export(self) -> dict:
        """Give the state as plain values."""
        return {
            "version": task.version,
            "counts": self.counts,
            "users": self.users,
            "score": self.score.export(),
        }

    @classmethod
    def restore(cls, state: dict) -> "Predictor":
        """Make a predictor from what `export` gave."""
        predictor = cls()
        predictor.counts = sum_counts([state["counts"]])
        for following in predictor.counts.values():
            for action, count in following.items():
                predictor.overall[action] = predictor.overall.get(action, 0) + count
        predictor.users = newest_users([state["users"]])
        predictor.score = Score(*state["score"])
        return predictor


predictor = Predictor()


def run(batch: dict) -> dict:
    """Predict each event of a batch from those before it, then learn from it.

    Parameters
    ----------
    batch : dict
        ``{"events": [{"user": int | str, "event": str, "time": float}, ...]}`` in the order of
        time (seconds, UTC). Other keys are ignored. All events of one user belong to one VM.

    Returns
    -------
    dict
        ``version``; ``predicted``: for each event the action predicted before it was seen, None
        while nothing is known; ``next``: for each user of the batch up to three actions expected
        now; ``hits`` and ``hits_top3`` of this batch; ``seen``, ``accuracy`` and
        ``accuracy_top3`` of this version in this VM so far.
    """
    before = predictor.score.export()
    events = batch["events"]
    predicted = [predictor.observe(str(e["user"]), e["event"], e["time"]) for e in events]
    users = dict.fromkeys(str(event["user"]) for event in events)
    return {
        "version": task.version,
        "predicted": predicted,
        "next": {user: predictor.rank(user)[:3] for user in users},
        **predictor.score.since(before),
    }


def export_state() -> dict:
    """Give what the next version or VM needs to go on.

    Returns
    -------
    dict
        ``version``, ``counts`` (previous action → action → times), ``users`` (user → ``[last
        action, time]``) and ``score`` (``[seen, hits, hits_top3]``).
    """
    return predictor.export()


def import_state(state: dict) -> None:
    """Go on from an exported or merged state; what was learned here before is dropped.

    Parameters
    ----------
    state : dict
        As `export_state` or `merge_state` gives it.
    """
    global predictor
    predictor = Predictor.restore(state)


def merge_state(states: list[dict]) -> dict:
    """Make one state of several, for when the number of VMs changes.

    Parameters
    ----------
    states : list of dict
        At least one; each as `export_state` gives it.

    Returns
    -------
    dict
        Counts and scores added up, the newest action of each user. Nothing is imported.
    """
    return {
        "version": task.version,
        "counts": sum_counts([state["counts"] for state in states]),
        "users": newest_users([state["users"] for state in states]),
        "score": [sum(column) for column in zip(*(state["score"] for state in states))],
    }


def sum_counts(tables: list[Counts]) -> Counts:
    """Add up tables of transition counts."""
    total: Counts = {}
    for table in tables:
        for context, following in table.items():
            row = total.setdefault(context, {})
            for action, count in following.items():
                row[action] = row.get(action, 0) + count
    return total


def newest_users(tables: list[dict[str, list]]) -> dict[str, list]:
    """Join user tables; the later action wins, and the last active user comes last."""
    rows = sorted((row for table in tables for row in table.items()), key=lambda row: row[1][1])
    users: dict[str, list] = {}
    for user, last in rows:
        users.pop(user, None)
        users[user] = list(last)
    return users
