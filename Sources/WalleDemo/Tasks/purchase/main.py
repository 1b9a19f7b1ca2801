"""A logistic model of the sessions that end in a purchase, learnt while they pass, with walle.numpy.

Each batch is predicted before the model learns from it: its losses are those of sessions it has not seen, until the
log is replayed.
"""

from itertools import pairwise

import walle.numpy as np
from walle import task

GAP_SECONDS: float = task.config["gap_seconds"]
GOAL: str = task.config["goal"]
HIDDEN: set[str] = set(task.config["hidden"])
RATE: float = task.config["learning_rate"]

names: list[str] = []
"""What the columns of the features count, in the order in which it was met."""
weights = np.zeros(1)
"""The bias, and a weight for each column."""
slopes = np.full(1, 1e-6)
"""Sums of squared gradients: each weight has a learning rate of its own (Duchi, Hazan and Singer 2011)."""
losses: list[float] = []


def run(batch: dict) -> dict:
    """Predict the sessions of some users, then learn from them.

    Parameters
    ----------
    batch : dict
        ``{"events": [{"user": int | str, "event": str, "time": float}, ...], "plot": bool}`` with all events of
        each user in it, each user's in the order of time (seconds, UTC).

    Returns
    -------
    dict
        ``sessions``; ``loss``: mean log loss of the predictions, in nats; ``auc``: how often a session with a
        purchase was ranked above one without, None when there is only one kind; ``weights``: what each event adds
        to the log odds; ``plot``: an SVG of the losses so far and the weights, None unless it was asked for.
    """
    sessions = split(batch["events"])
    features = count(sessions)
    bought = np.array([any(event == GOAL for event in session) for session in sessions])
    chances = 1 / (1 + np.exp(-(features @ weights)))
    loss = -np.where(bought, np.log(chances), np.log1p(-chances)).mean()
    losses.append(float(loss))
    learn(features, bought)
    return {
        "sessions": len(sessions),
        "loss": loss,
        "auc": area_under_curve(chances, bought),
        "weights": dict(zip(names, weights[1:].tolist())),
        "plot": plot() if batch.get("plot") else None,
    }


def split(events: list[dict]) -> list[list[str]]:
    """Cut each user's events where the pause is long; keep the names."""
    sessions = []
    for earlier, event in pairwise([None, *events]):
        if (
            earlier is None
            or earlier["user"] != event["user"]
            or event["time"] - earlier["time"] > GAP_SECONDS
        ):
            sessions.append([])
        sessions[-1].append(event["event"])
    return sessions


def count(sessions: list[list[str]]) -> np.ndarray:
    """A row for each session: 1, then how often each event came, on a logarithmic scale."""
    global weights, slopes
    seen = {event for session in sessions for event in session}
    for name in sorted(seen - set(names) - HIDDEN - {GOAL}):
        names.append(name)
        weights, slopes = np.append(weights, 0.0), np.append(slopes, 1e-6)
    columns = {name: column for column, name in enumerate(names, 1)}
    counts = np.zeros((len(sessions), len(names) + 1))
    counts[:, 0] = 1
    rows = [row for row, session in enumerate(sessions) for event in session if event in columns]
    places = [columns[event] for session in sessions for event in session if event in columns]
    np.add.at(counts, (np.array(rows, int), np.array(places, int)), 1)
    counts[:, 1:] = np.log1p(counts[:, 1:])
    return counts


def learn(features: np.ndarray, bought: np.ndarray) -> None:
    """A few steps down the slope of the batch."""
    global weights, slopes
    for _ in range(3):
        chances = 1 / (1 + np.exp(-(features @ weights)))
        slope = features.T @ (chances - bought) / len(bought)
        slopes += slope**2
        weights -= RATE * slope / np.sqrt(slopes)


def area_under_curve(chances: np.ndarray, bought: np.ndarray) -> float | None:
    """Mann and Whitney's statistic as a share: ties count half."""
    good, bad = chances[bought], np.sort(chances[~bought])
    if not good.size or not bad.size:
        return None
    below = np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")
    return float(below.mean() / (2 * bad.size))


def plot(width: int = 640, height: int = 360) -> str:
    """The losses of the batches so far, and the weights, as an SVG."""
    curve = np.array(losses[-400:])
    x = np.linspace(50, width / 2 - 20, max(len(curve), 2))[: len(curve)]
    top = float(max(0.7, curve.max()))
    y = 40 + (1 - curve / top) * (height - 80)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="50" y="22" font-size="13">log loss before learning, {len(losses)} batches</text>',
        f'<line x1="50" y1="{height - 40}" x2="{width / 2 - 20}" y2="{height - 40}" stroke="#888"/>',
        f'<text x="44" y="44" text-anchor="end">{top:.2f}</text>',
        f'<text x="44" y="{height - 37}" text-anchor="end">0</text>',
        f'<polyline points="{points}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>',
        f'<text x="{width / 2 + 20}" y="22" font-size="13">what an event adds to the log odds</text>',
    ]
    order = np.argsort(-np.abs(weights[1:]), stable=True)[:14].tolist()
    scale = 70 / max(float(np.abs(weights[1:]).max(initial=0)), 1e-9)
    middle = width - 90
    for row, index in enumerate(order):
        weight, line = float(weights[1 + index]), 46 + row * 21
        left, length = (middle, weight * scale) if weight > 0 else (middle + weight * scale, -weight * scale)
        color = "#2da44e" if weight > 0 else "#cf222e"
        parts.append(f'<text x="{middle - 80}" y="{line + 4}" text-anchor="end">{names[index]}</text>')
        parts.append(f'<rect x="{left:.1f}" y="{line - 7}" width="{length:.1f}" height="14" fill="{color}"/>')
    return "".join(parts) + "</svg>"
