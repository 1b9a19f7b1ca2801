"""The item page-view feature, as Swift has it."""

import json

from walle import streams as st
from walle.streams import ipv


def vectors(lines, at):
    """Encode what a run makes of lines of JSON."""
    run = ipv.definition().open()
    rows = run.send(lines.encode(), format="jsonl")
    rest = run.finish()
    found = {}
    for part in (rows, rest):
        for row, vector in zip(part, ipv.encode(part, at).tolist()):
            found[f"{row['user_id']} {row['item_id']} {row['window_start']}"] = vector
    return found


def test_a_visit_is_a_row():
    run = ipv.definition().open()
    visit = {"user_id": "u", "item_id": "i"}
    rows = run.send(
        [
            {"event": "page_enter", "timestamp": 0, **visit},
            {"event": "exposure", "timestamp": 10, "target_id": "x", "duration_ms": 500, **visit},
            {"event": "click", "timestamp": 20, "action": "buy", "duration_ms": 1500, **visit},
            {"event": "delete", "timestamp": 30, "reason": "bad_picture", **visit},
            {"event": "page_exit", "timestamp": 2_000_000, **visit},
        ]
    )
    (row,) = rows.to_dicts()
    assert (row["events"], row["exits"], row["buy"], row["exposure_ms"]) == (5, 1, 1, 500)
    (vector,) = ipv.encode(rows, at=2_000_000 + 3_600_000_000).tolist()
    assert vector[1] == 0.5 and vector[30] == 1 and vector[31] == 1
    assert vector[11] == vector[2] and abs(vector[21] - 0.91629) < 1e-4


def test_no_rows_are_no_vectors():
    assert ipv.encode(ipv.definition().open().finish(), at=0).shape == (0, 32)


def test_it_is_printed_and_said():
    definition = ipv.definition(delay="2s")
    assert "visits, from page_enter to page_exit" in definition.explain()
    assert json.dumps(definition.columns).count("_ms") > 10
    try:
        definition.sql("duckdb")
    except st.DefinitionError as error:
        assert "window" in str(error)
    else:
        raise AssertionError("no dialect has visits")
