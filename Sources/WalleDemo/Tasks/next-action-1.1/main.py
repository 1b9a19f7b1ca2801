"""Predict the next action of a user from the whole session, learning online.

The first-order Markov chain of 1.0.0 stays as the prior. A softmax regression over sparse
features of the session (earlier actions, steps of a purchase begun but not finished) corrects
it; a long pause begins a new session. Both learn from every event after predicting it.
"""

from math import exp, log, sqrt

from walle import task

LEARNING_RATE: float = task.config["learning_rate"]
PRIOR_WEIGHT: float = task.config["prior_weight"]
SESSION_GAP_SECONDS: float = task.config["session_gap_seconds"]
STEPS: list[str] = task.config["steps"]

START = ""
"""Context of a user at the start of a session."""

OTHER = "other"

MAX_ACTIONS = 64
"""Distinct action names kept; later ones count as ``OTHER``. Bounds tables and weights."""

MAX_USERS = 20_000
"""Users whose session is kept, the last active ones. Bounds a VM's memory."""

MAX_SESSION_ACTIONS = 64
"""Actions kept of a session, the newest ones."""

SMOOTHING = 0.5
"""Pseudo-count of each action, so that the prior's logarithm is finite."""

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


class Session:
    """What one user did since the last pause longer than ``session_gap_seconds``."""

    __slots__ = ("actions", "time")

    def __init__(self, actions: list[str], time: float) -> None:
        self.actions = actions
        self.time = time

    def features(self) -> list[str]:
        """Name what is the case in this session; each name has a row of weights."""
        actions = self.actions
        names = ["always"]
        names += [f"{back} back: {name}" for back, name in enumerate(actions[:-4:-1], 1)]
        names += [f"seen: {name}" for name in dict.fromkeys(actions)]
        names += [f"open: {step} {count}" for step, count in open_steps(actions)]
        return names

    def add(self, action: str, time: float) -> None:
        """Append an action."""
        self.actions.append(action)
        del self.actions[:-MAX_SESSION_ACTIONS]
        self.time = time


def open_steps(actions: list[str]) -> list[tuple[str, int]]:
    """Give each step done more or less often than the one after it, and by how much."""
    done = [actions.count(step) for step in STEPS]
    pairs = zip(STEPS, done, done[1:])
    return [(step, max(-2, min(2, here - after))) for step, here, after in pairs if here != after]


class Prior:
    """Smoothed first-order Markov chain.

    Attributes
    ----------
    counts : dict of str to dict of str to int
        How often the second action followed the first.
    """

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    def scores(self, context: str, actions: list[str]) -> list[float]:
        """Weighted logarithm of each action's smoothed count after a context.

        A weight below one because the features say part of it again.
        """
        counts = self.counts.get(context, {})
        return [PRIOR_WEIGHT * log(counts.get(action, 0) + SMOOTHING) for action in actions]

    def learn(self, context: str, action: str) -> None:
        """Count one transition."""
        row = self.counts.setdefault(context, {})
        row[action] = row.get(action, 0) + 1


class Correction:
    """Softmax regression over sparse features, with one Adagrad step size per feature.

    Attributes
    ----------
    actions : list of str
        Columns of the weights.
    weights : dict of str to list of float
        A row per feature.
    power : dict of str to float
        Sum of the squared gradients of a row.
    """

    def __init__(self) -> None:
        self.actions: list[str] = []
        self.weights: dict[str, list[float]] = {}
        self.power: dict[str, float] = {}

    def add_action(self, action: str) -> None:
        """Append a column of zeros."""
        self.actions.append(action)
        for row in self.weights.values():
            row.append(0.0)

    def scores(self, features: list[str], prior: list[float]) -> list[float]:
        """Add the rows of the features to the prior."""
        rows = [row for name in features if (row := self.weights.get(name))]
        return [sum(column) for column in zip(prior, *rows)]

    def learn(self, features: list[str], scores: list[float], action: str) -> None:
        """Take one step along the gradient of the logarithm of the action's probability."""
        errors = [-probability for probability in softmax(scores)]
        errors[self.actions.index(action)] += 1.0
        square = sum(error * error for error in errors)
        for name in features:
            power = self.power[name] = self.power.get(name, 1.0) + square
            step = LEARNING_RATE / sqrt(power)
            row = self.weights.get(name) or [0.0] * len(errors)
            self.weights[name] = [w + step * error for w, error in zip(row, errors)]


