"""The item page-view feature: what a user did on the page of an item, from the enter to the exit.

>>> from walle.streams import ipv
>>> run = ipv.definition().open()
>>> rows = run.send(
...     [
...         {"event": "page_enter", "timestamp": 0, "user_id": "u7", "item_id": "i3"},
...         {"event": "scroll", "timestamp": 900_000, "user_id": "u7", "item_id": "i3", "duration_ms": 400},
...         {"event": "page_exit", "timestamp": 2_000_000, "user_id": "u7", "item_id": "i3"},
...     ]
... )
>>> ipv.encode(rows, at=2_000_000).shape
(1, 32)

The quantities are those that are public of it (Gong et al., EdgeRec: Recommender System on Edge in Mobile Taobao, CIKM
2020; Walle, OSDI 2022).
"""

from __future__ import annotations

from walle import numpy as np
from walle import streams as st
from walle.streams._windows import Span

__all__ = ["ACTIONS", "COLUMNS", "REASONS", "definition", "encode"]

ACTIONS = (
    "add_to_cart", "buy", "favourite", "comment", "sku", "ask", "service", "detail", "shop", "recommendation",
)  # fmt: skip
"""What may be clicked, in the order of the vector."""

REASONS = ("not_interested", "seen_too_often", "bought_already", "bad_picture")
"""Why a recommendation was deleted, in the order of the vector."""

COLUMNS = {
    "user_id": "text",
    "item_id": "text",
    "target_id": "text",
    "action": "text",
    "duration_ms": "int",
    "distance_px": "float",
    "speed": "float",
    "reason": "text",
}
"""What events have: ``page_enter``, ``scroll``, ``exposure``, ``click``, ``delete`` and ``page_exit``."""

HALF_LIFE_US = 3_600_000_000.0
"""Microseconds in which the decay by time halves."""


def definition(source: str = "pages", *, delay: Span = "0s") -> st.Definition:
    """Give a row a visit of a user to the page of an item; a visit without exit ends after half an hour of rest.

    Parameters
    ----------
    source : str
        The name of the source.
    delay : str or timedelta
        How much out of order events may come: rows come so much after the exit.
    """
    event, duration = st.event, "duration_ms"
    values: dict[str, st.Aggregate] = {
        "events": st.count(),
        "last_at": st.max("timestamp"),
        "exits": st.count().where(event == "page_exit"),
        "exposures": st.count().where(event == "exposure"),
        "exposure_ms": st.sum(duration).where(event == "exposure"),
        "exposure_ms_max": st.max(duration).where(event == "exposure"),
        "exposed_items": st.distinct("target_id").where(event == "exposure"),
        "exposed_last": st.last("target_id", 10).where(event == "exposure"),
        "scrolls": st.count().where(event == "scroll"),
        "scroll_ms": st.sum(duration).where(event == "scroll"),
        "scroll_px": st.sum("distance_px"),
        "scroll_speed": st.mean("speed"),
        "scroll_speed_min": st.min("speed"),
        "scroll_speed_max": st.max("speed"),
    }
    for action in ACTIONS:
        is_it = st.col.action == action
        values[action] = st.count().where(is_it)
        values[f"{action}_ms"] = st.sum(duration).where(is_it)
        values[f"{action}_at"] = st.max("timestamp").where(is_it)
    values["clicked_last"] = st.last("target_id", 10).where(event == "click")
    values["deletes"] = st.count().where(event == "delete")
    values["delete_reason"] = st.last("reason")
    stream = st.source(source, page="page", columns=COLUMNS, delay=delay)
    visits = stream.key_by("user_id", "item_id").window(st.visit("30min", enter="page_enter", exit="page_exit"))
    return visits.aggregate(**values).named("item_page_view")


def encode(rows: st.Rows, at: int) -> np.ndarray:
    """Encode rows as 32 numbers of 32 bits each, 128 bytes, for a model.

    ====== ==============================================================================================
    number what
    ====== ==============================================================================================
    0      seconds from the enter to the last event
    1      decay by time: halves with every hour since the last event
    2–4    exposures, seconds of them, different items exposed
    5–9    scrolls, seconds of them, pixels, mean and greatest speed in pixels a second
    10–19  clicks of each of `ACTIONS`
    20–29  seconds of each
    30     the last of `REASONS`: its place from 1 on, by their number; 0 for none
    31     1 when the visit ended with an exit, else 0
    ====== ==============================================================================================

    All but 1, 30 and 31 are ln(1 + x), so that the many do not drown the few.

    Parameters
    ----------
    rows : Rows
        Of a run of `definition`.
    at : int
        When the vectors are used, in microseconds since 1970 in UTC.

    Returns
    -------
    ndarray
        Of shape (rows, 32) and type float32.
    """
    vectors = np.zeros((len(rows), 32), dtype=np.float32)
    if not len(rows):
        return vectors
    last = rows["last_at"]
    vectors[:, 0] = _scaled((last - rows["window_start"]) / 1e6)
    vectors[:, 1] = np.exp2(-np.maximum(at - last, 0) / HALF_LIFE_US)
    plain = [
        ("exposures", 1.0), ("exposure_ms", 1000.0), ("exposed_items", 1.0), ("scrolls", 1.0), ("scroll_ms", 1000.0),
        ("scroll_px", 1.0), ("scroll_speed", 1.0), ("scroll_speed_max", 1.0),
    ]  # fmt: skip
    plain += [(action, 1.0) for action in ACTIONS] + [(f"{action}_ms", 1000.0) for action in ACTIONS]
    for place, (name, unit) in enumerate(plain, start=2):
        vectors[:, place] = _scaled(rows[name] / unit)
    places = {reason: (place + 1) / len(REASONS) for place, reason in enumerate(REASONS)}
    vectors[:, 30] = np.asarray([places.get(reason, 0.0) for reason in rows["delete_reason"]], dtype=np.float32)
    vectors[:, 31] = rows["exits"] > 0
    return vectors


def _scaled(values: np.ndarray) -> np.ndarray:
    return np.log1p(np.maximum(values, 0.0))