def softmax(scores: list[float]) -> list[float]:
    """Turn scores into probabilities."""
    top = max(scores)
    masses = [exp(score - top) for score in scores]
    total = sum(masses)
    return [mass / total for mass in masses]


class Predictor:
    """Prior, correction, the session of each user, and a score.

    Attributes
    ----------
    sessions : dict of str to Session
        Least recently active user first.
    """

    def __init__(self, counts: Counts | None = None) -> None:
        self.prior = Prior(counts or {})
        self.correction = Correction()
        self.sessions: dict[str, Session] = {}
        self.score = Score()
        for action in sorted({name for row in self.prior.counts.values() for name in row}):
            self.correction.add_action(action)

    def observe(self, user: str, action: str, time: float) -> str | None:
        """Predict one action, score the prediction, then learn the action."""
        action = self.known(action)
        session = self.session(user, time)
        features = session.features()
        scores = self.scores(session, features)
        ranking = self.rank(scores)
        self.score.add(ranking, action)
        if action not in self.correction.actions:
            self.correction.add_action(action)
            scores = self.scores(session, features)
        self.correction.learn(features, scores, action)
        self.prior.learn(context(session), action)
        session.add(action, time)
        return ranking[0] if ranking else None

    def expect(self, user: str) -> list[str]:
        """Rank what a user may do next in the same session."""
        session = self.sessions[user]
        return self.rank(self.scores(session, session.features()))

    def known(self, action: str) -> str:
        """Map an action name that is one too many to ``OTHER``."""
        actions = self.correction.actions
        return action if action in actions or len(actions) < MAX_ACTIONS else OTHER

    def session(self, user: str, time: float) -> Session:
        """Find a user's session, or begin one, and mark the user as the last active."""
        session = self.sessions.pop(user, None)
        if session is None or time - session.time > SESSION_GAP_SECONDS:
            session = Session([], time)
        self.sessions[user] = session
        if len(self.sessions) > MAX_USERS:
            del self.sessions[next(iter(self.sessions))]
        return session

    def scores(self, session: Session, features: list[str]) -> list[float]:
        """Score every action known."""
        prior = self.prior.scores(context(session), self.correction.actions)
        return self.correction.scores(features, prior)

    def rank(self, scores: list[float]) -> list[str]:
        """Actions from the likeliest to the least likely; equal scores in the order of names."""
        pairs = sorted((-score, name) for score, name in zip(scores, self.correction.actions))
        return [name for _, name in pairs]

    def export(self) -> dict:
        """Give the state as plain values."""
        actions = self.correction.actions
        weights = self.correction.weights.items()
        return {
            "version": task.version,
            "counts": self.prior.counts,
            "users": {user: [s.actions[-1], s.time] for user, s in self.sessions.items()},
            "sessions": {user: s.actions for user, s in self.sessions.items()},
            "weights": {name: dict(zip(actions, row)) for name, row in weights},
            "power": self.correction.power,
            "score": self.score.export(),
        }

    @classmethod
    def restore(cls, state: dict) -> "Predictor":
        """Make a predictor from what `export` of this version or of 1.0.0 gave."""
        predictor = cls(sum_counts([state["counts"]]))
        sessions = state.get("sessions", {})
        for user, (action, time) in state["users"].items():
            predictor.sessions[user] = Session(list(sessions.get(user, [action])), time)
        correction = predictor.correction
        for name, row in state.get("weights", {}).items():
            correction.weights[name] = [row.get(action, 0.0) for action in correction.actions]
        correction.power = dict(state.get("power", {}))
        if state["version"] == task.version:
            predictor.score = Score(*state["score"])
        return predictor


def context(session: Session) -> str:
    """Context of the prior: the last action of the session."""
    return session.actions[-1] if session.actions else START


predictor = Predictor()


def run(batch: dict) -> dict:
    """Predict each event of a batch from those before it, then learn from it.

    Parameters
    ----------
    batch : dict
        ``{"events": [{"user": int | str, "event": str, "time": float}, ...]}`` in the order of
        time (seconds, UTC). Other keys are ignored. All events of one user belong to one VM.
        A prediction knows when the event happens, not what it is.

    Returns
    -------
    dict
        ``version``; ``predicted``: for each event the action predicted before it was seen, None
        while nothing is known; ``next``: for each user of the batch up to three actions expected
        next in the session; ``hits`` and ``hits_top3`` of this batch; ``seen``, ``accuracy`` and
        ``accuracy_top3`` of this version in this VM so far.
    """
    before = predictor.score.export()
    events = batch["events"]
    predicted = [predictor.observe(str(e["user"]), e["event"], e["time"]) for e in events]
    users = dict.fromkeys(str(event["user"]) for event in events)
    return {
        "version": task.version,
        "predicted": predicted,
        "next": {user: predictor.expect(user)[:3] for user in users},
        **predictor.score.since(before),
    }


def export_state() -> dict:
    """Give what the next version or VM needs to go on.

    Returns
    -------
    dict
        What 1.0.0 gives (``version``, ``counts``, ``users``, ``score``), and ``sessions`` (user →
        actions), ``weights`` (feature → action → weight), ``power`` (feature → squared gradients).
    """
    return predictor.export()


def import_state(state: dict) -> None:
    """Go on from an exported or merged state; what was learned here before is dropped.

    Parameters
    ----------
    state : dict
        As `export_state` or `merge_state` of this version or of 1.0.0 gives it. The score of
        another version stays behind: accuracy is this version's own.
    """
    global predictor
    predictor = Predictor.restore(state)


def merge_state(states: list[dict]) -> dict:
    """Make one state of several, for when the number of VMs changes.

    Parameters
    ----------
    states : list of dict
        At least one, of one version; each as `export_state` of this version or of 1.0.0 gives it.

    Returns
    -------
    dict
        Counts and scores added up, weights averaged by the squared gradients behind them, the
        newest session of each user. Nothing is imported.
    """
    newest = newest_sessions(states)
    return {
        "version": states[0]["version"],
        "counts": sum_counts([state["counts"] for state in states]),
        "users": {user: [actions[-1], time] for user, (actions, time) in newest.items()},
        "sessions": {user: actions for user, (actions, _) in newest.items()},
        "weights": average_weights(states),
        "power": sum_power(states),
        "score": [sum(column) for column in zip(*(state["score"] for state in states))],
    }


def sum_counts(tables: list[Counts]) -> Counts:
    """Add up tables of transition counts."""
    total: Counts = {}
    for table in tables:
        for source, following in table.items():
            row = total.setdefault(source, {})
            for action, count in following.items():
                row[action] = row.get(action, 0) + count
    return total


def newest_sessions(states: list[dict]) -> dict[str, tuple[list[str], float]]:
    """Join user tables; the later session wins, and the last active user comes last."""
    rows = [
        (time, user, state.get("sessions", {}).get(user, [action]))
        for state in states
        for user, (action, time) in state["users"].items()
    ]
    newest: dict[str, tuple[list[str], float]] = {}
    for time, user, actions in sorted(rows):
        newest.pop(user, None)
        newest[user] = (actions, time)
    return newest


def sum_power(states: list[dict]) -> dict[str, float]:
    """Add up the squared gradients of each feature."""
    total: dict[str, float] = {}
    for state in states:
        for name, power in state.get("power", {}).items():
            total[name] = total.get(name, 0.0) + power
    return total


def average_weights(states: list[dict]) -> dict[str, dict[str, float]]:
    """Average each feature's weights; a VM counts by the squared gradients it took in."""
    total = sum_power(states)
    average: dict[str, dict[str, float]] = {}
    for state in states:
        for name, weights in state.get("weights", {}).items():
            share = state["power"][name] / total[name]
            row = average.setdefault(name, {})
            for action, weight in weights.items():
                row[action] = row.get(action, 0.0) + share * weight
    return average
